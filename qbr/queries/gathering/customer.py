"""How the account fares with us: health, support, and what its people say."""

from collections import Counter
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import Ticket
from cs_platform.lib import clock
from health.models import Snapshot
from health.queries import limits, lines
from nps import numbers
from nps.models import Invitation, Kind, Response
from nps.queries.rates import REACHED
from qbr.figures import support as pure
from qbr.figures.figure import HOURS, POINTS, SHARE, Figure
from qbr.figures.period import Period

LETTERS = 400


def health(account, period: Period) -> tuple[list[Figure], dict, list[dict]]:
    """The score at both ends, week by week, and the receipt of the last: two queries."""
    snapshots = Snapshot.objects.filter(account=account).exclude(score=None)
    days = snapshots.filter(day__gte=period.before.start, day__lt=period.end)
    scores = {
        day: score
        for day, score in days.order_by("day").values_list("day", "score")
        if score is not None
    }
    ours = [day for day in scores if day >= period.start]
    were = [day for day in scores if day < period.start]
    figure = Figure(
        "health",
        Decimal(scores[ours[-1]]) if ours else None,
        Decimal(scores[were[-1]]) if were else None,
        POINTS,
        rows=len(ours),
    )
    series = {
        "categories": [step.start.isoformat() for step in period.steps],
        "now": [_last(scores, step) for step in period.steps],
        "is_monthly": period.is_long,
    }
    return [figure], series, _receipt(snapshots, ours[-1]) if ours else []


def support(account, period: Period, zone: str) -> tuple[list[Figure], dict, list]:
    """What was asked of support: one query."""
    since, start, end = (
        clock.start_of(day, zone)
        for day in (period.before.start, period.start, period.end)
    )
    rows = Ticket.objects.filter(account=account, opened_at__lt=end).filter(
        Q(solved_at=None) | Q(solved_at__gte=since)
    )
    tickets = list(rows.order_by("opened_at", "id"))
    now = pure.support(tickets, start, end)
    was = pure.support(tickets, since, start)
    months = [
        pure.support(
            tickets, clock.start_of(one.start, zone), clock.start_of(one.end, zone)
        )
        for one in period.months
    ]
    series = {
        "categories": [one.start.isoformat() for one in period.months],
        "opened": [month.opened for month in months],
        "solved": [month.solved for month in months],
    }
    waiting = [one for one in tickets if pure.is_open(one, end)]
    return _support(now, was), series, _tickets(waiting, zone)


def feedback(account, period: Period, zone: str) -> tuple[list[Figure], dict, list]:
    """NPS of the people of the account with its interval, how many of those asked
    answered, and their words, of nobody by name: two queries.

    Answers without a name are nobody's, and stand in no account.
    """
    since, start, end = (
        clock.start_of(day, zone)
        for day in (period.before.start, period.start, period.end)
    )
    rows = Response.objects.filter(
        account=account, kind=Kind.NPS, answered_at__gte=since, answered_at__lt=end
    )
    answers = list(rows)
    now = _latest(one for one in answers if one.answered_at >= start)
    was = _latest(one for one in answers if one.answered_at < start)
    told, before = (
        numbers.tally(Counter(one.score for one in some)) for some in (now, was)
    )
    figures = [
        Figure("nps", _one(told.value), _one(before.value), POINTS, rows=told.n),
        Figure(
            "nps_answers",
            Decimal(told.n) if told.n else None,
            Decimal(before.n),
            rows=told.n,
        ),
        _answered(account, start, end),
    ]
    interval = {"low": told.low, "high": told.high, "is_few": told.is_few}
    shown = sorted(now, key=_when, reverse=True)
    return figures, interval, [_answer(one) for one in shown if one.comment.strip()]


def _latest(responses):
    """One answer of each person; every unknown one is a person of their own."""
    ordered = sorted(responses, key=_when)
    return list({one.contact_id or one.pk: one for one in ordered}.values())


def _when(response):
    return response.answered_at, str(response.pk)


def _answered(account, start, end):
    """Of those who were asked in the period: how many answered."""
    asked = Invitation.objects.filter(
        account=account,
        survey__kind=Kind.NPS,
        sent_at__gte=start,
        sent_at__lt=end,
        state__in=REACHED,
    ).aggregate(
        n=Count("pk"),
        answered=Count("pk", filter=Q(state=Invitation.State.ANSWERED)),
    )
    return Figure(
        "nps_rate",
        Decimal(asked["answered"]) if asked["n"] else None,
        rows=asked["n"],
        of=asked["n"],
    )


def _one(value):
    """With one digit behind the point."""
    return None if value is None else round(Decimal(str(value)), 1)


def _last(scores, step):
    """The newest score of a week or a month."""
    days = [day for day in scores if step.start <= day < step.end]
    return scores[max(days)] if days else None


def _receipt(snapshots, day):
    """Of a day what each measure gave, what was cut off, and what a person said."""
    snapshot = snapshots.select_related("scorecard").get(day=day)
    definition = snapshot.scorecard.definition
    rows = [
        _measure(line.label, line.found, line.points_signed, line.worth)
        for line in lines(definition, snapshot.measures)
    ]
    rows += [
        _measure(cut.label, "", cut.points_signed)
        for cut in limits(definition, snapshot.limits)
        if cut.points
    ]
    if snapshot.override_id is not None:
        rows.append(_measure(_("Judged by us"), "", str(snapshot.score), "100"))
    return rows


def _measure(label, found, points, worth=""):
    return {"label": label, "found": found, "points": points, "worth": worth}


def _support(now, was):
    """Counts are made of the tickets they count; the others of what they are a part of."""
    counted = {
        "tickets_opened": "opened",
        "tickets_solved": "solved",
        "tickets_open": "open_at_end",
        "tickets_critical": "critical",
    }
    return [
        *(
            Figure(
                key,
                Decimal(getattr(now, name)),
                Decimal(getattr(was, name)),
                rows=getattr(now, name),
            )
            for key, name in counted.items()
        ),
        Figure(
            "hours_to_solve",
            now.hours_to_solve,
            was.hours_to_solve,
            HOURS,
            rows=now.solved,
        ),
        Figure("csat", now.satisfied, was.satisfied, SHARE, rows=now.rated),
    ]


def _tickets(waiting, zone):
    order = list(Ticket.Severity.values)
    waiting.sort(key=lambda one: (-order.index(one.severity), one.opened_at))
    return [
        {
            "subject": one.subject,
            "severity": one.get_severity_display(),
            "opened_on": clock.day_of(one.opened_at, zone).isoformat(),
        }
        for one in waiting
    ]


def _answer(response):
    """Nobody is named: it goes to the customer, and their manager reads it."""
    words = " ".join(response.comment.split())
    return {
        "key": str(response.pk),
        "score": response.score,
        "words": words if len(words) <= LETTERS else f"{words[:LETTERS].rstrip()}…",
    }
