"""What the data shows before a review: against rows laid out by hand."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.services import ask_for_feature
from qbr import services
from qbr.models import FeatureNews
from qbr.queries.facts import facts_of
from qbr.queries.news import news_for
from qbr.queries.reports import told_figures
from qbr.services import reporting
from renewals.models import ExpansionSignal, Plan
from tests.factories.accounts import AccountFactory, ContractFactory, TicketFactory
from tests.factories.health import SnapshotFactory
from tests.factories.qbr import review_of
from tests.qbr.test_goals import goal_of, used


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 10, 1, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def review(in_tenant, csm):
    """Of July, August and September."""
    account = AccountFactory(owner=csm, tier="high", band="green", score=84)
    return review_of(account, due_on=date(2026, 10, 12))


def words(review, key):
    return [fact.words for fact in facts_of(review)[key]]


def test_usage_is_compared_with_the_period_before(review):
    account = review.account
    # As many days before the 92 of the period.
    used(account, date(2026, 3, 30), "deals", ["x"], 999)
    used(account, date(2026, 3, 31), "deals", ["a", "b"], 40)
    used(account, date(2026, 6, 30), "deals", ["a"], 10)
    used(account, date(2026, 7, 1), "deals", ["a", "b", "c"], 60)
    used(account, date(2026, 9, 30), "reports", ["c"], 15)
    used(account, date(2026, 10, 1), "other", ["z"], 999)  # after it

    assert words(review, "usage") == [
        "Active users: 3; 2 in the period before, +50%",
        "Uses: 75; 50 in the period before, +50%",
        "Features used: 2; 1 in the period before, +100%",
    ]


def test_an_account_without_usage_shows_nothing_of_it(review):
    assert words(review, "usage") == []


def solved(at, csat):
    return {"status": "solved", "solved_at": at, "csat": csat}


def test_preparation_and_report_tell_the_same_numbers(review):
    account = review.account
    used(account, date(2026, 3, 31), "deals", ["a", "b"], 40)
    used(account, date(2026, 9, 30), "reports", ["c"], 15)
    for day, csat in ((1, 5), (2, 5), (3, 1)):
        at = datetime(2026, 7, day, 9, tzinfo=UTC)
        TicketFactory(account=account, opened_at=at, **solved(at, csat))
    TicketFactory(account=account, opened_at=datetime(2026, 8, 1, tzinfo=UTC), csat=1)

    report = reporting.draft_report(review, by=None, on=date(2026, 10, 1))

    told = {one["key"]: one for one in told_figures(report)}
    assert [(told[key]["value"], told[key]["note"]) for key in told if key in (
        "active_people", "uses", "tickets_opened", "tickets_solved", "csat"
    )] == [
        ("1", "−50%, before: 2"),
        ("15", "−62%, before: 40"),
        ("4", "before: 0"),
        ("3", "before: 0"),
        ("67%", ""),
    ]  # fmt: skip
    assert words(review, "usage")[:2] == [
        "Active users: 1; 2 in the period before, −50%",
        "Uses: 15; 40 in the period before, −62%",
    ]
    assert words(review, "support") == [
        "4 requests to support, 3 solved",
        "CSAT 67% good, of 3 answers",
    ]


def test_support_counts_the_tickets_of_the_period(review):
    account = review.account
    for opened, fields in (
        (datetime(2026, 6, 30, 23, tzinfo=UTC), {}),
        (datetime(2026, 5, 1, tzinfo=UTC), solved(datetime(2026, 7, 1, tzinfo=UTC), 5)),
        (
            datetime(2026, 7, 1, tzinfo=UTC),
            solved(datetime(2026, 9, 30, 23, tzinfo=UTC), 2),
        ),
        # Rated, but solved after the period: of the next report.
        (
            datetime(2026, 9, 30, 23, tzinfo=UTC),
            solved(datetime(2026, 10, 1, tzinfo=UTC), 1),
        ),
        (datetime(2026, 10, 1, tzinfo=UTC), {"severity": "critical", "subject": "No"}),
    ):
        TicketFactory(account=account, opened_at=opened, **fields)

    assert words(review, "support") == [
        "2 requests to support, 2 solved",
        "CSAT 50% good, of 2 answers",
        "Critical and open: No",
    ]


def test_health_says_from_where_to_where(review):
    for day, score in (
        (date(2026, 7, 1), 70),
        (date(2026, 8, 1), 90),
        (date(2026, 9, 30), 62),
        (date(2026, 10, 1), 84),
    ):
        SnapshotFactory(account=review.account, day=day, score=score)

    facts = facts_of(review)["health"]

    assert [(fact.words, fact.is_warning) for fact in facts] == [
        ("In the period from 70 to 62", True),
        ("Now 84: Healthy", False),
    ]


def test_results_name_each_goal_and_what_was_gained(review):
    assert words(review, "results") == [
        "No goal is written down: nothing can be shown against it."
    ]
    for state, verified in (("met", True), ("met", False), ("open", False)):
        goal = goal_of(
            review.account,
            value_amount=1000,
            value_currency="USD",
            value_hours=780 if verified else None,
            value_formula="x",
            actual=20,
        )
        if verified:
            services.verify_goal(goal, how="By mail")
        services.close_goal(goal, state=state, on=date(2026, 9, 1))
    dropped = goal_of(review.account, value_amount=1, value_currency="USD",
                      value_formula="x")  # fmt: skip
    services.close_goal(dropped, state="dropped", on=date(2026, 9, 1))

    assert words(review, "results") == [
        "Win more of the deals: 20 % of 18 %, Met",
        "Win more of the deals: 20 % of 18 %, Met",
        "Win more of the deals: 20 % of 18 %, Reached",
        "Gained, and the customer confirmed it: $1,000, 780 h",
        "Gained, not confirmed yet: $1,000",
        "Under way: $1,000",
    ]


@pytest.mark.parametrize(
    ("number", "rest"), [(8, []), (9, ["and 1 more"]), (12, ["and 4 more"])]
)
def test_what_a_list_does_not_show_it_counts(number, rest, review):
    for n in range(number):
        TicketFactory(account=review.account, severity="critical", subject=f"No {n}")

    found = words(review, "support")[-(8 + len(rest)) :]

    assert found[8:] == rest
    assert all(one.startswith("Critical and open: No ") for one in found[:8])


def test_their_requests_say_where_they_stand(review):
    ask_for_feature("Dark mode", account=review.account)
    ask_for_feature("Of another", account=AccountFactory())

    assert words(review, "requests") == ["Dark mode: Open"]


def test_nothing_is_proposed_to_an_account_in_trouble(review):
    ExpansionSignal.objects.create(
        account=review.account,
        kind="promoter",
        evidence={"score": 10},
        seen_on=date(2026, 9, 1),
        last_seen_on=date(2026, 9, 1),
    )
    healthy = words(review, "proposals")
    review.account.band = "red"
    review.account.save()

    assert healthy == ["Recommends us: 10 of 10 in their latest answer"]
    assert words(review, "proposals") == [
        "Nothing is to be offered now: Health: At risk"
    ]


def test_news_is_what_they_have_and_do_not_use(review):
    for name, rank in (("Basic", 1), ("Pro", 2), ("Top", 3)):
        Plan.objects.create(name=name, rank=rank)
    ContractFactory(account=review.account, plan="pro", ends_on=date(2027, 6, 1))
    used(review.account, date(2026, 9, 20), "known", ["a"], 1)
    used(review.account, date(2026, 8, 1), "earlier", ["a"], 1)
    for title, fields in (
        ("For all", {}),
        ("Theirs", {"plan": "Basic", "feature": "new"}),
        ("Used before it came out", {"feature": "earlier"}),
        ("Used", {"feature": "known"}),
        ("Of a higher plan", {"plan": "Top"}),
        ("Of a plan nobody ranked", {"plan": "Other"}),
        ("Old", {"released_on": date(2026, 3, 1)}),
        ("To come", {"released_on": date(2026, 10, 13)}),
    ):
        FeatureNews.objects.create(
            title=title, **{"released_on": date(2026, 9, 1)} | fields
        )

    assert sorted(one.news.title for one in news_for(review)) == [
        "For all",
        "Theirs",
        "Used before it came out",
    ]


def test_what_was_found_is_kept_with_the_tick_and_when_it_is_held(review, csm):
    used(review.account, date(2026, 7, 1), "deals", ["a"], 10)
    item = services.tick(review, "usage", by=csm, note="Looked at it")
    review.refresh_from_db()
    preparing = review.status
    used(review.account, date(2026, 9, 1), "deals", ["b"], 10)

    services.hold_review(review)

    kept = review.preparation.get(key="usage")
    assert (preparing, item.done_by, item.note) == ("preparing", csm, "Looked at it")
    assert [fact["words"] for fact in item.found][:1] == [
        "Active users: 1; none in the period before"
    ]
    assert [fact["words"] for fact in kept.found][:1] == [
        "Active users: 2; none in the period before"
    ]
    assert review.preparation.count() == 8


def test_what_is_kept_is_said_in_the_language_of_the_workspace(review, csm):
    used(review.account, date(2026, 7, 1), "deals", ["a"], 10)
    review.tenant.language = "ru"
    review.tenant.save()

    item = services.tick(review, "usage", by=csm)

    assert [fact["words"] for fact in item.found][:1] == [
        "Активные пользователи: 1; в прошлом периоде не было"
    ]


def test_a_tick_is_taken_back(review, csm):
    services.tick(review, "news", by=csm)

    item = services.tick(review, "news", by=csm, is_done=False)

    assert (item.done_at, item.done_by) == (None, None)
