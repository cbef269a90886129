"""The board, the list, the page of a renewal: who may, at what cost, with what errors."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.models import ExchangeRate
from renewals import services
from renewals.models import Outcome, Renewal, Stage
from renewals.queries import pipeline
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of

END = date(2026, 12, 31)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        yield


def make(tenant, number=1, **fields):
    with tenant_scope(tenant.pk):
        made = [
            renewal_of(ends_on=END + timedelta(days=n), **fields) for n in range(number)
        ]
        services.fire_reminders(on=TODAY)
        for renewal in made:
            renewal.refresh_from_db()
    return made[0] if number == 1 else made


def url(renewal, *rest):
    return "/".join(["/t/acme/renewals", str(renewal.pk), *rest, ""])


def stage_of(renewal, tenant):
    with tenant_scope(tenant.pk):
        return Renewal.objects.get(pk=renewal.pk).stage


def cards(response):
    return {
        str(column.stage): [row["account__name"] for row in column.cards]
        for column in response.context["columns"]
        if column.cards
    }


@pytest.mark.parametrize("number", [1, 3])
def test_board_query_count(
    lead_client, lead, tenant, number, django_assert_num_queries
):
    make(tenant, number, owner=lead)

    with django_assert_num_queries(17):
        response = lead_client.get("/t/acme/renewals/")

    assert [len(names) for names in cards(response).values()] == [number]


@pytest.mark.parametrize("number", [1, 3])
def test_list_query_count(lead_client, lead, tenant, number, django_assert_num_queries):
    make(tenant, number, owner=lead)

    with django_assert_num_queries(14):
        response = lead_client.get("/t/acme/renewals/list/")

    assert len(response.context["rows"]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_panel_query_count(
    lead_client, lead, tenant, number, django_assert_num_queries
):
    renewals = make(tenant, number, owner=lead)
    first = renewals if number == 1 else renewals[0]
    with tenant_scope(tenant.pk):
        Renewal.objects.update(account=first.account)

    with django_assert_num_queries(21):
        response = lead_client.get(
            f"/t/acme/accounts/{first.account_id}/renewals/",
            headers={"HX-Request": "true"},
        )

    assert response.content.decode().count("/t/acme/renewals/") == number


def test_board_shows_sums_and_only_deals(csm_client, csm, tenant):
    make(tenant, owner=csm, name="Nova", mrr=100)
    with tenant_scope(tenant.pk):
        renewal_of(ends_on=END + timedelta(days=200), owner=csm, name="Far")

    response = csm_client.get("/t/acme/renewals/")

    assert cards(response) == {"preparation": ["Nova"]}
    assert response.context["columns"][0].sums == {"USD": 1200}


def test_a_column_is_summed_in_the_workspaces_currency_at_its_rates(
    lead_client, lead, tenant
):
    with tenant_scope(tenant.pk):
        for day, rate in (("2020-01-01", 3), ("2026-01-01", 2), ("2100-01-01", 9)):
            ExchangeRate.objects.create(currency="EUR", rate=rate, valid_from=day)
    for currency in ("USD", "EUR", "GBP"):
        make(tenant, owner=lead, name=currency, mrr=100, currency=currency)

    column = lead_client.get("/t/acme/renewals/").context["columns"][0]

    assert column.sums == {"USD": 1200 + 2 * 1200, "GBP": 1200}


def test_overdue_decisions_are_within_any_number_of_days(lead_client, lead, tenant):
    with tenant_scope(tenant.pk):
        for left, name in ((-1, "Late"), (30, "On the day"), (31, "After it")):
            renewal_of(ends_on=TODAY + timedelta(days=left), name=name)

    rows = lead_client.get("/t/acme/renewals/list/?due=30").context["rows"]

    assert [row["account__name"] for row in rows] == ["Late", "On the day"]


def test_an_empty_board_says_what_would_stand_there(lead_client, lead, tenant):
    empty = lead_client.get("/t/acme/renewals/").content
    make(tenant, owner=lead)
    filled = lead_client.get("/t/acme/renewals/").content

    words = b"No deal here now"
    assert (words in empty, words in filled) == (True, False)


def test_board_of_a_csm_begins_with_the_own(csm_client, csm, lead, tenant):
    make(tenant, owner=csm, name="Mine")
    make(tenant, owner=lead, name="Theirs")

    mine = csm_client.get("/t/acme/renewals/")
    everybody = csm_client.get("/t/acme/renewals/?whose=all")

    assert cards(mine) == {"preparation": ["Mine"]}
    (names,) = cards(everybody).values()
    assert sorted(names) == ["Mine", "Theirs"]


def test_the_list_of_a_csm_begins_with_the_own_as_the_board_does(
    csm_client, csm, lead, tenant
):
    make(tenant, owner=csm, name="Mine")
    make(tenant, owner=lead, name="Theirs")

    def names(query):
        rows = csm_client.get(f"/t/acme/renewals/list/{query}").context["rows"]
        return sorted(row["account__name"] for row in rows)

    assert (names(""), names("?whose="), names("?whose=all")) == (
        ["Mine"],
        ["Mine", "Theirs"],
        ["Mine", "Theirs"],
    )
    text = csm_client.get("/t/acme/renewals/list/csv/").content.decode()
    assert ("Mine" in text, "Theirs" in text) == (True, False)


def test_list_filters_and_sorts(lead_client, csm, lead, tenant):
    make(tenant, owner=csm, name="Alpha", mrr=300)
    make(tenant, owner=lead, name="Beta", mrr=200)
    make(tenant, owner=csm, name="Gamma", mrr=100)

    def names(query):
        response = lead_client.get(f"/t/acme/renewals/list/?{query}")
        return [row["account__name"] for row in response.context["rows"]]

    assert names("sort=-amount") == ["Alpha", "Beta", "Gamma"]
    assert names(f"whose={csm.pk}&sort=account") == ["Alpha", "Gamma"]
    assert names("q=bet") == ["Beta"]
    assert names("due=30") == []
    assert len(names("due=60")) == 3
    assert names("stage=lost") == []


def test_list_pages_by_the_last_row(lead_client, tenant, monkeypatch):
    monkeypatch.setattr(pipeline, "PAGE_SIZE", 2)
    make(tenant, 3)

    first = lead_client.get("/t/acme/renewals/list/").context
    second = lead_client.get("/t/acme/renewals/list/" + first["next_url"]).context

    ends = [row["ends_on"] for row in [*first["rows"], *second["rows"]]]
    assert ends == [END + timedelta(days=n) for n in range(3)]
    assert second["next_url"] == ""


def test_a_foreign_cursor_is_404(lead_client, tenant):
    assert lead_client.get("/t/acme/renewals/list/?after=x").status_code == 404


def test_a_drop_moves_the_card_and_answers_with_the_board(csm_client, csm, tenant):
    renewal = make(tenant, owner=csm, name="Nova")

    response = csm_client.post(
        url(renewal, "stage") + "?was=preparation",
        {"stage": "negotiation", "reason": "They hurry"},
        headers={
            "HX-Request": "true",
            "HX-Target": "board",
            "HX-Current-URL": "http://testserver/t/acme/renewals/?whose=mine",
        },
    )

    assert response.status_code == 200
    assert cards(csm_client.get("/t/acme/renewals/")) == {"negotiation": ["Nova"]}
    assert response.content.decode().strip().startswith('<div class="board"')
    assert f'id="card-{renewal.pk}"' in response.content.decode()


def test_the_second_of_two_moves_is_told_and_changes_nothing(csm_client, csm, tenant):
    renewal = make(tenant, owner=csm)
    move = url(renewal, "stage") + "?was=preparation"
    csm_client.post(move, {"stage": "initiation", "reason": "They hurry"})

    response = csm_client.post(move, {"stage": "approval"})

    assert response.status_code == 409
    assert "Somebody else was first" in response.content.decode()
    assert stage_of(renewal, tenant) == Stage.INITIATION


def test_an_unknown_stage_is_422(csm_client, csm, tenant):
    renewal = make(tenant, owner=csm)

    assert csm_client.post(url(renewal, "stage"), {"stage": "x"}).status_code == 422


def test_a_drop_on_lost_asks_for_the_reason(csm_client, csm, tenant):
    renewal = make(tenant, owner=csm)

    response = csm_client.post(url(renewal, "stage"), {"stage": "lost"})

    assert response["HX-Redirect"] == url(renewal) + "?result=lost#outcome"
    assert stage_of(renewal, tenant) == Stage.PREPARATION


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"result": "lost", "detail": "x"}, "reason"),
        ({"result": "lost", "reason": "price"}, "detail"),
        ({"result": "lost", "reason": "features", "detail": "x"}, "which"),
        ({"result": "partly_lost", "amount": "5", "detail": "x"}, "reason"),
        ({"result": "renewed_upsell", "amount": "12000"}, "amount"),
        ({"result": "renewed_downsell", "amount": "12000"}, "amount"),
        ({"result": "renewed", "amount": "11999"}, "amount"),
        ({"result": "renewed", "amount": "12000", "ends_on": "2026-12-31"}, "ends_on"),
        (
            {"result": "renewed", "amount": "12000", "starts_on": "2027-01-01"},
            "starts_on",
        ),
        ({"result": "renewed"}, "amount"),
        ({"result": "renewed", "amount": "-1"}, "amount"),
        ({"result": "maybe"}, "result"),
    ],
)
def test_a_bad_outcome_is_422_at_the_field(csm_client, csm, tenant, said, field):
    renewal = make(tenant, owner=csm)

    response = csm_client.post(url(renewal, "outcome"), said)

    assert response.status_code == 422
    assert list(response.context["outcome_form"].errors) == [field]
    assert stage_of(renewal, tenant) == Stage.PREPARATION


def test_a_loss_is_recorded_with_its_reason_and_audited(csm_client, csm, tenant):
    renewal = make(tenant, owner=csm)

    csm_client.post(
        url(renewal, "outcome"),
        {
            "result": "lost",
            "reason": "features",
            "which_0": "1C integration",
            "detail": "1C",
            "amount": "5",
        },
    )

    with tenant_scope(tenant.pk):
        outcome = Outcome.objects.get()
        audit = AuditEntry.objects.get(action="renewal.decided")
    assert (outcome.result, outcome.reason, outcome.detail, outcome.amount) == (
        "lost",
        "features",
        "1C",
        None,
    )
    assert (outcome.decided_by, outcome.decided_on) == (csm, TODAY)
    assert (audit.by, audit.after["reason"]) == (csm, "features")
    assert stage_of(renewal, tenant) == "lost"


def test_the_second_outcome_is_409_and_keeps_what_was_typed(csm_client, csm, tenant):
    renewal = make(tenant, owner=csm)
    csm_client.post(url(renewal, "outcome"), {"result": "renewed", "amount": "12000"})

    response = csm_client.post(
        url(renewal, "outcome"), {"result": "lost", "reason": "price", "detail": "dear"}
    )

    assert response.status_code == 409
    assert response.context["outcome_form"]["detail"].value() == "dear"
    assert stage_of(renewal, tenant) == "renewed"


def test_a_plan_is_kept(csm_client, csm, lead, tenant):
    renewal = make(tenant, owner=csm)

    csm_client.post(
        url(renewal, "plan"),
        {"next_step": "Send the offer", "next_step_on": "2026-12-01", "owner": lead.pk},
    )

    with tenant_scope(tenant.pk):
        kept = Renewal.objects.get()
    assert (kept.next_step, kept.next_step_on, kept.owner, kept.is_owner_chosen) == (
        "Send the offer",
        date(2026, 12, 1),
        lead,
        True,
    )


def test_a_day_without_a_step_is_422(csm_client, csm, tenant):
    renewal = make(tenant, owner=csm)

    response = csm_client.post(url(renewal, "plan"), {"next_step_on": "2026-12-01"})

    assert response.status_code == 422
    assert list(response.context["plan_form"].errors) == ["next_step"]


def test_the_page_shows_both_dates_and_the_ladder(csm_client, csm, tenant):
    renewal = make(tenant, owner=csm, notice_days=30)

    response = csm_client.get(url(renewal))

    assert [(rung.step, rung.state) for rung in response.context["rungs"]] == [
        (120, "late"),
        (90, "late"),
        (60, "late"),
        (30, "late"),
        (7, "next"),
    ]
    page = response.content.decode()
    assert "31 Dec 2026" in page
    assert "1 Dec 2026" in page


POSTS = ("stage", "plan", "outcome")


@pytest.mark.parametrize("rest", POSTS)
def test_a_csm_changes_own_deals_only(csm_client, lead, tenant, rest):
    renewal = make(tenant, owner=lead)

    assert csm_client.get(url(renewal)).status_code == 200
    response = csm_client.post(url(renewal, rest), {"stage": "approval"})

    assert response.status_code == 404
    assert stage_of(renewal, tenant) == Stage.PREPARATION


@pytest.mark.parametrize("rest", POSTS)
def test_a_viewer_only_reads(viewer_client, viewer, tenant, rest):
    renewal = make(tenant, owner=viewer)

    assert viewer_client.get(url(renewal)).status_code == 200
    assert viewer_client.post(url(renewal, rest)).status_code == 404


@pytest.mark.parametrize("slug", ["acme", "globex"])
@pytest.mark.parametrize("rest", [(), *[(one,) for one in POSTS]])
def test_a_stranger_finds_nothing(stranger_client, tenant, slug, rest):
    renewal = make(tenant)
    address = url(renewal, *rest).replace("acme", slug)

    assert stranger_client.get(address).status_code in (404, 405)
    assert stranger_client.post(address, {"stage": "lost"}).status_code in (404, 405)
    assert stage_of(renewal, tenant) == Stage.PREPARATION


def test_a_closed_portfolio_hides_the_deals_of_others(csm_client, lead, tenant):
    renewal = make(tenant, owner=lead)
    tenant.is_portfolio_closed = True
    tenant.save()

    assert csm_client.get(url(renewal)).status_code == 404
    assert cards(csm_client.get("/t/acme/renewals/?whose=all")) == {}
