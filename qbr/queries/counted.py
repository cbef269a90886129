"""The rows that the figures of coverage are made of, each said once: counted and listed."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from accounts.models import Stage
from accounts.queries import visible_accounts
from cs_platform.lib import clock
from qbr.models import (
    AHEAD,
    HELD,
    Attendee,
    Commitment,
    CommitmentState,
    Review,
    Status,
)
from qbr.queries.planning import cadences
from renewals.models import Outcome

# An account of a tier without a cadence is covered by a review of the last year.
YEAR = 365
DAY = timedelta(days=1)
# A renewal decided within so many days of a review counts as reviewed.
REACH = timedelta(days=180)
GROUPS = {"tier": "tier", "segment": "segment", "owner": "owner"}
NO_CUSTOMERS = (Stage.CHURNED, Stage.TRIAL)

# Of reviews due in a period, and of promises: what each figure counts.
REVIEWS = {
    "planned": ~Q(status=Status.CANCELLED),
    "held": Q(status__in=HELD),
    "cancelled": Q(status=Status.CANCELLED),
    "decider": Q(status__in=HELD, has_decider=True),
}
PROMISES = {
    "due": Q(),
    "done": Q(state=CommitmentState.DONE),
    "in_time": Q(state=CommitmentState.DONE, done_on__lte=F("due_on")),
}


def customers(membership):
    """Accounts that are to be reviewed: no trials, none that are lost."""
    rows = visible_accounts(membership)
    return rows.exclude(lifecycle_stage__in=NO_CUSTOMERS)


def covered(on: date, zone: str) -> Q:
    """Of accounts: those whose last review, held by the end of that day, is not older
    than their cadence."""
    until, is_covered, every = clock.start_of(on + DAY, zone), Q(), cadences()
    whose = [
        (Q(tier=tier) & ~Q(segment__in=list(every.by_segment)), days)
        for tier, days in every.by_tier.items()
    ]
    whose += [(Q(segment=name), days) for name, days in every.by_segment.items()]
    for theirs, days in whose:
        held = Review.objects.filter(
            tenant=OuterRef("tenant"),
            account=OuterRef("pk"),
            status__in=HELD,
            day__gt=on - timedelta(days=days or YEAR),
            held_at__lt=until,
        )
        is_covered |= theirs & Q(Exists(held))
    return is_covered


def reviews_due(membership, *, start: date, end: date):
    """Reviews due in the period, with `has_decider`: that who decides came.

    What is ahead of a customer who is lost is not to be held any more.
    """
    came = Attendee.objects.filter(
        tenant=OuterRef("tenant"),
        review=OuterRef("pk"),
        decides=True,
        attended=True,
    )
    rows = Review.objects.filter(
        account__in=visible_accounts(membership), due_on__gte=start, due_on__lt=end
    )
    void = Q(status__in=AHEAD, account__lifecycle_stage__in=NO_CUSTOMERS)
    return rows.exclude(void).annotate(has_decider=Exists(came))


def promises_due(membership, *, start: date, end: date, on: date, zone: str):
    """Promises due in the period and not dropped, with `done_on`.

    What is still to come on that day is neither kept nor broken.
    """
    rows = Commitment.objects.filter(
        account__in=visible_accounts(membership),
        due_on__gte=start,
        due_on__lt=min(end, on + DAY),
        review__status__in=HELD,
    )
    return rows.exclude(state=CommitmentState.DROPPED).annotate(
        done_on=TruncDate("done_at", tzinfo=ZoneInfo(zone))
    )


def decided(membership, *, start: date, end: date):
    """Outcomes of renewals decided in the period, with `is_reviewed`."""
    before = Review.objects.held().filter(
        tenant=OuterRef("tenant"),
        account=OuterRef("renewal__account"),
        day__lte=OuterRef("decided_on"),
        day__gte=OuterRef("decided_on") - REACH,
    )
    rows = Outcome.objects.filter(
        renewal__account__in=visible_accounts(membership),
        decided_on__gte=start,
        decided_on__lt=end,
    )
    return rows.annotate(is_reviewed=Exists(before))


def of_group(rows, by: str, key: str | None, *, account="account__"):
    """Those of one group; all for None. An empty key is the group of none."""
    if key is None:
        return rows
    if by == "owner":
        return rows.filter(**{f"{account}owner": int(key) if key.isdecimal() else None})
    return rows.filter(**{f"{account}{by}": key})
