"""What was wanted, promised, asked for and told."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.queries.requests import requests_of
from cs_platform.lib import clock, wording
from qbr.figures.definitions import MONEY
from qbr.figures.figure import HOURS, Figure
from qbr.figures.figure import MONEY as MONEY_UNIT
from qbr.figures.period import Period
from qbr.models import (
    Commitment,
    CommitmentState,
    Goal,
    GoalState,
    Review,
    Side,
)
from qbr.queries.commitments import last_time
from qbr.queries.news import news_for

LETTERS = 400


def goals(account, period: Period, zone: str) -> tuple[list[Figure], list[dict]]:
    """The success plan: open goals and those that ended in the period or later.

    Met, and worth something, is what ended in the period: each goal in one report. Of
    what ended after it the plan says when.
    """
    rows = list(
        Goal.objects.filter(account=account)
        .exclude(state=GoalState.DROPPED)
        .filter(Q(closed_on=None) | Q(closed_on__gte=period.start))
        .select_related("verified_by")
        .order_by("due_on", "created_at", "id")
    )
    later = {one.pk for one in rows if one.closed_on and one.closed_on >= period.end}
    met = [one for one in rows if one.state == GoalState.MET and one.pk not in later]
    figures = [_part("goals_met", met, rows), *_values(met)]
    return figures, [_goal(one, zone, is_later=one.pk in later) for one in rows]


def last_promises(review: Review, *, on) -> tuple[list[Figure], list[dict]]:
    """What was promised in the review before, and what is open from earlier ones."""
    rows = list(last_time(review).select_related("owner", "contact", "account"))
    counted = [one for one in rows if one.state != CommitmentState.DROPPED]
    sides = {"kept_ours": Side.OURS, "kept_theirs": Side.THEIRS}
    figures = []
    for key, side in sides.items():
        theirs = [one for one in counted if one.side == side]
        kept = [one for one in theirs if one.state == CommitmentState.DONE]
        figures.append(_part(key, kept, theirs))
    return figures, told(rows, on=on)


def told(rows: Iterable[Commitment], *, on) -> list[dict]:
    return [
        {
            "words": one.words,
            "side": one.side,
            "who": _who(one),
            "due_on": one.due_on.isoformat(),
            "state": _state(one, on),
        }
        for one in rows
    ]


def next_promises(review: Review, *, on) -> list[dict]:
    """What was agreed on in this review so far."""
    rows = Commitment.objects.filter(review=review)
    rows = rows.exclude(state=CommitmentState.DROPPED)
    rows = rows.select_related("owner", "contact", "account")
    return told(rows.order_by("due_on", "created_at", "id"), on=on)


def requests(account) -> tuple[list[Figure], list[dict]]:
    rows = [vote.request for vote in requests_of(account)]
    shipped = [one for one in rows if one.state == one.State.SHIPPED]
    table = [
        {"title": one.title, "state": one.get_state_display(), "plan": one.plan}
        for one in rows
    ]
    return [_part("requests_shipped", shipped, rows)], table


def news(review: Review) -> list[dict]:
    """What came lately, is in a plan of theirs and not used yet."""
    return [
        {
            "title": one.news.title,
            "words": Truncator(" ".join(one.news.words.split())).chars(LETTERS),
            "released_on": one.news.released_on.isoformat(),
        }
        for one in news_for(review)
    ]


def _part(key, some, all_):
    value = Decimal(len(some)) if all_ else None
    return Figure(key, value, rows=len(all_), of=len(all_))


def _values(met):
    """Sums of what was reached, money by its currency."""
    money: dict[str, Decimal] = {}
    for one in met:
        if one.value_amount is not None:
            known = money.get(one.value_currency, Decimal(0))
            money[one.value_currency] = known + one.value_amount
    for currency, amount in sorted(money.items()):
        unit = MONEY_UNIT + currency
        yield Figure(f"{MONEY}{currency}", amount, unit=unit, rows=len(met))
    hours = [one.value_hours for one in met if one.value_hours is not None]
    if hours:
        yield Figure("value_hours", sum(hours, Decimal(0)), unit=HOURS, rows=len(hours))
    valued = [
        one
        for one in met
        if one.value_amount is not None or one.value_hours is not None
    ]
    yield _part("value_verified", [one for one in valued if one.verified_at], valued)


def _goal(goal, zone, *, is_later):
    share, state = goal.progress.share, goal.standing
    if is_later:
        state = f"{state}, {wording.day(goal.closed_on)}"
    return {
        "objective": goal.objective,
        "measure": goal.measure,
        "unit": goal.unit,
        "baseline": _text(goal.baseline),
        "target": _text(goal.target),
        "actual": _text(goal.actual),
        "reached": _text(share),
        "state": state,
        "is_later": is_later,
        "is_met": goal.state == GoalState.MET,
        "value_amount": _text(goal.value_amount),
        "value_currency": goal.value_currency,
        "value_hours": _text(goal.value_hours),
        "value_formula": goal.value_formula,
        "verified_on": clock.day_of(goal.verified_at, zone).isoformat()
        if goal.verified_at
        else None,
        "verified_by": goal.verified_by.name if goal.verified_by else "",
    }


def _text(number):
    return None if number is None else format(number, "f")


def _who(one):
    person = one.owner if one.side == Side.OURS else one.contact
    if person is None:
        return one.account.name if one.side == Side.THEIRS else _("we")
    return person.name or getattr(person, "email", "")


def _state(one, on):
    if one.state == CommitmentState.OPEN and one.due_on < on:
        return _("Overdue")
    return one.get_state_display()
