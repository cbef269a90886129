"""The parts of a change in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from health.models import Snapshot
from health.queries import wording
from health.scoring import Part, Side


@dataclass(frozen=True)
class Reason:
    """Points of a change, with their cause in words."""

    kind: str
    key: str
    points: float
    # What it is called, at the start of a line and within a sentence.
    label: str
    phrase: str
    # What was found then and now; empty where that is not the point.
    before: str = ""
    after: str = ""

    @property
    def points_signed(self) -> str:
        return wording.signed(self.points)

    @property
    def sentence(self) -> str:
        """For example "Latest NPS answer: −35 points (10 → 3)"."""
        words = {
            "label": self.label,
            "points": self.points_signed,
            "before": self.before,
            "after": self.after,
        }
        if self.before or self.after:
            return _("%(label)s: %(points)s points (%(before)s → %(after)s)") % words
        return _("%(label)s: %(points)s points") % words


def reasons(
    before: Snapshot, after: Snapshot, was: Side, now: Side, parts: Iterable[Part]
) -> list[Reason]:
    """The parts in words, in their order."""
    told = _Told(before, after, was, now)
    return [told.reason(part) for part in parts]


class _Told:
    """Two scores, asked for the words of what lies between them."""

    def __init__(self, before: Snapshot, after: Snapshot, was: Side, now: Side):
        self.before, self.after = before, after
        self.was, self.now = was, now
        self.kept_then = {one["key"]: one for one in was.measures}
        self.kept_now = {one["key"]: one for one in now.measures}
        self.measures = {
            one["key"]: one
            for side in (was, now)
            for one in side.definition["measures"]
        }

    def reason(self, part: Part) -> Reason:
        tell = getattr(self, f"_{part.kind}")
        label, phrase, found = tell(part)
        return Reason(part.kind, part.key, part.points, label, phrase, *found)

    def _behaviour(self, part: Part):
        label, phrase = self._named(part.key)
        return label, phrase, self._found(part.key)

    def _data(self, part: Part):
        name, phrase = self._named(part.key)
        is_lost = self.kept_now.get(part.key, {}).get("state") == "missing"
        text = (
            _("%(label)s (no data now)") if is_lost else _("%(label)s (data is back)")
        )
        return text % {"label": name}, text % {"label": phrase}, self._found(part.key)

    def _decay(self, part: Part):
        name, phrase = self._named(part.key)
        text = _("%(label)s (grew older)")
        return text % {"label": name}, text % {"label": phrase}, ()

    def _configuration(self, part: Part):
        if part.key == "age":
            return *_both(_("Other terms at this age of the customer")), ()
        was, now = self.before.scorecard, self.after.scorecard
        if was.name != now.name:
            text = _("Another scorecard, %(card)s")
        else:
            text = _("New version of the scorecard, %(card)s")
        return *_both(text % {"card": now}), (str(was), str(now))

    def _cap(self, part: Part):
        definitions = (self.now.definition, self.was.definition)
        name = {"label": wording.cap_of(part.key, *definitions)}
        if part.points < 0:
            return *_both(_("Cap “%(label)s”") % name), ()
        return *_both(_("Less held back by the cap “%(label)s”") % name), ()

    def _clip(self, part: Part):
        return *_both(wording.label_of("limits")), ()

    def _rounding(self, part: Part):
        return *_both(_("Rounding")), ()

    def _override(self, part: Part):
        was, now = self.before.override, self.after.override
        person = {"person": wording.person_of(now or was)}
        if now is None:
            text = _("Judgement of %(person)s ended")
        elif was is not None and was.pk == now.pk:
            text = _("Judgement of %(person)s stays")
        else:
            text = _("Judgement of %(person)s")
        return *_both(text % person), ()

    def _named(self, key: str) -> tuple[str, str]:
        """What a measure is called; within a sentence our own words begin small."""
        measure = self.measures.get(key)
        label = wording.label_of(key, measure and {"measures": [measure]})
        is_own = measure is None or not measure.get("label")
        return label, wording.small(label) if is_own else label

    def _found(self, key: str) -> tuple[str, ...]:
        measure: dict[str, Any] | None = self.measures.get(key)
        then, now = self.kept_then.get(key), self.kept_now.get(key)
        if measure is None or then is None or now is None:
            return ()
        was, found = (wording.found_of(measure, one) for one in (then, now))
        if was == found and now["state"] != "missing":
            # Only time passed: the same ticket is open, but for too long now.
            found = wording.condition_of(measure, now.get("step"))
        return (was, found) if found != was else ()


def _both(text: str) -> tuple[str, str]:
    return text, wording.small(text)
