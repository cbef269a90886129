"""Contracts of a batch: terms that are corrected, and terms that change from a day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.course import NAMES, Course, Terms
from accounts.models import Contract
from accounts.queries import courses, today
from accounts.services.contracts.changing import (
    check_day,
    check_mrr,
    corrected,
    different,
    kind_of,
)
from accounts.services.contracts.keeping import foresee, write_course
from cs_platform.lib import clock


@dataclass(frozen=True)
class Agreement:
    """What an item makes of the course of a contract."""

    course: Course
    was: Course | None = None
    # From when other terms run; None when the latest are corrected, or nothing changes.
    day: date | None = None

    def latest(self, values: dict[str, Any]) -> dict[str, Any]:
        """The latest terms, of those that were said."""
        return {n: getattr(self.course.latest, n) for n in NAMES if n in values}


class Agreed:
    """The courses of the contracts of a batch; a later item stands on an earlier one."""

    def __init__(self, contracts: Iterable[Contract]):
        known = {contract.external_id: contract for contract in contracts}
        found = courses(known.values())
        self._courses = {key: found[contract.pk] for key, contract in known.items()}
        self._ends = {key: contract.ends_on for key, contract in known.items()}
        self._changed: set[str] = set()
        self._on = today()

    def terms(self, row: Contract, values: dict[str, Any], day: date | None):
        """The agreement an item makes. Raises ValidationError, by field.

        With a day, terms change from then on and later ones stay; without, the latest
        are put right.
        """
        said = {name: values[name] for name in NAMES if name in values}
        course = self._courses.get(row.external_id)
        if course is None:
            return _begun(said, values, day)
        course = replace(course, rise=values.get("uplift_percent", course.rise))
        if day is None:
            on = max(self._on, row.starts_on)
            return Agreement(corrected(course, said, on), course)
        said = different(course.on(day), said)
        if not said:
            # Told again, a change is no change: who repeats a request does nothing.
            return Agreement(course, course)
        check_day(_as_said(row, values), day)
        check_mrr(said)
        if values.get("currency", row.currency) != row.currency:
            sentence = _("A contract keeps its currency: end it and begin another.")
            raise ValidationError({"currency": sentence})
        changed = course.put(day, kind=kind_of(course.on(day), said), **said)
        return Agreement(changed, course, day)

    def keep(self, change, agreement: Agreement) -> None:
        """Remember what an item agreed, put on the row what is foreseen from it, and
        tell its `Change` of terms that run from a day.
        """
        row, key = change.row, change.external_id
        self._courses[key] = agreement.course
        if key in self._ends and self._ends[key] != row.ends_on:
            row.end_told_at = clock.now()
        foresee(row, agreement.course, self._on)
        if agreement.day:
            self._changed.add(key)
            row.is_cut = True
            _describe(change, agreement)

    def write(self, rows: dict[str, Contract], *, by=None) -> None:
        """Write the courses that changed; the contracts themselves are saved already."""
        for external_id in sorted(self._changed & rows.keys()):
            write_course(rows[external_id], self._courses[external_id], by=by)


def _begun(said, values, day):
    if day and day != values["starts_on"]:
        sentence = _("The contract is not known yet: it begins with these terms.")
        raise ValidationError({"effective_on": sentence})
    return Agreement(Course(Terms(**said), rise=values.get("uplift_percent")))


def _as_said(row, values):
    dates = ("starts_on", "ends_on")
    return Contract(**{name: values.get(name, getattr(row, name)) for name in dates})


def _describe(change, agreement):
    """The terms before and after, of the day they change on."""
    was, now = (c.on(agreement.day) for c in (agreement.was, agreement.course))
    names = [name for name in NAMES if getattr(was, name) != getattr(now, name)]
    change.status = "updated" if change.status == "unchanged" else change.status
    if change.status == "updated":
        change.before = (change.before or {}) | _plain(was, names, None)
        change.after = (change.after or {}) | _plain(now, names, agreement.day)


def _plain(terms, names, day):
    plain = {name: getattr(terms, name) for name in names}
    if "mrr" in plain:
        plain["mrr"] = f"{plain['mrr']:.2f}"
    return plain | {"effective_on": day and day.isoformat()}
