"""How deals end: kinds, terms, reasons of two levels, and what they add up to."""

import threading
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction

from accounts.models import Account, ExchangeRate, FeatureRequest, FeatureVote
from renewals import services
from renewals.models import Explanation, Outcome, Reason, ReasonDetail, Renewal
from renewals.queries.outcomes import explanations_of, which_options
from renewals.services import Decision
from tenants.models import AuditEntry, Role
from tenants.scoping import tenant_scope
from tests.factories.renewals import renewal_of
from tests.factories.tenants import MembershipFactory, TenantFactory

END = date(2026, 12, 31)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        yield


def lose(renewal, by, reason="price", which=(), kind="lost", on=TODAY, amount=None):
    decision = Decision(
        result="lost" if kind == "lost" else "renewed",
        kind=kind,
        amount=amount,
        reason=reason,
        detail=f"Because of {reason}",
        which=tuple(which),
    )
    return services.close_renewal(renewal, decision=decision, by=by, on=on)


@pytest.fixture
def renewal(in_tenant, csm):
    return renewal_of(ends_on=END, owner=csm, name="Nova", mrr=1000)


@pytest.mark.parametrize(
    ("amount", "kind"),
    [
        (12_000, "renewed"),
        (12_001, "renewed_upsell"),
        (11_999, "renewed_downsell"),
    ],
)
def test_a_kind_is_told_from_the_amounts(renewal, csm, amount, kind):
    outcome = services.close_renewal(
        renewal, result="renewed", amount=Decimal(amount), by=csm, on=TODAY
    )

    assert (outcome.kind, outcome.was_amount, outcome.lost_amount) == (kind, 12_000, 0)
    assert outcome.starts_on == END


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        ("renewed", 11_999),
        ("renewed_upsell", 12_000),
        ("renewed_downsell", 12_000),
        ("partly_lost", 12_000),
    ],
)
def test_the_database_refuses_a_kind_its_amounts_deny(renewal, csm, kind, amount):
    with pytest.raises(IntegrityError, match="kind_of_outcome_agrees"):
        lose(renewal, csm, kind=kind, amount=Decimal(amount))


def test_a_loss_in_part_is_renewed_with_a_reason(renewal, csm):
    outcome = lose(
        renewal, csm, "competitor", ["Rival"], kind="partly_lost", amount=Decimal(9000)
    )

    renewal.refresh_from_db()
    assert (outcome.result, renewal.stage, outcome.lost_amount) == (
        "renewed",
        "renewed",
        3000,
    )
    (said,) = explanations_of(renewal)
    assert (said.reason, said.which) == ("competitor", ["Rival"])


def test_a_missing_feature_is_a_request_with_the_accounts_vote(renewal, csm):
    known = FeatureRequest.objects.create(title="1C Integration")

    lose(renewal, csm, "features", ["1c  integration", "Export"])

    votes = FeatureVote.objects.filter(account=renewal.account)
    titles = votes.order_by("request__title").values_list("request__title", flat=True)
    assert list(titles) == ["1C Integration", "Export"]
    assert ReasonDetail.objects.get(feature_request=known).reason == Reason.FEATURES
    assert explanations_of(renewal)[0].which == ["1C Integration", "Export"]


def test_a_renamed_request_is_named_so_in_what_was_said(renewal, csm):
    lose(renewal, csm, "features", ["1C"])

    FeatureRequest.objects.update(title="Exchange with 1C")

    assert explanations_of(renewal)[0].which == ["Exchange with 1C"]


def test_the_list_grows_once_whatever_the_case(in_tenant, csm):
    for number, name in enumerate(("Rival", "RIVAL", " rival ")):
        renewal = renewal_of(ends_on=END, owner=csm, name=f"No {number}")
        lose(renewal, csm, "competitor", [name])

    assert list(ReasonDetail.objects.values_list("title", flat=True)) == ["Rival"]


def test_a_correction_is_another_row_and_the_latest_counts(renewal, csm, lead):
    outcome = lose(renewal, csm, "price")
    seen = str(Explanation.objects.get().pk)

    with time_machine.travel("2026-11-22T12:01:00Z", tick=False):
        services.correct_reason(
            outcome,
            reason="features",
            words="It was 1C all along",
            which=["1C"],
            was=seen,
            by=lead,
        )

    said = explanations_of(renewal)
    assert [(one.reason, one.is_latest, one.by) for one in said] == [
        ("features", True, lead),
        ("price", False, csm),
    ]
    outcome.refresh_from_db()
    assert (outcome.reason, outcome.detail) == ("features", "It was 1C all along")
    audit = AuditEntry.objects.get(action="renewal.explained")
    assert (audit.before["reason"], audit.after["which"]) == ("price", ["1C"])
    with pytest.raises(services.StaleExplanation):
        services.correct_reason(
            outcome, reason="price", words="x", which=[], was=seen, by=lead
        )


def test_of_two_who_record_the_outcome_at_once_one_wins(committed):
    tenant = TenantFactory(slug="acme")
    people = [MembershipFactory(tenant=tenant, role=Role.LEAD).user for _ in range(2)]
    with tenant_scope(tenant.pk):
        renewal = renewal_of(ends_on=END, mrr=1000)
    start, said = threading.Barrier(2), []

    def decide(person, **outcome):
        try:
            with tenant_scope(tenant.pk), transaction.atomic():
                start.wait()
                services.close_renewal(renewal, by=person, on=TODAY, **outcome)
            said.append("recorded")
        except services.AlreadyDecided:
            said.append("told")
        finally:
            connections.close_all()

    outcomes = (
        {"result": "renewed", "amount": Decimal(12_000)},
        {"result": "lost", "reason": "price", "detail": "Dear"},
    )
    threads = [
        threading.Thread(target=decide, args=[person], kwargs=outcome)
        for person, outcome in zip(people, outcomes, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["recorded", "told"]
    with tenant_scope(tenant.pk):
        outcome = Outcome.objects.get()
        assert Renewal.objects.get().stage == outcome.result
        assert Explanation.objects.count() == (outcome.result == "lost")


def test_only_a_lead_corrects(lead_client, csm_client, viewer_client, renewal, csm):
    lose(renewal, csm, "price")
    address = f"/t/acme/renewals/{renewal.pk}/reason/"
    was = str(Explanation.objects.get().pk)
    said = {"was": was, "reason": "budget", "detail": "No money", "which_0": "Cut"}

    for client in (csm_client, viewer_client):
        assert client.get(address).status_code == 404
        assert client.post(address, said).status_code == 404
    shown = lead_client.get(address).content.decode()
    done = lead_client.post(address, said)
    late = lead_client.post(address, said | {"reason": "service"})

    assert was in shown
    assert (done.status_code, late.status_code) == (302, 409)
    assert Outcome.objects.get().reason == "budget"


def test_an_accepted_offer_fills_the_form(csm_client, renewal, csm):
    offer = services.draft_offer(renewal, by=csm, on=TODAY)
    line = services.lines_of(offer)[0]
    offer = services.change_offer(
        offer, lines=[line, line], revision=1, seats=12, term_months=24
    )
    services.send_offer(offer, revision=2, by=csm, on=TODAY)
    services.answer_offer(offer, state="accepted", by=csm, on=TODAY)

    form = csm_client.get(f"/t/acme/renewals/{renewal.pk}/").context["outcome_form"]

    assert form.initial == {
        "result": "renewed_upsell",
        "amount": Decimal(24_000),
        "seats": 12,
        "starts_on": END,
        "ends_on": date(2028, 12, 31),
    }


def test_names_under_a_reason_are_offered(csm_client, renewal, csm):
    lose(renewal, csm, "competitor", ["Rival"])
    FeatureRequest.objects.create(title="Export")
    FeatureRequest.objects.create(title="Old", state="shipped")

    def offered(reason):
        page = csm_client.get(
            f"/t/acme/reasons/which/?reason={reason}"
        ).content.decode()
        return [name for name in ("Rival", "Export", "Old") if f'"{name}"' in page]

    assert offered("competitor") == ["Rival"]
    assert offered("features") == ["Export"]
    assert offered("x") == ["Rival", "Export"]


@pytest.fixture
def lost(in_tenant, csm, lead):
    """Three losses of two quarters: 4,000 of 10,000 names 1C."""
    ExchangeRate.objects.create(currency="EUR", rate=2, valid_from=date(2026, 9, 30))
    ExchangeRate.objects.create(currency="EUR", rate=9, valid_from=date(2026, 11, 23))
    rows = [
        ("Nova", "USD", 4000, "features", ["1C", "Export"], "lost", None, TODAY),
        ("Orbit", "EUR", 2500, "price", ["Rise"], "lost", None, date(2026, 9, 30)),
        ("Vega", "USD", 3000, "price", [], "partly_lost", 24_000, TODAY),
    ]
    for name, currency, mrr, reason, which, kind, amount, on in rows:
        renewal = renewal_of(
            ends_on=END, owner=csm, name=name, mrr=mrr, currency=currency
        )
        lose(renewal, csm, reason, which, kind=kind, amount=amount, on=on)
    kept = renewal_of(ends_on=END, owner=csm, name="Kept", mrr=9999)
    services.close_renewal(kept, result="renewed", amount=200_000, by=csm, on=TODAY)


def test_reasons_add_up_by_both_levels(lead_client, lost):
    table = lead_client.get("/t/acme/reasons/").context["table"]

    assert (table.total.count, table.total.mrr) == (3, 10_000)
    rows = [
        (row.key, row.count, row.mrr, row.share, [(b.key, b.mrr) for b in row.below])
        for row in table.rows
    ]
    assert rows == [
        ("price", 2, 6000, Decimal("0.6"), [("Rise", 5000)]),
        ("features", 1, 4000, Decimal("0.4"), [("1C", 4000), ("Export", 4000)]),
    ]


@pytest.mark.parametrize(
    ("group", "groups"),
    [
        ("quarter", [("2026-Q3", [1, 0]), ("2026-Q4", [1, 1])]),
        ("tier", [("mid", [2, 1])]),
        ("size", [(3, [2, 1])]),
    ],
)
def test_reasons_fall_into_groups(lead_client, lost, group, groups):
    table = lead_client.get(f"/t/acme/reasons/?group={group}").context["table"]

    assert table.columns == ["price", "features"]
    found = [(key, [cell.count for cell in cells]) for key, cells in table.groups]
    assert found == groups


@pytest.mark.parametrize("group", ["quarter", "tier", "segment", "size"])
def test_each_cell_of_a_group_opens_its_deals(lead_client, lost, group):
    Account.objects.filter(name="Nova").update(segment="Banks")

    page = lead_client.get(f"/t/acme/reasons/?group={group}&until=2026-Q4")

    cells = [cell for _word, cells in page.context["groups"] for cell in cells]
    opened = [lead_client.get(address).context["losses"] for _cell, address in cells]
    assert [len(losses) for losses in opened] == [cell.count for cell, _ in cells]
    assert sum(cell.count for cell, _address in cells) == 3
    text = page.content.decode().replace("&amp;", "&")
    assert all(address in text for cell, address in cells if cell.count)


def test_the_page_says_what_is_named_most(lead_client, in_tenant, csm):
    for name, reason, which, mrr in (
        ("Nova", "features", ["1C integration"], 4000),
        ("Orbit", "price", [], 6000),
    ):
        lose(renewal_of(ends_on=END, name=name, mrr=mrr), csm, reason, which)

    page = lead_client.get("/t/acme/reasons/").content.decode()

    assert "40% of lost MRR names “1C integration”." in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Vega", "Nova", "Orbit"]),
        ("?reason=features&which=Export", ["Nova"]),
        ("?reason=price", ["Vega", "Orbit"]),
        ("?until=2026-Q3", ["Orbit"]),
        ("?since=2026-Q4", ["Vega", "Nova"]),
        ("?since=0000-Q9&tier=x&size=y", ["Vega", "Nova", "Orbit"]),
        ("?tier=high", []),
    ],
)
def test_a_figure_opens_its_deals(lead_client, lost, query, names):
    losses = lead_client.get(f"/t/acme/reasons/deals/{query}").context["losses"]

    assert sorted(loss.account for loss, _kind, _reason in losses) == sorted(names)


def test_the_table_is_taken_away(lead_client, lost):
    text = lead_client.get("/t/acme/reasons/export.csv?reason=features").content

    header, row = text.decode("utf-8-sig").splitlines()
    assert header.startswith("Account,Owner,Touch,Segment,Decided on,Quarter,Outcome")
    assert "Nova" in row
    assert '"1C, Export",Because of features,4000.00,48000.00,USD' in row


@pytest.mark.parametrize("number", [1, 3])
def test_the_analysis_costs_the_same_with_more_losses(
    lead_client, in_tenant, csm, number, django_assert_num_queries
):
    for n in range(number):
        lose(renewal_of(ends_on=END, name=f"No {n}"), csm, "features", [f"F{n}"])

    with django_assert_num_queries(16):
        page = lead_client.get("/t/acme/reasons/")

    assert page.context["table"].total.count == number


def test_a_closed_portfolio_shows_the_own_losses(csm_client, tenant, lost, lead):
    with tenant_scope(tenant.pk):
        lose(renewal_of(ends_on=END, owner=lead, name="Theirs"), lead)
    tenant.is_portfolio_closed = True
    tenant.save()

    losses = csm_client.get("/t/acme/reasons/deals/").context["losses"]

    assert "Theirs" not in [loss.account for loss, _kind, _reason in losses]
    assert len(losses) == 3


PAGES = ("reasons/", "reasons/deals/", "reasons/export.csv", "reasons/which/")


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_sees_no_reasons(stranger_client, viewer_client, lost, page):
    assert viewer_client.get(f"/t/acme/{page}").status_code == 200
    assert stranger_client.get(f"/t/acme/{page}").status_code == 404


NAMES = "/t/acme/reasons/names/"


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_names_costs_the_same_with_more_of_them(
    lead_client, in_tenant, csm, number, django_assert_num_queries
):
    for n in range(number):
        lose(renewal_of(ends_on=END, owner=csm), csm, "competitor", [f"Rival {n}"])
    lose(renewal_of(ends_on=END, owner=csm), csm, "competitor", ["Rival 0"])
    lose(renewal_of(ends_on=END, owner=csm), csm, "features", ["Export"])

    with django_assert_num_queries(13):
        page = lead_client.get(NAMES)

    rows = [(row.title, row.count) for row in page.context["page"]]
    assert rows == [("Rival 0", 2), ("Rival 1", 1), ("Rival 2", 1)][:number]


def test_a_name_is_put_right_in_what_was_said_too(lead_client, renewal, csm, lead):
    lose(renewal, csm, "competitor", ["Rivl", "Other"])
    detail = ReasonDetail.objects.get(title="Rivl")

    taken = lead_client.post(f"{NAMES}{detail.pk}/", {"title": " OTHER "})
    empty = lead_client.post(f"{NAMES}{detail.pk}/", {"title": " "})
    done = lead_client.post(f"{NAMES}{detail.pk}/", {"title": "The  Rival"})
    lead_client.post(f"{NAMES}{detail.pk}/", {"title": "The Rival"})

    statuses = (taken.status_code, empty.status_code, done.status_code)
    assert statuses == (422, 422, 302)
    assert "It is on the list already." in taken.content.decode()
    assert explanations_of(renewal)[0].which == ["Other", "The Rival"]
    entry = AuditEntry.objects.get(action="reason_detail.renamed")
    assert (entry.before, entry.after["title"]) == ({"title": "Rivl"}, "The Rival")


def test_a_retired_name_is_not_offered_until_it_is_brought_back(
    lead_client, renewal, csm
):
    lose(renewal, csm, "competitor", ["Rival"])
    detail = ReasonDetail.objects.get()
    url = f"{NAMES}{detail.pk}/retirement/"

    answers, offered = [], []
    for address in (url, url, f"{url}removal/"):
        answers.append(lead_client.post(address).status_code)
        offered.append(which_options("competitor"))

    assert answers == [302, 302, 302]
    assert offered == [[], [], ["Rival"]]
    assert explanations_of(renewal)[0].which == ["Rival"]
    actions = AuditEntry.objects.filter(action__startswith="reason_detail.")
    assert sorted(actions.values_list("action", flat=True)) == [
        "reason_detail.restored",
        "reason_detail.retired",
    ]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 302),
        ("ops", 302),
        ("admin", 302),
        ("csm", 404),
        ("viewer", 404),
        ("stranger", 404),
    ],
)
def test_who_keeps_the_list_of_names(request, renewal, csm, who, status):
    lose(renewal, csm, "competitor", ["Rival"])
    detail = ReasonDetail.objects.get()
    client = request.getfixturevalue(f"{who}_client")

    answer = client.post(f"{NAMES}{detail.pk}/retirement/")

    assert answer.status_code == status
    assert client.get(NAMES).status_code == (200 if status == 302 else 404)


def test_a_missing_feature_is_renamed_on_its_own_page(lead_client, renewal, csm):
    lose(renewal, csm, "features", ["Export"])
    detail = ReasonDetail.objects.get()

    assert lead_client.post(f"{NAMES}{detail.pk}/", {"title": "X"}).status_code == 404
