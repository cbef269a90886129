"""What was promised in a review: written down, worked on, kept or not."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from cs_platform.lib import clock, wording
from messaging.services import announce
from qbr.models import Commitment, CommitmentState, Side
from qbr.queries.commitments import out_of_step, soon_or_late
from qbr.services.locking import locked
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit
from worklist.models import Priority, Task
from worklist.queries import team
from worklist.services import change_task, close_task, create_task, reopen_task

# A reminder so many days before it is due, and one the day after.
NOTICE = timedelta(days=3)


@transaction.atomic
def promise(
    review, *, words, side, due_on, owner=None, contact=None, section="", by=None
) -> Commitment:
    """Write down what was promised in a review, by us or by them.

    In a held review it becomes a task at once; before, when the review is held. Raises
    ValidationError for a contact of another account.
    """
    if contact is not None and contact.account_id != review.account_id:
        raise ValidationError({"contact": [_("This contact is of another account.")]})
    # Not while it is being held: the promise would miss its task.
    review = locked(review)
    is_theirs = side == Side.THEIRS
    made = Commitment(
        review=review,
        account_id=review.account_id,
        side=side,
        words=" ".join(words.split()),
        section=section,
        owner=owner or review.owner,
        contact=contact if is_theirs else None,
        due_on=due_on,
    )
    _check(made)
    made.save(force_insert=True)
    if review.is_held:
        give_task(made, by=by)
    return made


@transaction.atomic
def change_commitment(commitment, *, by=None, by_key=None, **fields) -> Commitment:
    """Other words, another owner, contact or day for an open commitment.

    Its task follows: title, owner and day. In the audit trail: a promise that is put
    off is seen. Without an owner it is the review's. Raises ValidationError for one that
    is closed, and for a contact of another account.
    """
    kept = _locked(commitment)
    if kept.state != CommitmentState.OPEN:
        raise ValidationError(_("It is closed already."))
    before = _said(kept)
    for name in ("words", "due_on", "owner", "contact"):
        if name in fields:
            setattr(kept, name, fields[name])
    kept.words = " ".join(kept.words.split())
    kept.owner = kept.owner or kept.review.owner
    if kept.contact and kept.contact.account_id != kept.account_id:
        raise ValidationError({"contact": [_("This contact is of another account.")]})
    _check(kept)
    kept.save()
    if kept.task_id:
        with translation.override(_language()):
            title = _title(kept)
        change_task(kept.task, owner=kept.owner, due_on=kept.due_on, title=title)
    after = _said(kept)
    if after != before:
        record_audit(
            "commitment.changed",
            kept,
            by=by,
            by_key=by_key,
            before=before,
            after=after,
        )
    return kept


@transaction.atomic
def close_commitment(
    commitment, *, state, by=None, by_key=None, outcome="", at=None
) -> Commitment:
    """Say that a commitment was kept or dropped, or (open) that it was not after all.

    Closes or opens its task as well; in the audit trail. Safe to repeat.
    """
    kept, at = _locked(commitment), at or clock.now()
    state = CommitmentState(state)
    if kept.state == state:
        return kept
    was, is_open = kept.state, state == CommitmentState.OPEN
    kept.state, kept.outcome = state, outcome[:500]
    kept.done_at, kept.done_by = (None, None) if is_open else (at, by)
    kept.save()
    if kept.task_id:
        # Closed as something else it would take the commitment back.
        reopen_task(kept.task)
    if kept.task_id and not is_open:
        is_dropped = state == CommitmentState.DROPPED
        close_task(kept.task, by=by, dismissed=is_dropped, at=at)
    record_audit(
        "commitment.closed",
        kept,
        by=by,
        by_key=by_key,
        before={"state": was},
        after={"state": kept.state, "outcome": kept.outcome},
    )
    return kept


@transaction.atomic
def remove_commitment(review, pk) -> bool:
    """Take back what was written down before the review is held; tells whether."""
    review = locked(review)
    rows = Commitment.objects.filter(review=review, pk=pk, task=None)
    deleted, _rows = rows.delete() if review.is_ahead else (0, {})
    return deleted > 0


def give_task(commitment, *, by=None) -> Task:
    """Put a commitment on somebody's list: of ours to be done, of theirs to be asked.

    Safe to repeat.
    """
    with translation.override(_language()):
        person, why = team().someone(
            commitment.owner, commitment.review.owner, commitment.account.owner
        )
        task = create_task(
            kind=f"commitment.{commitment.side}",
            title=_title(commitment),
            because=" ".join(filter(None, [_because(commitment), why])),
            owner=person,
            due_on=commitment.due_on,
            account=commitment.account,
            priority=Priority.HIGH,
            unique_key=f"commitment:{commitment.pk}",
            path=commitment.review.path,
            by=by,
        )
    commitment.task = task
    commitment.save(update_fields=["task", "updated_at"])
    return task


@transaction.atomic
def follow_tasks(*, limit=500) -> int:
    """Bring commitments in step with their tasks, changed in the worklist.

    A task that is done keeps the commitment, one that is dismissed drops it; one that
    was opened again, put off or given to another owner takes the commitment along. In
    the audit trail. Claims them: any number may run at once. Returns how many changed.
    """
    rows = out_of_step().order_by("pk")
    claimed = list(
        rows.select_related(
            "task__owner", "task__closed_by", "owner", "contact"
        ).select_for_update(of=("self",), no_key=True, skip_locked=True)[:limit]
    )
    states = {
        Task.Status.DONE: CommitmentState.DONE,
        Task.Status.DISMISSED: CommitmentState.DROPPED,
        Task.Status.OPEN: CommitmentState.OPEN,
    }
    for row in claimed:
        task, before = row.task, _said(row)
        row.state = states[Task.Status(task.status)]
        row.owner, row.due_on = task.owner, task.due_on
        row.done_at = task.closed_at if row.state != CommitmentState.OPEN else None
        row.done_by = task.closed_by
        row.save()
        action = "closed" if row.state != before["state"] else "changed"
        record_audit(
            f"commitment.{action}",
            row,
            by=task.closed_by,
            before=before,
            after=_said(row),
        )
    return len(claimed)


def remind_of_commitments(*, on: date) -> int:
    """Tell owners of commitments due in three days, and of those that are late; once
    for each day they are due. Returns of how many.
    """
    rows = list(soon_or_late(on, notice=NOTICE))
    people = team()
    for row in rows:
        is_late = row.due_on < on
        person, _why = people.someone(row.owner, row.account.owner)
        announce(
            to=[person],
            kind="review.commitment",
            subject=_reminder(row, is_late),
            body=lazy(lambda row=row: _because(row), str)(),
            path=row.review.path,
            unique_key=f"commitment:{row.pk}:{'late' if is_late else 'soon'}:{row.due_on}",
        )
    return len(rows)


def _said(row):
    return {
        "words": row.words,
        "due_on": str(row.due_on),
        "owner": row.owner and row.owner.email,
        "contact": row.contact and row.contact.name,
        "state": row.state,
    }


def _check(row):
    said = {"words", "side", "due_on"}
    row.clean_fields(exclude={one.name for one in row._meta.fields} - said)
    row.validate_constraints()


def _reminder(row, is_late):
    def said():
        named = {
            "account": row.account.name,
            "words": row.words,
            "day": wording.day(row.due_on),
        }
        if is_late:
            return _("Late since %(day)s, promised to %(account)s: %(words)s") % named
        return _("Due on %(day)s, promised to %(account)s: %(words)s") % named

    return lazy(said, str)()


def _title(commitment):
    named = {"account": commitment.account.name, "words": commitment.words}
    if commitment.side == Side.OURS:
        return _("%(account)s: %(words)s") % named
    who = commitment.contact.name if commitment.contact else commitment.account.name
    return _("Ask %(who)s whether it is done: %(words)s") % (named | {"who": who})


def _because(commitment):
    review = commitment.review
    day = wording.day(review.held_at or review.day)
    if commitment.side == Side.OURS:
        return _("We promised it in the review of %(day)s.") % {"day": day}
    return _("They promised it in the review of %(day)s.") % {"day": day}


def _locked(commitment):
    rows = Commitment.objects.select_for_update(of=("self",), no_key=True)
    related = ("review__owner", "account", "task", "owner", "contact")
    return rows.select_related(*related).get(pk=commitment.pk)


def _language():
    return Tenant.objects.get(pk=current_tenant_id()).language
