"""The life of one contract for its page: what happened, what is known to come."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.course import UPLIFT, Course, Terms, months_after
from accounts.models import ChangeKind, Contract, ContractChange, ContractPause, Credit
from accounts.queries.contracts import course_of, foreseen
from cs_platform.lib import wording

ICONS = {
    ChangeKind.CHANGE: "pencil",
    ChangeKind.UPLIFT: "trending-up",
    ChangeKind.UPSELL: "arrow-up-right",
    ChangeKind.DOWNSELL: "arrow-down-right",
    ChangeKind.PARTIAL_LOSS: "trending-down",
    ChangeKind.RENEWAL: "refresh-cw",
}
# Rises shown that are still to come.
FORESEEN = 3


@dataclass(frozen=True)
class Moment:
    """One line of the history of a contract."""

    day: date
    icon: str
    title: str
    text: str = ""
    reason: str = ""
    who: Any = None
    entered_at: datetime | None = None
    # What a person may take back: its noun in the address, and its id.
    noun: str = ""
    pk: Any = None


@dataclass(frozen=True)
class Life:
    """A contract on a day: its history, the latest first, and the price of each day."""

    moments: list[Moment]
    running: Terms
    is_paused: bool
    resumes_on: date | None
    # From which day how much a month.
    prices: list[tuple[date, float]]
    until: date


def life(contract: Contract, *, on: date) -> Life:
    """Three queries, whatever happened to it."""
    changes = list(
        ContractChange.objects.filter(contract=contract)
        .select_related("by")
        .order_by("effective_on")
    )
    pauses = list(ContractPause.objects.filter(contract=contract).select_related("by"))
    credits = Credit.objects.filter(contract=contract).select_related("by")
    course = course_of(contract, changes)
    ahead = foreseen(contract, course, after=on)
    moments = [
        *_ends(contract, course),
        *_changes(contract, changes, course),
        *_rises(contract, ahead, on),
        *(_pause(pause) for pause in pauses),
        *(_credit(credit) for credit in credits),
    ]
    now = next((pause for pause in pauses if _covers(pause, on)), None)
    until = _until(contract, on)
    return Life(
        moments=sorted(moments, key=lambda moment: moment.day, reverse=True),
        running=course.on(on),
        is_paused=now is not None,
        resumes_on=now.resumes_on if now else None,
        prices=_prices(contract, ahead, pauses, until),
        until=until,
    )


def _until(contract, on):
    """How far a drawing of it goes."""
    return contract.ends_on or max(months_after(on, 12), contract.starts_on)


def _prices(contract, course: Course, pauses, until):
    days = {contract.starts_on, *(turn.day for turn in course.turns)}
    for pause in pauses:
        days |= {pause.starts_on, pause.resumes_on or pause.starts_on}
    return [
        (day, 0.0 if _is_paused(pauses, day) else float(course.on(day).mrr))
        for day in sorted(days)
        if contract.starts_on <= day < until
    ]


def _is_paused(pauses, day):
    return any(_covers(pause, day) for pause in pauses)


def _covers(pause, day):
    return pause.starts_on <= day and (
        pause.resumes_on is None or pause.resumes_on > day
    )


def _ends(contract, course):
    first = course.on(contract.starts_on)
    yield Moment(
        contract.starts_on, "file-pen-line", _("Began"), _said(contract, first)
    )
    if contract.ends_on:
        yield Moment(contract.ends_on, "file-x", _("Ends"))
    if contract.notice_given_on:
        yield Moment(
            contract.notice_given_on,
            "mail-warning",
            _("Notice was given"),
            noun="notice",
            pk=contract.pk,
        )


def _changes(contract, changes, course):
    for change in changes:
        was = Terms(change.was_mrr, change.was_seats, change.was_plan)
        yield Moment(
            change.effective_on,
            ICONS[change.kind],
            change.get_kind_display(),
            _turned(contract, was, course.on(change.effective_on)),
            change.reason,
            change.by,
            change.at,
            "change",
            change.pk,
        )


def _rises(contract, ahead, on):
    coming = [turn for turn in ahead.turns if turn.kind == UPLIFT and turn.day > on]
    for turn in coming[:FORESEEN]:
        words = _("To %s a month.") % _money(contract, turn.terms.mrr)
        yield Moment(turn.day, "trending-up", _("Yearly rise"), words)


def _pause(pause):
    words = _("No day to resume yet.")
    if pause.resumes_on:
        words = _("Resumes on %s.") % wording.day(pause.resumes_on)
    return Moment(
        pause.starts_on,
        "pause",
        _("Paused"),
        words,
        pause.reason,
        pause.by,
        pause.created_at,
        "pause",
        pause.pk,
    )


def _credit(credit):
    return Moment(
        credit.on,
        "hand-coins",
        _("Credit"),
        wording.money(credit.amount, credit.currency),
        credit.reason,
        credit.by,
        credit.created_at,
        "credit",
        credit.pk,
    )


def _said(contract, terms):
    parts = [terms.plan, _("%s a month") % _money(contract, terms.mrr)]
    if terms.seats is not None:
        parts.append(_seats(terms.seats))
    return " · ".join(part for part in parts if part)


def _turned(contract, was, now):
    """Only what is not the same, from what to what."""
    both = [
        (_money(contract, was.mrr), _money(contract, now.mrr)),
        (_seats(was.seats), _seats(now.seats)),
        (was.plan or "–", now.plan or "–"),
    ]
    parts = [f"{one} → {other}" for one, other in both if one != other]
    return " · ".join(parts) or _("On the same terms.")


def _seats(count):
    if count is None:
        return "–"
    return ngettext("%(n)s seat", "%(n)s seats", count) % {"n": count}


def _money(contract, amount):
    return wording.money(amount, contract.currency)
