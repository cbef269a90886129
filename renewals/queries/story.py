"""One renewal in full: its ladder, its history, who it belongs to."""

from dataclasses import dataclass
from datetime import date

from renewals import ladder
from renewals.models import Reminder, StageChange
from worklist.models import Task


@dataclass(frozen=True)
class Rung:
    """A step of the ladder as it is shown: what it did, or when it will."""

    step: int
    due_on: date
    state: str  # fired, late, skipped, next, waiting, off
    handled_on: date | None = None
    why: str = ""


def rungs(renewal, reminders) -> list[Rung]:
    """The ladder of a renewal's present end."""
    handled = {r.step: r for r in reminders if r.ends_on == renewal.ends_on}
    found, is_first = [], True
    for step in ladder.STEPS:
        due_on = ladder.due_on(renewal.decides_on, step)
        if step in handled:
            found.append(_handled(handled[step]))
            continue
        state = "off" if not renewal.is_open else "next" if is_first else "waiting"
        is_first = False
        found.append(Rung(step, due_on, state))
    return found


def _handled(reminder):
    state = "late" if reminder.is_late else reminder.state
    return Rung(
        reminder.step,
        reminder.due_on,
        state,
        reminder.handled_on,
        reminder.get_why_display(),
    )


def reminders_of(renewal):
    return list(Reminder.objects.filter(renewal=renewal).order_by("created_at"))


def moves_of(renewal):
    return (
        StageChange.objects.filter(renewal=renewal).select_related("by").order_by("at")
    )


def tasks_of(renewal):
    """Open tasks that lead to the renewal."""
    tasks = Task.objects.open().filter(account=renewal.account_id, path=renewal.path)
    return tasks.select_related("owner").order_by("due_on")
