"""A review is moved, given other parts, or called off."""

from copy import copy
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from qbr import agenda
from qbr.models import Attendee, Commitment, CommitmentState, Review, Side, Status
from qbr.services.committing import close_commitment
from qbr.services.inviting import tell_cancellation, tell_change
from qbr.services.locking import locked
from qbr.services.planning import PeriodTaken, move_task, task_key
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit
from worklist.services import dismiss_tasks

CHANGEABLE = (
    "scheduled_at",
    "minutes",
    "place",
    "owner",
    "language",
    "period_start",
    "period_end",
    "due_on",
)
# What stands in the calendars of those who were invited.
TOLD = ("scheduled_at", "minutes", "place", "owner_id")


@transaction.atomic
def change_review(review, *, by=None, by_key=None, seen=None, **fields) -> Review:
    """Change when and where a review is, its period, owner or language; in the audit.

    Only what is given changes. `seen` is the revision the person saw: raises `Stale`
    when it is another by now, and for a review that is not ahead; `PeriodTaken` for a
    period that has its review. The task to prepare it moves along, and who was invited
    is told of another hour, length, place or host.
    """
    review = locked(review, seen=seen, ahead=True)
    before, was = _said(review), copy(review)
    _set(review, fields)
    if review.invited_at and review.scheduled_at is None:
        # It could not be taken out of their calendars any more.
        refusal = _("People were invited: give it another hour, or call it off.")
        raise ValidationError({"scheduled_at": [refusal]})
    zone = Tenant.objects.get(pk=current_tenant_id()).timezone
    review.day = (
        clock.day_of(review.scheduled_at, zone)
        if review.scheduled_at
        else review.due_on
    )
    review.follows_account = review.owner_id == review.account.owner_id
    if review.period_end <= review.period_start:
        raise ValidationError({"period_end": [_("The period ends after it begins.")]})
    _save(review)
    if review.owner_id:
        Attendee.objects.bulk_create(
            [Attendee(review=review, side=Side.OURS, user=review.owner)],
            ignore_conflicts=True,
        )
    move_task(review, on=clock.day_of(clock.now(), zone))
    if any(getattr(review, name) != getattr(was, name) for name in TOLD):
        tell_change(review, was=was, by=by)
    after = _said(review)
    if after != before:
        record_audit(
            "review.changed", review, by=by, by_key=by_key, before=before, after=after
        )
    return review


@transaction.atomic
def change_agenda(review, parts, *, seen=None) -> Review:
    """Give a review other parts; raises ValidationError in words, or `Stale`."""
    review = locked(review, seen=seen, ahead=True)
    review.agenda = agenda.rows_of(agenda.cleaned(parts))
    review.revision += 1
    review.save(update_fields=["agenda", "revision", "updated_at"])
    return review


@transaction.atomic
def cancel_review(review, *, why, by=None, by_key=None, seen=None) -> Review:
    """Call a review off, saying why; in the audit. Its task is dismissed, and what was
    written down as promised is dropped: nobody heard it.

    The cadence counts on from its day: it is not planned again at once. It leaves the
    calendars of those who were invited. Raises `Stale` when it is not ahead.
    """
    review = locked(review, seen=seen, ahead=True)
    before = {"status": review.status}
    review.status = Status.CANCELLED
    review.cancelled_at, review.cancelled_why = clock.now(), why[:300]
    review.revision += 1
    review.save()
    dismiss_tasks([task_key(review)], because=_("The review was cancelled."))
    for row in Commitment.objects.open().filter(review=review).order_by("pk"):
        close_commitment(
            row,
            state=CommitmentState.DROPPED,
            by=by,
            by_key=by_key,
            outcome=_("The review was cancelled."),
        )
    tell_cancellation(review, by=by)
    record_audit(
        "review.cancelled",
        review,
        by=by,
        by_key=by_key,
        before=before,
        after={"status": review.status, "why": review.cancelled_why},
    )
    return review


def _set(review, fields):
    period = review.period_start, review.period_end
    for name in CHANGEABLE:
        if name in fields:
            setattr(review, name, fields[name])
    if (review.period_start, review.period_end) != period:
        review.has_chosen_period = True


def _save(review):
    review.revision += 1
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError as error:
        if "one_review_per_account_and_period" in str(error):
            raise PeriodTaken(review) from None
        raise


def _said(review):
    return {
        "period": f"{review.period_start} – {review.period_end}",
        "scheduled_at": review.scheduled_at and review.scheduled_at.isoformat(),
        "minutes": review.minutes,
        "place": review.place,
        "due_on": _iso(review.due_on),
        "owner": review.owner and review.owner.email,
        "language": review.language,
    }


def _iso(day: date):
    return day.isoformat()
