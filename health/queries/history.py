"""Scores over time, and how much of the portfolio has one."""

from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from accounts.models import Account
from health.models import Snapshot

# A score is current for a day and a half: one nightly pass may be late, not missing.
CURRENT = timedelta(hours=36)


def history(account: Account, *, first: date, last: date):
    """The snapshots of an account between two days, both included, oldest first."""
    return (
        Snapshot.objects.filter(account=account)
        .between(first, last)
        .select_related("scorecard")
        .order_by("day")
    )


def coverage(accounts, *, at: datetime) -> float | None:
    """Health coverage: the share of active accounts whose score is current.

    None when there are no active accounts.
    """
    found = accounts.current().aggregate(
        all=Count("pk"),
        current=Count("pk", filter=Q(score__isnull=False, scored_at__gt=at - CURRENT)),
    )
    return found["current"] / found["all"] if found["all"] else None
