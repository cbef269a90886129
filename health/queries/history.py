"""Scores over time, and how much of the portfolio has one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import Account
from health.models import Override, Snapshot
from health.queries.wording import person_of

# A score is current for a day and a half: one nightly pass may be late, not missing.
CURRENT = timedelta(hours=36)


def history(account: Account, *, first: date, last: date):
    """The snapshots of an account between two days, both included, oldest first."""
    return (
        Snapshot.objects.filter(account=account)
        .between(first, last)
        .select_related("scorecard", "override__by")
        .order_by("day")
    )


@dataclass(frozen=True)
class Mark:
    """A day on which something was decided that moved, or could move, the score."""

    day: date
    score: int | None
    text: str


def marks(snapshots: Iterable[Snapshot]) -> list[Mark]:
    """What was decided between the snapshots of an account: another card or version of
    it, a judgement that began or ended."""
    found = []
    for was, now in pairwise(snapshots):
        told = []
        if was.scorecard_id != now.scorecard_id:
            told.append(_("Scorecard: %(card)s") % {"card": now.scorecard})
        if was.override_id != now.override_id:
            told.append(_judged(was.override, now.override))
        if told:
            found.append(Mark(now.day, now.score, "; ".join(told)))
    return found


def _judged(was: Override | None, now: Override | None) -> str:
    if now is None:
        return _("Judgement of %(person)s ended") % {"person": person_of(was)}
    words = {"person": person_of(now), "score": now.score}
    return _("Judged as %(score)s by %(person)s") % words


def coverage(accounts, *, at: datetime) -> float | None:
    """Health coverage: the share of active accounts whose score is current.

    None when there are no active accounts.
    """
    found = accounts.current().aggregate(
        all=Count("pk"),
        current=Count("pk", filter=Q(score__isnull=False, scored_at__gt=at - CURRENT)),
    )
    return found["current"] / found["all"] if found["all"] else None
