"""The geometry of a sparkline; no markup."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 96, 24, 2


@dataclass(frozen=True)
class Sparkline:
    """Paths in a box of WIDTH x HEIGHT; `last` is the newest known point, if any."""

    line: str
    area: str
    last: tuple[float, float] | None


def sparkline(values: Sequence[float | None]) -> Sparkline:
    """A line through `values`; None breaks it. The scale starts at zero or below."""
    runs = _runs(_points(values))
    return Sparkline(
        line="".join(_path(run) for run in runs),
        area="".join(_closed(run) for run in runs if len(run) > 1),
        last=runs[-1][-1] if runs else None,
    )


def _points(values):
    known = [float(v) for v in values if v is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    step = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1)
    tall = HEIGHT - 2 * MARGIN
    return [
        None
        if value is None
        else (
            round(MARGIN + index * step, 1),
            round(
                HEIGHT - MARGIN - tall * (float(value) - low) / ((high - low) or 1), 1
            ),
        )
        for index, value in enumerate(values)
    ]


def _runs(points):
    runs = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _path(run) -> str:
    if len(run) == 1:
        # A lone day between two gaps would draw nothing: give it a hair of length.
        run = [run[0], (run[0][0] + 0.1, run[0][1])]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in run)


def _closed(run) -> str:
    floor = HEIGHT - MARGIN
    return f"{_path(run)}L{run[-1][0]:g} {floor}L{run[0][0]:g} {floor}Z"
