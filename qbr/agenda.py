"""The agenda of a review: its parts, their minutes, and how far it has run."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

OPENING, RESULTS, FEEDBACK, PLAN = "opening", "results", "feedback", "plan"
SHIPPED_TITLES = {
    OPENING: gettext_lazy("Opening"),
    RESULTS: gettext_lazy("Results"),
    FEEDBACK: gettext_lazy("Feedback"),
    PLAN: pgettext_lazy("part of a meeting", "Plan"),
}
# What is talked of in each part: shown beside it while one talks.
HINTS = {
    OPENING: gettext_lazy("Their business now, their priorities, what comes first."),
    RESULTS: gettext_lazy(
        "Use, results in money or time, against the period before and the goals."
    ),
    FEEDBACK: gettext_lazy("What works, what annoys, what is missing, how support is."),
    PLAN: gettext_lazy("New scenarios, training, new features, growth."),
}
MOST_PARTS, MOST_MINUTES, LONGEST = 12, 240, 120
OWN_KEY = re.compile(r"[a-z0-9_-]{1,40}\Z")


@dataclass(frozen=True)
class Part:
    """One part of a review and the minutes planned for it.

    The title is empty for a shipped part: it is said in the reader's language.
    """

    key: str
    minutes: int
    title: str = ""

    @property
    def name(self) -> str:
        return self.title or str(SHIPPED_TITLES.get(self.key, self.key))

    @property
    def hint(self) -> str:
        return str(HINTS.get(self.key, ""))


SHIPPED = (Part(OPENING, 5), Part(RESULTS, 15), Part(FEEDBACK, 10), Part(PLAN, 15))


def parts_of(rows: Iterable[dict[str, Any]]) -> list[Part]:
    """The parts that were kept as rows; as shipped when there are none."""
    kept = [Part(row["key"], int(row["minutes"]), row.get("title", "")) for row in rows]
    return kept or list(SHIPPED)


def rows_of(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [asdict(part) for part in parts]


def cleaned(parts: Iterable[Part]) -> list[Part]:
    """The parts as they may be kept: keys of their own, titles short, minutes sane.

    Raises ValidationError with what is wrong in words.
    """
    kept: list[Part] = []
    for part in parts:
        title = " ".join(part.title.split())
        if title == str(SHIPPED_TITLES.get(part.key, "")):
            title = ""
        kept.append(replace(part, title=title, key=_own_key(part.key, title, kept)))
    _check(kept)
    return kept


def total(parts: Iterable[Part]) -> int:
    return sum(part.minutes for part in parts)


def _own_key(key, title, taken):
    known = {part.key for part in taken}
    if OWN_KEY.match(key or "") and key not in known:
        return key
    number = len(taken) + 1
    while f"part-{number}" in known:
        number += 1
    return f"part-{number}"


def _check(parts):
    if not 1 <= len(parts) <= MOST_PARTS:
        raise ValidationError(
            _("Between one and %(most)d parts.") % {"most": MOST_PARTS}
        )
    for part in parts:
        if len(part.title) > LONGEST:
            raise ValidationError(_("A title has at most 120 letters."))
        if not part.title and part.key not in SHIPPED_TITLES:
            raise ValidationError(_("Give each part a title."))
        if not 1 <= part.minutes <= MOST_MINUTES:
            raise ValidationError(_("Each part lasts between 1 and 240 minutes."))


@dataclass(frozen=True)
class Clocked:
    """A part with the seconds it has taken so far."""

    part: Part
    seconds: int
    is_running: bool

    @property
    def planned(self) -> int:
        return self.part.minutes * 60

    @property
    def is_over(self) -> bool:
        return self.seconds > self.planned

    @property
    def said(self) -> str:
        """As a clock shows it: 12:05."""
        return f"{self.seconds // 60}:{self.seconds % 60:02d}"


def clocked(
    parts: Iterable[Part],
    spent: dict[str, int],
    *,
    running: str,
    since: datetime | None,
    now: datetime,
) -> list[Clocked]:
    """Each part with what it took; the running one counts up to now."""
    return [
        Clocked(
            part,
            int(spent.get(part.key, 0)) + _running(part, running, since, now),
            part.key == running and since is not None,
        )
        for part in parts
    ]


def _running(part, running, since, now):
    if part.key != running or since is None:
        return 0
    return max(0, int((now - since).total_seconds()))


def switched(
    spent: dict[str, int], *, running: str, since: datetime | None, now: datetime
) -> dict[str, int]:
    """What each part took once the running one is stopped now."""
    if not running or since is None:
        return dict(spent)
    more = max(0, int((now - since).total_seconds()))
    return dict(spent) | {running: int(spent.get(running, 0)) + more}
