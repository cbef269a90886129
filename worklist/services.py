"""Tasks and alerts: each made once for its fact, each closed by somebody or healed."""

from django.db import transaction

from accounts.models import Handover
from cs_platform.lib import clock
from worklist.models import Alert, Priority, Task


@transaction.atomic
def create_task(
    *,
    kind,
    title,
    owner,
    due_on,
    account=None,
    because="",
    priority=Priority.NORMAL,
    unique_key=None,
    path="",
    by=None,
) -> Task:
    """Give somebody something to do by a day.

    With a `unique_key` it is safe to repeat, also at once: the second call returns the
    task of the first, untouched, open or closed.
    """
    task = Task(
        kind=kind,
        title=title[:300],
        owner=owner,
        due_on=due_on,
        account=account,
        because=because,
        priority=priority,
        unique_key=unique_key,
        path=path,
        created_by=by,
    )
    if unique_key is None:
        task.save(force_insert=True)
        return task
    Task.objects.bulk_create([task], ignore_conflicts=True)
    return Task.objects.get(unique_key=unique_key)


@transaction.atomic
def close_task(task, *, by, dismissed=False, at=None) -> Task:
    """Mark a task done, or dismissed. A task already closed stays as it was closed."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.status != Task.Status.OPEN:
        return task
    task.status = Task.Status.DISMISSED if dismissed else Task.Status.DONE
    task.closed_at = at or clock.now()
    task.closed_by = by
    task.save(update_fields=["status", "closed_at", "closed_by"])
    return task


@transaction.atomic
def reopen_task(task) -> Task:
    """Take back a closing. Safe to repeat."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    task.status, task.closed_at, task.closed_by = Task.Status.OPEN, None, None
    task.save(update_fields=["status", "closed_at", "closed_by"])
    return task


@transaction.atomic
def open_alert(
    *,
    kind,
    subject,
    title,
    owner,
    account=None,
    because="",
    priority=Priority.HIGH,
    path="",
    at=None,
) -> Alert:
    """Open an episode of something wrong; while one is open for the same kind and
    subject, that one is returned untouched. After it is over a new one may open.
    """
    alert = Alert(
        kind=kind,
        subject=subject,
        title=title[:300],
        owner=owner,
        account=account,
        because=because,
        priority=priority,
        path=path,
        opened_at=at or clock.now(),
    )
    same = Alert.objects.open().filter(kind=kind, subject=subject)
    found = None
    while found is None:  # twice only when the open one ends between the two lines
        Alert.objects.bulk_create([alert], ignore_conflicts=True)
        found = same.first()
    return found


@transaction.atomic
def heal_alerts(kind, subject, *, at=None) -> int:
    """End the open episode of a kind and subject (one, or a list of them) by itself.

    Returns how many were open.
    """
    subjects = [subject] if isinstance(subject, str) else list(subject)
    open_ones = Alert.objects.open().filter(kind=kind, subject__in=subjects)
    ids = list(
        open_ones.order_by("pk").select_for_update().values_list("pk", flat=True)
    )
    return Alert.objects.filter(pk__in=ids).update(resolved_at=at or clock.now())


@transaction.atomic
def acknowledge_alert(alert, *, by, at=None) -> Alert:
    """Say that somebody has seen it and works on it. The first one to say so stays."""
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.acknowledged_at is None and alert.resolved_at is None:
        alert.acknowledged_at, alert.acknowledged_by = at or clock.now(), by
        alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
    return alert


@transaction.atomic
def resolve_alert(alert, *, by, at=None) -> Alert:
    """Say that it is over. Safe to repeat: the first end stays."""
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.resolved_at is None:
        alert.resolved_at, alert.resolved_by = at or clock.now(), by
        alert.save(update_fields=["resolved_at", "resolved_by"])
    return alert


@transaction.atomic
def dismiss_tasks(unique_keys, *, because, at=None) -> int:
    """Dismiss the open tasks made for these facts: the facts are no longer so.

    Returns how many were open; safe to repeat.
    """
    ids = _lock_open_tasks(unique_keys)
    return Task.objects.filter(pk__in=ids).update(
        status=Task.Status.DISMISSED, closed_at=at or clock.now(), because=because
    )


@transaction.atomic
def explain_tasks(unique_keys, *, because) -> int:
    """Give the open tasks made for these facts new words for why they exist."""
    ids = _lock_open_tasks(unique_keys)
    return Task.objects.filter(pk__in=ids).update(because=because)


def _lock_open_tasks(unique_keys):
    tasks = Task.objects.open().filter(unique_key__in=list(unique_keys))
    return list(tasks.order_by("pk").select_for_update().values_list("pk", flat=True))


@transaction.atomic
def change_task(task, *, owner=None, due_on=None) -> Task:
    """Give an open task to another owner, or another day. Closed ones stay as they are."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.status == Task.Status.OPEN:
        task.owner = owner or task.owner
        task.due_on = due_on or task.due_on
        task.save(update_fields=["owner", "due_on"])
    return task


@transaction.atomic
def hand_over_accounts(*, limit=500) -> int:
    """Give what is open for accounts that changed hands to their new owners.

    Claims the handovers recorded in the tenant in scope, in their order: tasks and
    alerts that stood on the former owner's list move; those of others, and what is
    closed, stay. Returns how many handovers it handled; safe to repeat.
    """
    # Not past a locked one: of two handovers of an account the first comes first.
    claimed = list(
        Handover.objects.order_by("created_at", "pk").select_for_update()[:limit]
    )
    for handover in claimed:
        for rows in (Task.objects.open(), Alert.objects.open()):
            theirs = rows.filter(account=handover.account_id, owner=handover.was_id)
            ids = list(
                theirs.order_by("pk").select_for_update().values_list("pk", flat=True)
            )
            rows.filter(pk__in=ids).update(owner=handover.to_id)
    Handover.objects.filter(pk__in=[handover.pk for handover in claimed]).delete()
    return len(claimed)
