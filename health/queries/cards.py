"""The scorecard in force, and what it says in words."""

from dataclasses import dataclass

from health.models import Scorecard
from health.queries import wording
from health.scoring import POINTS, Definition, max_points

SHIPPED = "Points"


@dataclass(frozen=True)
class Step:
    """A condition and its points."""

    condition: str
    points: int

    @property
    def points_signed(self) -> str:
        return wording.signed(self.points)


@dataclass(frozen=True)
class Explained:
    """A measure of a scorecard, in the reader's language."""

    label: str
    group: str
    window: str
    steps: list[Step]
    max_points: float


def scorecard_in_force() -> Scorecard:
    """The scorecard that scores now; the shipped one, unsaved, before the first score."""
    card = Scorecard.objects.published().first()
    return card or Scorecard(name=SHIPPED, version=1, definition=POINTS)


def explained(definition: Definition) -> list[Explained]:
    """Every measure of a card with its conditions."""
    return [
        Explained(
            label=wording.label_of(measure["key"]),
            group=wording.group_of(measure["group"]),
            window=wording.window_of(measure),
            steps=[
                Step(wording.condition_of(measure, number), step["points"])
                for number, step in enumerate(measure["shape"]["steps"])
            ],
            max_points=max_points(measure),
        )
        for measure in definition["measures"]
    ]
