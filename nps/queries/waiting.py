"""Answers that somebody has yet to come back to, and nobody was told of."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from cs_platform.lib import clock
from nps.models import FollowUp, Response
from worklist.models import Task

# An answer that somebody brings in later than this is history, not a call to act.
FRESH = timedelta(days=7)


def without_follow_up():
    """Fresh NPS answers of accounts, that came in by the thousand, without a task yet."""
    known = FollowUp.objects.filter(tenant=OuterRef("tenant"), response=OuterRef("pk"))
    return Response.objects.filter(
        ~Exists(known),
        kind=Response.Kind.NPS,
        account__isnull=False,
        answered_at__gte=clock.now() - FRESH,
    )


def unescalated():
    """Open follow-ups of detractors that no lead was told of.

    Not those whose task somebody has ticked off: they did it, and have yet to say how.
    """
    return FollowUp.objects.open().filter(
        Q(task=None) | Q(task__status=Task.Status.OPEN),
        kind=FollowUp.Kind.DETRACTOR,
        escalated_at=None,
        response__account__archived_at=None,
    )
