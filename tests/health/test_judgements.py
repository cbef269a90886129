"""What people judge: who may, what is refused at which field, and where it is shown."""

from datetime import timedelta

import pytest

from accounts.models import Account, Touch
from accounts.queries import timeline
from health import services
from health.models import Override, Sentiment, Snapshot
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of

LAST = TODAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(tenant, csm):
    """100 points, of the CSM."""
    with tenant_scope(tenant.pk):
        account = account_of(CASES[0])
        Account.objects.filter(pk=account.pk).update(owner=csm)
        account.refresh_from_db()
        services.recompute([account.pk], on=TODAY)
    return account


def url(account, more="overrides/"):
    return f"/t/acme/accounts/{account.pk}/health/{more}"


def asked(**more):
    return {"score": 40, "reason": "They look elsewhere", "expires_on": LAST} | more


def judge(account, by, **more):
    return services.override_score(account, by=by, **asked(**more))


def test_a_judgement_is_kept_audited_and_scored_with(csm_client, csm, account, tenant):
    response = csm_client.post(url(account), asked(), headers={"HX-Request": "true"})

    assert response.status_code == 204
    assert "health-changed" in response["HX-Trigger"]
    with tenant_scope(tenant.pk):
        override = Override.objects.get()
        assert (override.score, override.reason, override.expires_on, override.by) == (
            40,
            "They look elsewhere",
            LAST,
            csm,
        )
        assert override.score_before == 100
        assert Touch.objects.filter(account=account, reason="override").count() == 1
        entry = AuditEntry.objects.get(action="health.overridden")
        assert (entry.by, entry.after["score"]) == (csm, 40)
        services.recompute([account.pk], on=TODAY)
        snapshot = Snapshot.objects.get()
        assert (snapshot.score, snapshot.computed, snapshot.band) == (40, 100, "red")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("score", 101),
        ("score", -1),
        ("score", ""),
        ("reason", " "),
        ("expires_on", TODAY - timedelta(days=1)),
        ("expires_on", TODAY + timedelta(days=181)),
        ("expires_on", "soon"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(csm_client, account, tenant, field, value):
    response = csm_client.post(
        url(account), asked(**{field: value}), headers={"HX-Request": "true"}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    with tenant_scope(tenant.pk):
        assert Override.objects.count() == 0


def test_the_first_and_the_last_day_may_be_said(in_tenant, account, csm):
    judge(account, csm, expires_on=TODAY)
    services.end_override(Override.objects.get(), by=csm)

    judge(account, csm, expires_on=TODAY + timedelta(days=180))

    assert Override.objects.active().count() == 1


def test_a_second_judgement_is_refused_while_one_holds(
    csm_client, csm, account, tenant
):
    with tenant_scope(tenant.pk):
        judge(account, csm)

    response = csm_client.post(url(account), asked(), headers={"HX-Request": "true"})

    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [
        "The score is overridden already: end that judgement first."
    ]


def test_who_may_judge(
    account, csm_client, lead, lead_client, ops_client, viewer_client, stranger_client
):
    with tenant_scope(account.tenant_id):
        theirs = AccountFactory(owner=lead)

    answers = {
        "own": csm_client.get(url(account)).status_code,
        "a colleague's": csm_client.post(url(theirs), asked()).status_code,
        "lead": lead_client.get(url(account)).status_code,
        "ops": ops_client.get(url(account)).status_code,
        "viewer": viewer_client.post(url(account), asked()).status_code,
        "stranger": stranger_client.post(url(account), asked()).status_code,
    }

    assert answers == {
        "own": 200,
        "a colleague's": 404,
        "lead": 200,
        "ops": 200,
        "viewer": 404,
        "stranger": 404,
    }
    with tenant_scope(account.tenant_id):
        assert Override.objects.count() == 0


def test_ending_a_judgement_shows_the_computed_score_again(
    csm_client, csm, account, tenant
):
    with tenant_scope(tenant.pk):
        override = judge(account, csm)
        services.recompute([account.pk], on=TODAY)

    for _ in range(2):
        response = csm_client.post(url(account, f"overrides/{override.pk}/end/"))

    assert response.status_code == 302
    with tenant_scope(tenant.pk):
        override.refresh_from_db()
        assert (override.ended_at, override.ended_by) == (NOW, csm)
        assert AuditEntry.objects.filter(action="health.override_ended").count() == 1
        services.recompute([account.pk], on=TODAY)
        assert Snapshot.objects.get().score == 100


def test_the_panel_shows_both_scores_and_who_judged(csm_client, csm, account, tenant):
    with tenant_scope(tenant.pk):
        override = judge(account, csm)
        services.recompute([account.pk], on=TODAY)

    response = csm_client.get(url(account, ""))

    receipt = response.context["receipt"]
    assert (receipt.score, receipt.computed, receipt.override) == (40, 100, override)
    assert response.context["is_pending"] is False
    assert f"Judged as 40 by {csm}" in response.text
    assert "computed: 100" in response.text


def test_until_the_score_follows_the_panel_asks_again(csm_client, csm, account, tenant):
    with tenant_scope(tenant.pk):
        judge(account, csm)

    response = csm_client.get(url(account, ""))

    assert response.context["is_pending"] is True
    assert "load delay:4s" in response.text


@pytest.mark.parametrize("judged", [1, 3])
def test_the_lead_sees_who_judged_what(
    lead_client, csm, tenant, judged, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for number in range(judged):
            account = account_of(CASES[0])
            Account.objects.filter(pk=account.pk).update(name=f"A{number}")
            judge(account, csm, score=90)
            services.recompute([account.pk], on=TODAY)

    with django_assert_num_queries(13):
        response = lead_client.get("/t/acme/health/judgements/")

    rows = response.context["judgements"]
    assert sorted(
        (one.override.account.name, one.computed, one.difference) for one in rows
    ) == [(f"A{number}", 100, "−10") for number in range(judged)]
    assert rows[0].person == str(csm)


def test_judgements_come_in_pages_the_newest_first(
    lead_client, csm, tenant, monkeypatch, time_machine
):
    monkeypatch.setattr("health.queries.judgements.PAGE_SIZE", 2)
    with tenant_scope(tenant.pk):
        for number in range(3):
            time_machine.move_to(NOW + timedelta(minutes=number), tick=False)
            judge(AccountFactory(), csm, score=number)
    first = lead_client.get("/t/acme/health/judgements/").context
    second = lead_client.get(f"/t/acme/health/judgements/{first['next_url']}").context
    back = lead_client.get(
        f"/t/acme/health/judgements/{second['previous_url']}"
    ).context

    pages = [
        [one.override.score for one in c["judgements"]] for c in (first, second, back)
    ]
    assert pages == [[2, 1], [0], [2, 1]]
    assert lead_client.get("/t/acme/health/judgements/?after=x").status_code == 404


def test_those_that_expired_are_told_from_those_ended(
    lead_client, csm, tenant, account, time_machine
):
    with tenant_scope(tenant.pk):
        other = AccountFactory()
        judge(account, csm, expires_on=TODAY)
        services.end_override(judge(other, csm), by=csm)
        time_machine.move_to(NOW + timedelta(days=1), tick=False)
        services.expire_overrides()

    rows = lead_client.get("/t/acme/health/judgements/?state=ended").context[
        "judgements"
    ]

    assert [(one.override.account, one.has_expired) for one in rows] == [
        (account, True),
        (other, False),
    ]


def test_the_list_is_for_those_who_look_after_others(
    csm_client, viewer_client, stranger_client, lead_client, admin_client, tenant
):
    clients = (csm_client, viewer_client, stranger_client, lead_client, admin_client)

    found = [one.get("/t/acme/health/judgements/").status_code for one in clients]

    assert found == [404, 404, 404, 200, 200]


def test_a_sentiment_takes_one_click(csm_client, csm, account, tenant):
    response = csm_client.post(
        url(account, "sentiments/"), {"level": 4}, headers={"HX-Request": "true"}
    )

    assert response.status_code == 204
    with tenant_scope(tenant.pk):
        told = Sentiment.objects.get()
        assert (told.level, told.note, told.by, told.at) == (4, "", csm, NOW)
        assert Touch.objects.filter(reason="sentiment").count() == 1
    assert csm_client.get(url(account, "")).context["sentiment"] == told


@pytest.mark.parametrize("level", ["0", "6", "", "happy"])
def test_a_sentiment_is_one_of_five(csm_client, account, tenant, level):
    response = csm_client.post(url(account, "sentiments/"), {"level": level})

    assert response.status_code == 422
    assert list(response.context["sentiment_form"].errors) == ["level"]
    with tenant_scope(tenant.pk):
        assert Sentiment.objects.count() == 0


def test_a_viewer_says_no_sentiment(viewer_client, stranger_client, account, tenant):
    data = {"level": 1}

    assert viewer_client.post(url(account, "sentiments/"), data).status_code == 404
    assert stranger_client.post(url(account, "sentiments/"), data).status_code == 404
    with tenant_scope(tenant.pk):
        assert Sentiment.objects.count() == 0


def test_judgements_and_sentiments_stand_in_the_timeline(in_tenant, account, csm):
    services.record_sentiment(account, level=2, note="Tense call", by=csm)
    services.end_override(judge(account, csm), by=csm)

    entries, _ = timeline(account, zone="UTC", before=NOW + timedelta(hours=1))

    told = [(one.title, one.text) for one in entries if one.icon in ("scale", "smile")]
    assert sorted(told) == [
        ("Judgement of 40 ended", ""),
        ("Score judged as 40, through 14 Jun 2026", "They look elsewhere"),
        ("Sentiment: Unhappy (2 of 5)", "Tense call"),
    ]


def test_the_history_marks_what_was_decided(csm_client, csm, account, tenant):
    with tenant_scope(tenant.pk):
        services.recompute([account.pk], on=TODAY - timedelta(days=1))
        judge(account, csm)
        services.recompute([account.pk], on=TODAY)

    response = csm_client.get(url(account, "history/"))

    (mark,) = response.context["marks"]
    assert (mark.day, mark.score, mark.text) == (TODAY, 40, f"Judged as 40 by {csm}")
    names = [trace["name"] for trace in response.context["figure"]["data"]]
    assert names == ["Health score", "Computed", "Decided"]


def test_why_the_score_moved_between_two_days(csm_client, csm, account, tenant):
    with tenant_scope(tenant.pk):
        services.recompute([account.pk], on=TODAY - timedelta(days=7))
        judge(account, csm)
        services.recompute([account.pk], on=TODAY)

    response = csm_client.get(url(account, "changes/?from=2026-05-08&to=2026-05-15"))

    assert response.context["change"].sentence == (
        f"Fell by 60 since 8 May: judgement of {csm} −60."
    )
    data = response.context["waterfall"]["data"]
    assert [(one["name"], one["x"], one["base"]) for one in data] == [
        ("Score", [100, 40], [0, 0]),
        ("Lost", [-60], [100]),
    ]


@pytest.mark.parametrize("query", ["?from=x", "?from=2026-05-15&to=2026-05-01"])
def test_a_bad_period_is_said_at_its_field(csm_client, account, query):
    assert csm_client.get(url(account, f"changes/{query}")).status_code == 422


def test_a_stranger_learns_nothing_of_changes(stranger_client, viewer_client, account):
    assert stranger_client.get(url(account, "changes/")).status_code == 404
    assert viewer_client.get(url(account, "changes/")).status_code == 200
