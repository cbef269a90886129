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
        self._judged: list[dict[tuple[int, int], _Judged]] = [{} for _ in card.measures]
        self._together: dict[tuple[str, ...], _Together] = {}
        self._least = (card.definition.get("coverage_floor") or 0) - 1e-9

    def score(
        self,
        values: Sequence[Value | None],
        cap_values: Sequence[Value | None],
        age_days: int | None,
    ) -> Score:
        """Score an account from its values, in the order of the card's readings."""
        judged = [
            self._judge(number, value, age_days) for number, value in enumerate(values)
        ]
        states = tuple([one.state for one in judged])
        whole = self._together.get(states) or self._weigh(states, judged)
        total, measures = 0, []
        for number, one in enumerate(judged):
            worth = whole.worths[number]
            given = one.given.get(worth) or self._give(number, one, worth)
            total += given[0]
            measures.append(given[1])
        if not whole.known or whole.known < self._least:
            return Score(None, "unknown", whole.fresh, measures, [])
        return self._limited(total, whole.fresh, measures, cap_values)

    def _judge(self, number: int, value: Value | None, age_days: int | None) -> _Judged:
        reached = 0
        if self._ages[number] and age_days is not None:
            reached = sum(age_days >= days for days in self._ages[number])
        key = (id(value), reached)
        known = self._judged[number].get(key)
        if known is None:
            one = evaluation.found(
                self.card, number, value, at=self.at, age_days=age_days
            )
            known = self._judged[number][key] = _Judged(one, value)
        return known

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

    def _limited(self, total, fresh, measures, cap_values) -> Score:
        held = [
            cap
            for cap, value in zip(self.card.caps, cap_values, strict=True)
            if value is not None and holds(cap, value)
        ]
        limited = evaluation.limit(total, held)
        number = evaluation.rounded(limited.total)
        limits = evaluation.limits_of(limited, held) if held or limited.clip else []
        colour = evaluation.band(self.card.definition, number)
        return Score(number, colour, fresh, measures, limits)
