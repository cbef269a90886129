"""Goals of accounts, and what usage says of those that it feeds."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.queries import visible_accounts
from qbr.models import Goal, GoalSource, GoalState
from usage.models import FeatureDay, UserDay

SPAN = 28


def visible_goals(membership):
    return Goal.objects.filter(account__in=visible_accounts(membership))


def goals_of(account):
    """Open ones first, the nearest first, with their readings."""
    rows = Goal.objects.filter(account=account).select_related("verified_by")
    return sorted(
        rows.prefetch_related("readings"),
        key=lambda goal: (goal.state != "open", goal.due_on or date.max),
    )


@dataclass(frozen=True)
class Worth:
    """What goals are worth together: money by currency, and hours."""

    title: str
    count: int
    money: list[tuple[str, Decimal]]
    hours: Decimal | None


def worth_of(goals) -> list[Worth]:
    """What was gained and the customer confirmed, what they did not confirm yet, and
    what the goals under way would bring; those worth nothing are left out.
    """
    met = [goal for goal in goals if goal.state == GoalState.MET]
    parts = (
        (_("Gained, and the customer confirmed it"), [g for g in met if g.verified_at]),
        (_("Gained, not confirmed yet"), [g for g in met if not g.verified_at]),
        (_("Under way"), [g for g in goals if g.state == GoalState.OPEN]),
    )
    found = [_worth(title, rows) for title, rows in parts]
    return [one for one in found if one.count]


def _worth(title, goals):
    money: dict[str, Decimal] = {}
    for goal in goals:
        if goal.value_amount is not None:
            known = money.get(goal.value_currency, Decimal(0))
            money[goal.value_currency] = known + goal.value_amount
    hours = [goal.value_hours for goal in goals if goal.value_hours is not None]
    count = sum(
        goal.value_amount is not None or goal.value_hours is not None for goal in goals
    )
    total = sum(hours, Decimal(0)) if hours else None
    return Worth(title, count, sorted(money.items()), total)


def usage_values(goals, *, on: date) -> dict:
    """By goal, what its measure is over the 28 days up to a day; three queries."""
    accounts = {goal.account_id for goal in goals}
    since = on - timedelta(days=SPAN - 1)
    days = {"account__in": accounts, "day__range": (since, on)}
    people = dict(
        UserDay.objects.filter(**days)
        .values("account_id")
        .annotate(n=Count("user_ref", distinct=True))
        .values_list("account_id", "n")
    )
    shown = FeatureDay.objects.filter(
        **days, feature__is_hidden=False, feature__is_error=False
    )
    totals = {
        pk: (events, features)
        for pk, events, features in shown.values("account_id")
        .annotate(events=Sum("events"), features=Count("feature", distinct=True))
        .values_list("account_id", "events", "features")
    }
    named = {goal.feature for goal in goals if goal.source == GoalSource.FEATURE}
    of_feature = {
        (pk, name): events
        for pk, name, events in shown.filter(feature__name__in=named)
        .values("account_id", "feature__name")
        .annotate(events=Sum("events"))
        .values_list("account_id", "feature__name", "events")
    }
    return {
        goal.pk: Decimal(_value(goal, people, totals, of_feature)) for goal in goals
    }


def _value(goal, people, totals, of_feature):
    events, features = totals.get(goal.account_id, (0, 0))
    return {
        GoalSource.ACTIVE_USERS: people.get(goal.account_id, 0),
        GoalSource.EVENTS: events,
        GoalSource.FEATURES: features,
        GoalSource.FEATURE: of_feature.get((goal.account_id, goal.feature), 0),
    }[GoalSource(goal.source)]
