"""Commitments: whose, which are late, which want to be brought in step."""

from datetime import date, timedelta

from django.db.models import F, Q

from accounts.queries import visible_accounts
from qbr.models import Commitment, CommitmentState, Review
from worklist.models import Task


def visible_commitments(membership):
    return Commitment.objects.filter(account__in=visible_accounts(membership))


def last_time(review):
    """What was promised in the review held before this one, and what is open from
    earlier ones: what opens it. What was typed in one that was called off nobody heard."""
    held = Review.objects.held().filter(account=review.account_id)
    until = review.held_at or review.cancelled_at
    earlier = (held.filter(held_at__lt=until) if until else held).exclude(pk=review.pk)
    asked = Q(state=CommitmentState.OPEN)
    before = earlier.order_by("-held_at").values_list("pk", flat=True).first()
    if before:
        asked |= Q(review=before)
    return (
        Commitment.objects.filter(account=review.account_id, review__in=earlier)
        .filter(asked)
        .select_related("owner", "contact", "review")
        .order_by("side", "due_on", "pk")
    )


def out_of_step():
    """Commitments whose task says something else than they do."""
    done = Q(task__status=Task.Status.DONE) & ~Q(state=CommitmentState.DONE)
    dismissed = Q(task__status=Task.Status.DISMISSED) & ~Q(
        state=CommitmentState.DROPPED
    )
    opened = Q(task__status=Task.Status.OPEN) & ~Q(state=CommitmentState.OPEN)
    is_open = Q(task__status=Task.Status.OPEN)
    given = Q(task__owner__isnull=False) & (Q(owner=None) | ~Q(owner=F("task__owner")))
    put_off = ~Q(due_on=F("task__due_on"))
    return Commitment.objects.filter(task__isnull=False).filter(
        done | dismissed | opened | is_open & (given | put_off)
    )


def soon_or_late(on: date, *, notice: timedelta):
    """Open ones of held reviews that are due by then, or were due yesterday or before.

    Not those late for more than a fortnight: they were told of.
    """
    return (
        Commitment.objects.open()
        .filter(
            task__isnull=False,
            due_on__range=(on - timedelta(days=14), on + notice),
        )
        .exclude(due_on=on)
        .select_related("account__owner", "owner", "review", "contact")
        .order_by("due_on", "pk")
    )
