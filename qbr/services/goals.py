"""Goals of customers: set, measured, verified, closed."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from qbr.models import Goal, GoalReading, GoalSource, GoalState
from qbr.queries.goals import usage_values
from tenants.services import record_audit

AUDITED = ("target", "value_amount", "value_currency", "value_hours", "value_formula")


@transaction.atomic
def save_goal(goal, *, by=None, by_key=None) -> Goal:
    """Keep a goal, new or changed; what it is worth is in the audit.

    A change of its value or formula takes back that the customer verified it.
    """
    known = Goal.objects.select_for_update().filter(pk=goal.pk).first()
    before = _audited(known) if known else None
    if known is None:
        goal.made_by = by
    elif before != _audited(goal):
        goal.verified_at, goal.verified_by, goal.verified_how = None, None, ""
    goal.save()
    after = _audited(goal)
    if after != before:
        record_audit("goal.set", goal, by=by, by_key=by_key, before=before, after=after)
    return goal


@transaction.atomic
def read_goal(goal, *, value: Decimal, on: date, by=None) -> GoalReading:
    """Keep what the measure was on a day; said again for the day it replaces it.

    The goal shows the latest day. Raises ValidationError for a day yet to come.
    """
    if on > clock.now().date() + timedelta(days=1):
        raise ValidationError({"on": [_("This day is yet to come.")]})
    goal = Goal.objects.select_for_update(no_key=True).get(pk=goal.pk)
    reading, _is_new = GoalReading.objects.update_or_create(
        goal=goal, on=on, defaults={"value": value, "by": by}
    )
    if goal.read_on is None or on >= goal.read_on:
        goal.actual, goal.read_on = value, on
        goal.save(update_fields=["actual", "read_on", "updated_at"])
    return reading


def read_goals_from_usage(*, on: date) -> int:
    """Feed the open goals that usage feeds, for the day; returns how many.

    Safe to repeat, any number at once. Three queries and two writes for all of them.
    """
    goals = list(Goal.objects.fed_by_usage().order_by("pk"))
    values = usage_values(goals, on=on)
    readings = [
        GoalReading(goal=goal, on=on, value=values[goal.pk])
        for goal in goals
        if goal.pk in values
    ]
    with transaction.atomic():
        GoalReading.objects.bulk_create(
            readings,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["tenant", "goal", "on"],
            update_fields=["value"],
        )
        fresh = [goal for goal in goals if goal.read_on is None or goal.read_on <= on]
        for goal in fresh:
            goal.actual, goal.read_on = values.get(goal.pk, goal.actual), on
        Goal.objects.bulk_update(fresh, ["actual", "read_on"], batch_size=500)
    return len(readings)


@transaction.atomic
def verify_goal(goal, *, contact=None, how="", by=None, by_key=None, at=None) -> Goal:
    """The customer says that the value is so: who, and where. In the audit.

    Without contact and words it is taken back. Raises ValidationError for a contact of
    another account, and for a goal without a value.
    """
    goal = Goal.objects.select_for_update(no_key=True).get(pk=goal.pk)
    if contact is not None and contact.account_id != goal.account_id:
        raise ValidationError({"contact": [_("This contact is of another account.")]})
    is_said = contact is not None or bool(how.strip())
    if is_said and goal.value_amount is None and goal.value_hours is None:
        raise ValidationError(_("There is no value to verify yet."))
    goal.verified_at = (at or clock.now()) if is_said else None
    goal.verified_by, goal.verified_how = contact, how.strip()[:300]
    goal.save()
    record_audit(
        "goal.verified",
        goal,
        by=by,
        by_key=by_key,
        after={"is_verified": is_said, "how": goal.verified_how},
    )
    return goal


@transaction.atomic
def close_goal(goal, *, state, on: date, by=None, by_key=None) -> Goal:
    """Say how a goal ended, or (open) that it goes on. In the audit; safe to repeat."""
    goal = Goal.objects.select_for_update(no_key=True).get(pk=goal.pk)
    state = GoalState(state)
    if goal.state == state:
        return goal
    before = {"state": goal.state}
    goal.state = state
    goal.closed_on = None if state == GoalState.OPEN else on
    goal.save()
    record_audit(
        "goal.closed",
        goal,
        by=by,
        by_key=by_key,
        before=before,
        after={"state": goal.state},
    )
    return goal


def is_fed(goal) -> bool:
    return goal.source != GoalSource.ENTERED


def _audited(goal):
    return {name: _plain(getattr(goal, name)) for name in AUDITED}


def _plain(value):
    return (
        None if value is None else f"{value:f}" if isinstance(value, Decimal) else value
    )
