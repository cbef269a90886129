from datetime import timedelta

import pytest

from accounts.models import Account
from health import services
from health.models import Comparison, Risk, RiskModel, Sentiment
from health.queries.disagreements import contradictions
from health.queries.lacks import gaps, shares
from health.queries.learning import tenants_to_compare
from health.scoring import POINTS, WEIGHTED
from health.scoring.disagreement import Disagreement, disagreement, sides_of
from health.services.comparing import compare_anew
from tenants.scoping import all_tenants, tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory, TicketFactory
from tests.factories.health import ScorecardFactory, SnapshotFactory
from tests.factories.tenants import TenantFactory
from tests.health.worked import NOW, TODAY
from usage.models import Source

COVERAGE = "/t/acme/health/coverage/"
DISAGREEMENT = "/t/acme/health/disagreement/"


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def kept(key, share, worth=10, state="ok"):
    return {"key": key, "state": state, "points": 1, "worth": worth, "share": share}


def missing(key):
    return {"key": key, "state": "missing", "points": 0, "worth": 0}


MEASURES = [kept("login_days", 0.9, 30), kept("seat_use", 0.6, 20), missing("nps")]


def judged(account, level, days=0):
    return Sentiment.objects.create(
        account=account, level=level, at=NOW - timedelta(days=days)
    )


def test_each_side_says_its_share():
    measures = [
        *MEASURES,
        kept("payments", -0.5),
        kept("critical_tickets", 1.0),
        missing("bill_change"),
    ]

    said = sides_of(WEIGHTED, measures, level=1, risk=0.25)

    assert said == {"usage": 78, "sentiment": 0, "money": 0, "model": 75}
    assert disagreement(said) == Disagreement(78, "usage", "sentiment")


def test_one_alone_contradicts_nobody():
    assert disagreement(sides_of(POINTS, MEASURES)) is None


def compare():
    """As a worker does soon after the scores."""
    Account.objects.update(scored_at=NOW - timedelta(minutes=1))
    Comparison.objects.all().delete()
    while services.compare_accounts():
        pass


def listed():
    compare()
    return contradictions()


@pytest.fixture
def pair(in_tenant, csm):
    """Two accounts that use the product well; one belongs to the CSM."""
    mine = AccountFactory(name="Mine", owner=csm, mrr=10)
    theirs = AccountFactory(name="Theirs", mrr=20)
    for account in (mine, theirs):
        SnapshotFactory(account=account, day=TODAY, measures=MEASURES)
    return mine, theirs


def test_the_database_says_what_the_arithmetic_says(pair, in_tenant):
    mine, theirs = pair
    judged(theirs, 5, days=3)
    judged(theirs, 1, days=2)
    model = RiskModel.objects.create(
        version=1, state="trained", outcome="lost", horizon_days=90, trained_at=NOW
    )
    tenant = {"tenant_id": in_tenant.pk, "day": TODAY, "model": model}
    Risk.objects.create(account=mine, probability=0.9, **tenant)

    rows, total = listed()

    assert [(row.name, row.said, row.found) for row in rows] == [
        (account.name, said, disagreement(said))
        for account, said in (
            (theirs, sides_of(POINTS, MEASURES, level=1)),
            (mine, sides_of(POINTS, MEASURES, risk=0.9)),
        )
    ]
    assert total == 2
    assert [row.why for row in rows] == [
        "usage says 78, the CSM says “leaving”",
        "usage says 78, the learned model says 10",
    ]


def test_only_strong_and_fresh_contradictions_are_listed(pair, in_tenant):
    mine, theirs = pair
    judged(mine, 3)
    judged(theirs, 1, days=181)

    assert listed() == ([], 0)


def test_an_account_is_compared_again_once_it_was_scored_again(in_tenant, pair):
    mine, theirs = pair
    for account in pair:
        judged(account, 1, days=1)
    compare()
    for account in pair:
        judged(account, 4)
    Account.objects.filter(pk=mine.pk).update(scored_at=NOW - timedelta(seconds=30))

    assert not services.compare_accounts()

    assert [row.name for row in contradictions()[0]] == ["Theirs"]


def test_accounts_are_compared_in_slices_and_none_is_left_out(in_tenant):
    for _ in range(5):
        account = AccountFactory()
        SnapshotFactory(account=account, day=TODAY, measures=MEASURES)
        judged(account, 1)
    Account.objects.update(scored_at=NOW - timedelta(minutes=1))  # all at one instant

    went_on = [services.compare_accounts(limit=2) for _ in range(3)]

    assert (went_on, contradictions()[1]) == ([True, True, False], 5)


def test_workers_are_woken_where_scores_are_to_be_compared(committed):
    tenant, other = TenantFactory(), TenantFactory()
    with tenant_scope(other.pk):
        AccountFactory(scored_at=NOW - timedelta(minutes=1))
    with tenant_scope(tenant.pk):
        AccountFactory(scored_at=NOW)  # its transaction may not be over
    with all_tenants("test"):
        before = tenants_to_compare()
    with tenant_scope(other.pk):
        services.compare_accounts()
    with all_tenants("test"):
        after = tenants_to_compare()

    assert (before, after) == ([other.pk], [])


def test_after_the_model_judged_everybody_is_compared_again(in_tenant, pair):
    compare()
    model = RiskModel.objects.create(
        version=1, state="trained", outcome="lost", horizon_days=90, trained_at=NOW
    )
    tenant = {"tenant_id": in_tenant.pk, "day": TODAY, "model": model}
    Risk.objects.create(account=pair[0], probability=0.9, **tenant)
    compare_anew()

    services.compare_accounts()

    assert [row.name for row in contradictions()[0]] == ["Mine"]


def test_the_widest_apart_come_first_then_the_largest(in_tenant):
    for name, level, mrr in (("a", 2, 90), ("b", 1, 5), ("c", 1, 8)):
        account = AccountFactory(name=name, mrr=mrr)
        SnapshotFactory(account=account, day=TODAY, measures=MEASURES)
        judged(account, level)

    rows, _total = listed()

    assert [row.name for row in rows] == ["c", "b", "a"]


def test_a_csm_sees_own_accounts_and_a_lead_all(csm_client, lead_client, pair):
    for account in pair:
        judged(account, 1)
    compare()

    own = csm_client.get(f"{DISAGREEMENT}?page=1").context["rows"]
    everybodys = lead_client.get(f"{DISAGREEMENT}?page=1").context["rows"]

    assert [row.name for row in own] == ["Mine"]
    assert [row.name for row in everybodys] == ["Theirs", "Mine"]


def test_a_visit_gets_the_frame_and_asks_for_the_rows(lead_client, pair):
    page = lead_client.get(DISAGREEMENT)
    part = lead_client.get(DISAGREEMENT, headers={"HX-Request": "true"})

    assert (page.context["is_waiting"], "<html" in part.text) == (True, False)


def test_a_stranger_sees_neither(stranger_client, pair):
    for path in (COVERAGE, f"{COVERAGE}gaps/", DISAGREEMENT):
        assert stranger_client.get(path).status_code == 404


def test_another_tenants_contradictions_are_not_listed(lead_client, other_tenant):
    with tenant_scope(other_tenant.pk):
        account = AccountFactory()
        SnapshotFactory(account=account, day=TODAY, measures=MEASURES)
        judged(account, 1)
        there = listed()[1]

    assert there == 1
    assert lead_client.get(f"{DISAGREEMENT}?page=1").context["rows"] == []


@pytest.mark.parametrize("accounts", [1, 3])
def test_disagreements_cost_the_same_for_many(
    lead_client, tenant, accounts, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for account in AccountFactory.create_batch(accounts):
            SnapshotFactory(account=account, day=TODAY, measures=MEASURES)
            judged(account, 1)
        compare()

    with django_assert_num_queries(12):
        rows = lead_client.get(f"{DISAGREEMENT}?page=1").context["rows"]

    assert len(rows) == accounts


def scored(hours=1, **more):
    return AccountFactory(
        score=70, band="amber", scored_at=NOW - timedelta(hours=hours), **more
    )


def test_shares_by_owner_and_segment(in_tenant, csm):
    scored(owner=csm, segment="Bank")
    scored(hours=40, owner=csm, segment="Bank")
    AccountFactory(segment="Shop")
    scored(lifecycle_stage="churned")
    whole, owners, segments = shares(Account.objects.all(), NOW)

    assert (whole.current, whole.accounts) == (1, 3)
    assert [(one.name, one.share) for one in owners] == [(str(csm), 0.5), ("", 0.0)]
    assert [(one.name, one.share) for one in segments] == [("Bank", 0.5), ("Shop", 0.0)]


def test_an_account_without_a_score_says_what_is_lacking(csm_client, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory(name="Nova")
        measures = [missing(one["key"]) for one in POINTS["measures"]]
        SnapshotFactory(
            account=account, day=TODAY, score=None, band="unknown", measures=measures
        )
        AccountFactory(name="New", mrr=5)

    rows = csm_client.get(COVERAGE).context["rows"]

    assert [(row["name"], row["why"][-2:]) for row in rows] == [
        ("New", []),
        (
            "Nova",
            ["Latest NPS answer: never answered", "Payments on time: no bill came due"],
        ),
    ]


def test_gaps_weigh_what_is_missing_and_say_since_when(in_tenant):
    since = (NOW - timedelta(days=4)).isoformat()
    stale = kept("login_days", 0.5, state="stale") | {"as_of": since}
    for _ in range(2):
        SnapshotFactory(
            account=AccountFactory(),
            day=TODAY,
            scorecard=ScorecardFactory(),
            measures=[stale, missing("nps"), missing("payments")],
        )

    found = gaps(Account.objects.all(), NOW)

    assert [(one.label, one.missing, one.worth) for one in found.missing] == [
        ("Latest NPS answer", 2, 40),
        ("Payments on time", 2, 30),
    ]
    assert [(one.label, one.stale, one.stale_since) for one in found.stale] == [
        ("Days with a login", 2, NOW - timedelta(days=4))
    ]


def test_silent_sources_are_named(csm_client, tenant):
    with tenant_scope(tenant.pk):
        for name, days in (("Old", 5), ("Fresh", 1), ("Gone", 9)):
            Source.objects.create(
                name=name,
                write_key=name,
                last_event_at=NOW - timedelta(days=days),
                revoked_at=NOW if name == "Gone" else None,
            )
        Source.objects.create(name="Never", write_key="n")

    sources = csm_client.get(COVERAGE).context["sources"]

    assert [one.name for one in sources] == ["Never", "Old"]


@pytest.mark.parametrize("accounts", [1, 3])
def test_coverage_costs_the_same_for_many(
    csm_client, tenant, accounts, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for account in AccountFactory.create_batch(accounts):
            SnapshotFactory(account=account, day=TODAY, score=None, band="unknown")

    with django_assert_num_queries(19):
        rows = csm_client.get(COVERAGE).context["rows"]

    assert len(rows) == accounts


def test_coverage_tells_when_each_kind_of_fact_last_came_in(
    csm_client, tenant, other_tenant, time_machine
):
    with tenant_scope(tenant.pk):
        account = AccountFactory()
        TicketFactory(account=account)
        time_machine.move_to(NOW + timedelta(hours=5), tick=False)
        TicketFactory(account=account)
    with tenant_scope(other_tenant.pk):
        ContactFactory()

    response = csm_client.get(COVERAGE)

    assert [one.at for one in response.context["arrivals"]] == [
        NOW + timedelta(hours=5),
        None,
        None,
        None,
        None,
    ]


def test_a_bad_cursor_is_not_a_page(csm_client, tenant):
    assert csm_client.get(f"{COVERAGE}?after=zzz").status_code == 404
