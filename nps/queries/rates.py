"""Shares of the days chosen: of the asked who answered, of the answered who are content,
of those somebody had to come back to, to whom somebody did."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q

from accounts.models import Ticket
from accounts.queries import visible_accounts
from cs_platform.lib import clock
from nps import numbers
from nps.models import FollowUp, Invitation, Kind
from nps.models.followup import IN_TIME, IS_CLOSED
from nps.numbers import Csat
from nps.queries.answers import Choice, answers

State = Invitation.State
# Bounced ones never reached anybody.
REACHED = [
    one for one in State if one not in (State.PLANNED, State.RECALLED, State.BOUNCED)
]


@dataclass(frozen=True)
class Rate:
    """How many of how many; nothing over nothing."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return numbers.ratio(self.part, self.whole)


def asked(membership, choice: Choice):
    """The invitations of these days that reached somebody, by mail or in the product.

    Who never got it (bounced) was not asked.
    """
    zone = membership.tenant.timezone
    found = Invitation.objects.filter(
        survey__kind=choice.kind or Kind.NPS,
        account__in=visible_accounts(membership),
        sent_at__gte=clock.start_of(choice.since, zone),
        sent_at__lt=clock.end_of(choice.until, zone),
        state__in=REACHED,
    )
    return found.filter(survey=choice.survey) if choice.survey else found


def response_rate(membership, choice: Choice) -> Rate:
    """Of those asked in these days who has answered by now. One query."""
    found = asked(membership, choice).aggregate(
        n=Count("pk"), answered=Count("pk", filter=Q(state=State.ANSWERED))
    )
    return Rate(found["answered"], found["n"])


def csat(membership, choice: Choice, *, on: date) -> Csat:
    """Of the answers to surveys of satisfaction, each person once."""
    rows = answers(membership, replace(choice, kind=Kind.CSAT, latest=True), on=on)
    return numbers.csat(rows.values_list("score", flat=True))


def rated_tickets(membership, choice: Choice):
    """The tickets solved in these days that somebody said something of."""
    zone = membership.tenant.timezone
    return Ticket.objects.filter(
        account__in=visible_accounts(membership),
        csat__isnull=False,
        solved_at__gte=clock.start_of(choice.since, zone),
        solved_at__lt=clock.end_of(choice.until, zone),
    )


def csat_of(tickets) -> Csat:
    """Of these rated tickets. One query."""
    good = Count("pk", filter=Q(csat__gte=numbers.SATISFIED_FROM))
    found = tickets.order_by().aggregate(n=Count("pk"), good=good)
    return Csat(found["n"], found["good"], numbers.ratio(found["good"], found["n"]))


def csat_by_category(membership, choice: Choice) -> list[tuple[str, Csat]]:
    """Of rated tickets, by what they were about; most first. One query."""
    good = Count("pk", filter=Q(csat__gte=numbers.SATISFIED_FROM))
    tickets = rated_tickets(membership, choice).order_by().values("category")
    found = [
        (
            row["category"],
            Csat(row["n"], row["good"], numbers.ratio(row["good"], row["n"])),
        )
        for row in tickets.annotate(n=Count("pk"), good=good)
    ]
    return sorted(found, key=lambda pair: (-pair[1].n, pair[0]))


@dataclass(frozen=True)
class Loop:
    """Of the answers of these days that somebody had to come back to: who did."""

    kind: str
    opened: int
    closed: int
    in_time: int
    # Those whose time has come, or who were answered before.
    due: int

    @property
    def rate(self) -> float | None:
        return numbers.ratio(self.in_time, self.due)


def loops(membership, choice: Choice) -> list[Loop]:
    """By kind, the detractors first. In one query."""
    zone = membership.tenant.timezone
    rows = FollowUp.objects.filter(
        response__account__in=visible_accounts(membership),
        response__answered_at__gte=clock.start_of(choice.since, zone),
        response__answered_at__lt=clock.end_of(choice.until, zone),
    )
    if choice.survey:
        rows = rows.filter(response__survey=choice.survey)
    counted = (
        rows.order_by()
        .values("kind")
        .annotate(
            opened=Count("pk"),
            closed=Count("pk", filter=IS_CLOSED),
            in_time=Count("pk", filter=IN_TIME),
            due=Count("pk", filter=IS_CLOSED | Q(due_at__lte=clock.now())),
        )
    )
    found = {row["kind"]: Loop(**row) for row in counted}
    empty = (Loop(kind, 0, 0, 0, 0) for kind in reversed(numbers.KINDS))
    return [found.get(loop.kind, loop) for loop in empty]
