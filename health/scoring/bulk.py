"""Many accounts scored by one card at one instant.

What `evaluation.score` works out for each account is worked out here once for all that
share a value: a workspace has few numbers of days, answers and late bills.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from health.scoring import evaluation
from health.scoring.cards import Card
from health.scoring.evaluation import Found, Score
from health.scoring.reading import Value
from health.scoring.shapes import holds


class _Together(NamedTuple):
    """What the states of all measures decide: their worths and the coverage."""

    worths: list[float]
    fresh: float
    known: float


class _Judged:
    """A measure by itself, with what it gives at each worth it came to have."""

    __slots__ = ("given", "one", "state", "value")

    def __init__(self, one: Found, value: Value | None):
        self.one, self.state = one, one.state
        # Kept, so that its id stays its own.
        self.value = value
        self.given: dict[float, tuple[int, dict[str, Any]]] = {}


class Bulk:
    """Scores accounts one after the other. Its scores share what they keep of a
    measure: it is to be written, not changed."""

    def __init__(self, card: Card, at: datetime):
        self.card, self.at = card, at
        self._ages = [
            [later["after_days"] for later in one.get("ages") or ()]
            for one in card.measures
        ]
        # By id of the value. Of each measure and shape, by how many of its ages an
        # account has reached; and those of a card for accounts of an age in days.
        self._judged: dict[tuple[int, int], dict[int, _Judged]] = {}
        self._at_age: dict[int | None, list[dict[int, _Judged]]] = {}
        self._together: dict[tuple[str, ...], _Together] = {}
        self._uncapped: dict[int, tuple[int, str, list[dict[str, Any]]]] = {}
        self._least = (card.definition.get("coverage_floor") or 0) - 1e-9

    def score(
        self,
        values: Sequence[Value | None],
        cap_values: Sequence[Value | None],
        age_days: int | None,
    ) -> Score:
        """Score an account from its values, in the order of the card's readings."""
        tables = self._at_age.get(age_days) or self._reached(age_days)
        judged = [
            table.get(id(value)) or self._judge(number, value, age_days, table)
            for number, (table, value) in enumerate(zip(tables, values, strict=True))
        ]
        states = tuple([one.state for one in judged])
        whole = self._together.get(states) or self._weigh(states, judged)
        given = [
            one.given.get(worth) or self._give(number, one, worth)
            for number, (one, worth) in enumerate(
                zip(judged, whole.worths, strict=True)
            )
        ]
        measures = [stored for _, stored in given]
        if not whole.known or whole.known < self._least:
            return Score(None, "unknown", whole.fresh, measures, [])
        total = sum([points for points, _ in given])
        number, colour, limits = self._limited(total, cap_values)
        return Score(number, colour, whole.fresh, measures, limits)

    def _reached(self, age_days: int | None) -> list[dict[int, _Judged]]:
        tables = []
        for number, ages in enumerate(self._ages):
            reached = 0 if age_days is None else sum(age_days >= days for days in ages)
            tables.append(self._judged.setdefault((number, reached), {}))
        self._at_age[age_days] = tables
        return tables

    def _judge(
        self,
        number: int,
        value: Value | None,
        age_days: int | None,
        table: dict[int, _Judged],
    ) -> _Judged:
        one = evaluation.found(self.card, number, value, at=self.at, age_days=age_days)
        judged = table[id(value)] = _Judged(one, value)
        return judged

    def _weigh(self, states: tuple[str, ...], judged: list[_Judged]) -> _Together:
        finds = [one.one for one in judged]
        worths = evaluation.weigh(self.card, finds).worths
        fresh, known = evaluation.covered(self.card, finds)
        whole = self._together[states] = _Together(worths, fresh, known)
        return whole

    def _give(
        self, number: int, one: _Judged, worth: float
    ) -> tuple[int, dict[str, Any]]:
        measure = self.card.measures[number]
        points = evaluation.given(measure, one.one, worth)
        stored = evaluation.kept(measure, one.one, points, worth, self.at)
        one.given[worth] = (points, stored)
        return points, stored

    def _limited(self, total: int, cap_values: Sequence[Value | None]):
        held = [
            cap
            for cap, value in zip(self.card.caps, cap_values, strict=True)
            if value is not None and holds(cap, value)
        ]
        if held:
            return self._cut(total, held)
        known = self._uncapped.get(total)
        if known is None:
            known = self._uncapped[total] = self._cut(total, [])
        return known

    def _cut(self, total: int, held: list[dict[str, Any]]):
        limited = evaluation.limit(total, held)
        number = evaluation.rounded(limited.total)
        colour = evaluation.band(self.card.definition, number)
        return number, colour, evaluation.limits_of(limited, held)
