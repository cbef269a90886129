"""Goals: read from usage or entered, worth something, and whether the customer agrees."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from qbr import services
from qbr.models import Goal, GoalReading
from qbr.queries.goals import worth_of
from qbr.value import progress
from tenants.models import AuditEntry, Role
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.tenants import MembershipFactory
from usage.models import Feature, FeatureDay, UserDay

TODAY = date(2026, 10, 1)
AT = datetime(2026, 9, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 10, 1, 9, tzinfo=UTC), tick=False):
        yield


def goal_of(account=None, **fields):
    fields = {
        "objective": "Win more of the deals",
        "measure": "Conversion",
        "unit": "%",
        "baseline": Decimal(12),
        "target": Decimal(18),
    } | fields
    goal = Goal(account=account or AccountFactory(), **fields)
    return services.save_goal(goal)


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "expected"),
    [
        (12, 18, 15, (50, False)),
        (12, 18, 18, (100, True)),
        (12, 18, 25, (100, True)),
        (12, 18, 10, (0, False)),
        (15, 0, 5, (66, False)),
        (15, 5, 4, (100, True)),
        (None, 847, 423, (49, False)),
        (18, 18, 18, (100, True)),
        (12, 18, None, (None, False)),
    ],
)
def test_the_way_made(baseline, target, actual, expected):
    numbers = [None if n is None else Decimal(n) for n in (baseline, target, actual)]

    made = progress(*numbers)

    assert (made.percent, made.is_reached) == expected


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "state", "expected"),
    [
        (0, 12, 46, "open", ("Reached", False)),
        (0, 12, 12, "open", ("Reached", False)),
        (0, 12, 11, "open", ("Under way", False)),
        (15, 5, 4, "open", ("Reached", True)),
        (15, 5, 6, "open", ("Under way", True)),
        (0, 12, None, "open", ("Under way", False)),
        (0, 12, 46, "met", ("Met", False)),
        (0, 12, 46, "missed", ("Missed", False)),
    ],
)
def test_a_goal_past_its_target_says_so(baseline, target, actual, state, expected):
    goal = Goal(baseline=baseline, target=target, actual=actual, state=state)

    assert (goal.standing, goal.progress.wants_less) == expected


def test_what_goals_are_worth_is_told_apart(in_tenant):
    goals = [
        Goal(state="met", value_amount=100, value_currency="USD", verified_at=AT),
        Goal(state="met", value_amount=20, value_currency="USD", verified_at=AT),
        Goal(state="met", value_hours=780, verified_at=AT),
        Goal(state="met", value_amount=7, value_currency="KZT"),
        Goal(state="open", value_hours=15),
        Goal(state="open"),
        Goal(state="missed", value_amount=1000, value_currency="USD"),
        Goal(state="dropped", value_amount=1000, value_currency="USD"),
    ]

    found = [(one.count, one.money, one.hours) for one in worth_of(goals)]

    assert found == [
        (3, [("USD", 120)], 780),
        (1, [("KZT", 7)], None),
        (1, [], 15),
    ]


@given(
    st.decimals(-1000, 1000, places=2),
    st.decimals(-1000, 1000, places=2),
    st.decimals(-1000, 1000, places=2),
)
def test_who_has_reached_it_has_gone_all_the_way(baseline, target, actual):
    made = progress(baseline, target, actual)

    assert 0 <= made.share <= 1
    assert made.is_reached == (made.share == 1)


def used(account, day, feature, people, events):
    made, _ = Feature.objects.get_or_create(name=feature)
    own = {"tenant": account.tenant, "account": account, "day": day}
    FeatureDay.objects.create(**own, feature=made, events=events, users=len(people))
    for who in people:
        UserDay.objects.update_or_create(**own, user_ref=who, defaults={"events": 1})


def test_usage_feeds_the_goals_that_name_it(in_tenant):
    account, other = AccountFactory(), AccountFactory()
    used(account, date(2026, 9, 3), "deals", ["a"], 1000)  # 29 days ago
    used(account, date(2026, 9, 4), "deals", ["a", "b"], 40)
    used(account, date(2026, 10, 1), "reports", ["b", "c"], 7)
    used(other, date(2026, 10, 1), "deals", ["z"], 5)
    goals = {
        source: goal_of(account, source=source, feature=feature, target=Decimal(100))
        for source, feature in (
            ("active_users", ""),
            ("events", ""),
            ("features", ""),
            ("feature", "deals"),
            ("entered", ""),
        )
    }

    counts = [services.read_goals_from_usage(on=TODAY) for _ in range(2)]

    for goal in goals.values():
        goal.refresh_from_db()
    assert counts == [4, 4]
    assert {source: goal.actual for source, goal in goals.items()} == {
        "active_users": 3,
        "events": 47,
        "features": 2,
        "feature": 40,
        "entered": None,
    }
    assert GoalReading.objects.count() == 4


@pytest.mark.parametrize("number", [1, 3])
def test_feeding_many_goals_costs_as_much_as_one(
    number, in_tenant, django_assert_num_queries
):
    for _ in range(number):
        goal_of(source="active_users")

    with django_assert_num_queries(7):
        services.read_goals_from_usage(on=TODAY)


def test_the_latest_day_is_what_a_goal_shows(in_tenant, csm):
    goal = goal_of()

    services.read_goal(goal, value=Decimal(15), on=date(2026, 9, 1), by=csm)
    services.read_goal(goal, value=Decimal(14), on=date(2026, 6, 1), by=csm)
    services.read_goal(goal, value=Decimal(16), on=date(2026, 9, 1), by=csm)

    goal.refresh_from_db()
    readings = GoalReading.objects.order_by("on").values_list("on", "value")
    assert (goal.actual, goal.read_on) == (16, date(2026, 9, 1))
    assert list(readings) == [(date(2026, 6, 1), 14), (date(2026, 9, 1), 16)]


def test_a_day_to_come_cannot_be_read(in_tenant):
    with pytest.raises(ValidationError):
        services.read_goal(goal_of(), value=Decimal(1), on=date(2026, 10, 3))


def worth(**fields):
    fields = {
        "value_amount": Decimal(61000),
        "value_currency": "USD",
        "value_formula": "6 % × 847 deals × 1,200 USD",
    } | fields
    return goal_of(**fields)


def test_a_change_of_the_value_takes_back_that_it_is_verified(in_tenant, csm):
    goal = worth()
    anna = ContactFactory(account=goal.account)
    services.verify_goal(goal, contact=anna, how="In the review", by=csm)
    goal.refresh_from_db()
    was = (goal.verified_by, goal.verified_at is not None)

    goal.objective = "Win"
    services.save_goal(goal, by=csm)
    kept = goal.verified_by
    goal.value_amount = Decimal(99000)
    services.save_goal(goal, by=csm)

    goal.refresh_from_db()
    assert (was, kept) == ((anna, True), anna)
    assert (goal.verified_by, goal.verified_at) == (None, None)
    entries = AuditEntry.objects.filter(action="goal.set", by=csm)
    assert [entry.after["value_amount"] for entry in entries] == ["99000"]


def test_without_a_value_there_is_nothing_to_verify(in_tenant):
    with pytest.raises(ValidationError):
        services.verify_goal(goal_of(), how="They said so")


def test_a_contact_of_another_account_verifies_nothing(in_tenant):
    with pytest.raises(ValidationError):
        services.verify_goal(worth(), contact=ContactFactory())


def test_a_goal_is_met_and_goes_on(in_tenant, csm):
    goal = goal_of()

    met = services.close_goal(goal, state="met", on=TODAY, by=csm)
    open_again = services.close_goal(goal, state="open", on=TODAY, by=csm)

    assert (met.closed_on, open_again.closed_on) == (TODAY, None)
    trail = AuditEntry.objects.filter(action="goal.closed")
    assert {(one.before["state"], one.after["state"]) for one in trail} == {
        ("open", "met"),
        ("met", "open"),
    }


def form(**changes):
    return {
        "objective": "Save time",
        "measure": "Hours a week",
        "unit": "h",
        "target": "15",
        "source": "entered",
    } | changes


def test_a_goal_is_set_on_the_page(csm_client, csm, in_tenant):
    account = AccountFactory(owner=csm)

    made = csm_client.post(
        f"/t/acme/accounts/{account.pk}/goals/new/",
        form(value_hours="780", value_formula="15 h × 52 weeks"),
    )
    goal = Goal.objects.get()
    csm_client.post(
        f"/t/acme/goals/{goal.pk}/readings/", {"value": "9,5", "on": "2026-10-01"}
    )
    csm_client.post(
        f"/t/acme/goals/{goal.pk}/readings/", {"value": "9.5", "on": "2026-10-01"}
    )
    csm_client.post(f"/t/acme/goals/{goal.pk}/verification/", {"how": "By mail"})
    csm_client.post(f"/t/acme/goals/{goal.pk}/state/", {"state": "met"})

    goal.refresh_from_db()
    assert made["Location"] == f"/t/acme/goals/{goal.pk}/"
    assert (goal.actual, goal.state, goal.verified_how, goal.made_by) == (
        Decimal("9.5"),
        "met",
        "By mail",
        csm,
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value_amount": "100", "value_currency": "USD"}, "__all__"),
        ({"source": "feature"}, "__all__"),
        ({"value_currency": "XXQ"}, "value_currency"),
        ({"target": "much"}, "target"),
        ({"objective": ""}, "objective"),
    ],
)
def test_a_goal_that_says_too_little_is_refused(
    changes, field, csm_client, csm, in_tenant
):
    account = AccountFactory(owner=csm)

    response = csm_client.post(
        f"/t/acme/accounts/{account.pk}/goals/new/", form(**changes)
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


@pytest.mark.parametrize("rest", ["edit/", "readings/", "verification/", "state/"])
def test_only_who_works_the_account_changes_its_goals(
    rest, tenant, in_tenant, csm, sign_in, stranger
):
    goal = goal_of(AccountFactory(owner=csm))
    colleague = MembershipFactory(tenant=tenant, role=Role.CSM).user
    viewer = MembershipFactory(tenant=tenant, role=Role.VIEWER).user

    codes = [
        sign_in(person).post(f"/t/acme/goals/{goal.pk}/{rest}", {}).status_code
        for person in (colleague, viewer, stranger)
    ]

    assert codes == [404, 404, 404]


@pytest.mark.parametrize("number", [1, 3])
def test_the_success_plan_costs_the_same_for_many(
    number, csm_client, csm, in_tenant, django_assert_num_queries
):
    account = AccountFactory(owner=csm)
    for _ in range(number):
        services.read_goal(goal_of(account), value=Decimal(15), on=TODAY)

    with django_assert_num_queries(14):
        response = csm_client.get(f"/t/acme/accounts/{account.pk}/goals/")

    shown = [goal.progress.percent for goal in response.context["goals"]]
    assert shown == [50] * number


THE_THREE = (
    (
        {"objective": "More deals", "measure": "Deals created", "unit": "deals",
         "baseline": "120", "target": "800"},
        "847",
    ),
    (
        {"objective": "Win more of them", "measure": "Conversion", "unit": "%",
         "baseline": "12", "target": "18", "value_amount": "60984",
         "value_currency": "USD", "value_formula": "6 % × 847 deals × 1,200 USD"},
        "18",
    ),
    (
        {"objective": "Save time", "measure": "Hours a week", "unit": "h",
         "baseline": "40", "target": "25", "value_hours": "780",
         "value_formula": "15 h × 52 weeks"},
        "25",
    ),
)  # fmt: skip


def test_the_page_shows_each_value_with_its_formula(csm_client, csm, in_tenant):
    account = AccountFactory(owner=csm)
    for said, actual in THE_THREE:
        csm_client.post(f"/t/acme/accounts/{account.pk}/goals/new/", form(**said))
        goal = Goal.objects.get(objective=said["objective"])
        csm_client.post(
            f"/t/acme/goals/{goal.pk}/readings/", {"value": actual, "on": "2026-10-01"}
        )
    won = Goal.objects.get(measure="Conversion")
    csm_client.post(f"/t/acme/goals/{won.pk}/verification/", {"how": "In the review"})

    response = csm_client.get(f"/t/acme/accounts/{account.pk}/goals/")
    text = " ".join(strip_tags(response.content.decode()).split())

    for words in (
        "847 deals", "800 deals", "12 %", "18 %", "$60,984",
        "= 6 % × 847 deals × 1,200 USD", "the customer says so",
        "780 h", "= 15 h × 52 weeks", "not verified yet",
    ):  # fmt: skip
        assert words in text, words
    states = [goal.standing for goal in response.context["goals"]]
    assert (states, text.count("Reached")) == (["Reached"] * 3, 3)
