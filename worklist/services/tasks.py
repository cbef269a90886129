"""Tasks: each made once for its fact, each closed by somebody or dismissed."""

from django.db import transaction

from cs_platform.lib import clock
from worklist.models import Priority, Task


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
def change_task(task, *, owner=None, due_on=None, title="") -> Task:
    """Give an open task another owner, day or title. Closed ones stay as they are."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.status == Task.Status.OPEN:
        task.owner = owner or task.owner
        task.due_on = due_on or task.due_on
        task.title = title[:300] or task.title
        task.save(update_fields=["owner", "due_on", "title"])
    return task


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
