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
    # Before the decision.
    days: int
    due_on: date
    state: str  # fired, late, skipped, next, waiting, off
    handled_on: date | None = None
    why: str = ""


def rungs(renewal, reminders) -> list[Rung]:
    """The ladder of a renewal's present end."""
    handled = {r.step: r for r in reminders if r.ends_on == renewal.ends_on}
    found, is_first = [], True
    days = ladder.schedule(renewal.decides_on, renewal.ladder)
    for step in ladder.STEPS:
        if step in handled:
            found.append(_handled(handled[step], renewal.decides_on))
        elif step in days:
            state = "off" if not renewal.is_open else "next" if is_first else "waiting"
            is_first = False
            left = (renewal.decides_on - days[step]).days
            found.append(Rung(step, left, days[step], state))
    return found


def _handled(reminder, decides_on):
    state = "late" if reminder.is_late else reminder.state
    return Rung(
        reminder.step,
        (decides_on - reminder.due_on).days,
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
