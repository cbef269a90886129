"""A review while it is held: its clock, what is said and decided, and its end."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Note
from accounts.queries import today
from cs_platform.lib import clock
from qbr import agenda
from qbr.models import Commitment, NoteKind, ReviewNote, Status
from qbr.services.attending import say_who_came
from qbr.services.committing import give_task
from qbr.services.locking import Stale, locked
from qbr.services.planning import task_key
from qbr.services.preparing import keep_findings
from qbr.services.reporting import freeze_report
from tenants.models import Tenant
from tenants.services import record_audit
from worklist.models import Task
from worklist.services import close_task

CLOCK = ("begun_at", "running", "running_since", "spent", "updated_at")


class StaleNote(Exception):
    """Somebody else wrote on this sheet meanwhile."""

    def __init__(self, note):
        super().__init__(note.pk)
        self.note = note


@transaction.atomic
def run_part(review, key: str, *, at: datetime | None = None):
    """Begin a part of the agenda, or stop the clock (empty key). Begins the meeting.

    Safe to repeat; raises ValidationError for a part it has not, `Stale` when the
    review is not ahead.
    """
    review, at = locked(review, ahead=True), at or clock.now()
    if key and key not in {part.key for part in agenda.parts_of(review.agenda)}:
        raise ValidationError(_("The agenda has no such part."))
    if key == review.running and review.running_since:
        return review
    review.spent = agenda.switched(
        review.spent, running=review.running, since=review.running_since, now=at
    )
    review.begun_at = review.begun_at or at
    review.running, review.running_since = key, at if key else None
    review.save(update_fields=CLOCK)
    return review


@transaction.atomic
def write_notes(review, section: str, words: str, *, seen: int = 0, by=None):
    """Keep the sheet of notes of one part; `seen` is the revision that was edited.

    Saved twice with the same words it stays as it is. Raises `StaleNote` with what
    stands there when somebody else has written meanwhile, and `Stale` for a review
    that was followed up or cancelled.
    """
    review = _written_on(review)
    sheet, is_new = ReviewNote.objects.get_or_create(
        review=review, section=section, kind=NoteKind.NOTE, defaults={"by": by}
    )
    sheet = ReviewNote.objects.select_for_update().get(pk=sheet.pk)
    words = words[:10_000]
    if sheet.words == words:
        return sheet
    if sheet.words and sheet.revision != seen:
        raise StaleNote(sheet)
    sheet.words, sheet.by = words, by
    sheet.revision = 1 if is_new else sheet.revision + 1
    sheet.save(update_fields=["words", "by", "revision", "updated_at"])
    return sheet


@transaction.atomic
def join_notes(review, section: str, words: str, *, seen: int = 0, by=None):
    """Keep one's own words and, below them, what somebody else wrote meanwhile."""
    review = _written_on(review)
    sheet = ReviewNote.objects.filter(
        review=review, section=section, kind=NoteKind.NOTE
    ).first()
    both = [words.strip(), sheet.words.strip() if sheet else ""]
    revision = sheet.revision if sheet else seen
    joined = "\n\n".join(filter(None, both))
    return write_notes(review, section, joined, seen=revision, by=by)


@transaction.atomic
def write_down(review, *, section: str, words: str, kind=NoteKind.DECISION, by=None):
    """Write down a decision, or an idea for more. Raises ValidationError without words."""
    review = _written_on(review)
    words = " ".join(words.split())
    if not words:
        raise ValidationError(_("Say what was decided."))
    return ReviewNote.objects.create(
        review=review, section=section, kind=kind, words=words, by=by
    )


@transaction.atomic
def strike_out(review, pk) -> bool:
    """Take back a decision or an idea that nothing came of; tells whether."""
    review = _written_on(review)
    rows = ReviewNote.objects.filter(review=review, pk=pk, opportunity=None)
    deleted, _rows = rows.exclude(kind=NoteKind.NOTE).delete()
    return deleted > 0


@transaction.atomic
def hold_review(review, *, came=(), by=None, by_key=None, at=None):
    """The review was held: who came, and all that follows. In the audit.

    Keeps what was found for its eight points, stops the clock, closes the task to
    prepare it, makes a task of every commitment, and writes a business review on the
    account's timeline, where the renewal's checklist finds it. Freezes its report. It
    stands on the day it was held from then on: the cadence counts from there. Raises
    `Stale` when the review is not ahead.
    """
    review, at = locked(review, ahead=True), at or clock.now()
    if review.running:
        review = run_part(review, "", at=at)
    keep_findings(review, at=at)
    say_who_came(review, came)
    review.status, review.held_at, review.held_by = Status.HELD, at, by
    review.day = clock.day_of(at, Tenant.objects.get(pk=review.tenant_id).timezone)
    review.revision += 1
    review.save()
    _close_preparation(review, by, at)
    # What was kept or dropped before the meeting is nobody's task.
    promised = Commitment.objects.open().filter(review=review)
    related = ("account__owner", "review__owner", "owner", "contact")
    rows = promised.select_related(*related)
    for row in rows.select_for_update(of=("self",), no_key=True):
        give_task(row, by=by)
    _note(review, by, at)
    freeze_report(review, by=by, by_key=by_key, on=today())
    record_audit(
        "review.held",
        review,
        by=by,
        by_key=by_key,
        before={"status": Status.PREPARING},
        after={"status": review.status, "came": [str(pk) for pk in came]},
    )
    return review


def _written_on(review):
    review = locked(review)
    if review.status in (Status.FOLLOWED_UP, Status.CANCELLED):
        raise Stale(review)
    return review


def _close_preparation(review, by, at):
    task = Task.objects.open().filter(unique_key=task_key(review)).first()
    if task:
        close_task(task, by=by, at=at)


def _note(review, by, at):
    """Of several who came it was with the one who decides."""
    came = review.attendees.filter(attended=True, contact__isnull=False)
    first = came.select_related("contact").order_by("-decides", "created_at").first()
    decided = review.notes.filter(kind=NoteKind.DECISION).order_by("created_at")
    words = "\n".join(decided.values_list("words", flat=True))
    period = {"start": review.period_start, "end": review.period_end}
    Note.objects.create(
        external_id=f"review-{review.pk}",
        account_id=review.account_id,
        kind=Note.Kind.REVIEW,
        body=words or _("Business review of %(start)s – %(end)s") % period,
        author=by,
        contact=first.contact if first else None,
        happened_at=at,
    )
