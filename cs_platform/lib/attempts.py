"""How often something is tried that may kill who tries it, and how many at once.

The attempt is counted, and committed, before the work: a worker that is killed cannot
say so afterwards. What was in the hands of a failed attempt is tried again in smaller
and smaller groups, so that the last attempt is made alone and only the guilty one
reaches the end.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

ATTEMPTS = 5


class Tried(Protocol):
    @property
    def attempts(self) -> int: ...


Row = TypeVar("Row", bound=Tried)


def group_size(waiting: int, attempts: int) -> int:
    """How many of so many things, tried so often, may be tried together.

    From all for the first attempt down to one for the last.
    """
    if attempts >= ATTEMPTS - 1:
        return 1
    step = 1
    while step ** (ATTEMPTS - 1) < waiting:
        step += 1
    return max(1, waiting // step**attempts)


def next_group(rows: Sequence[Row]) -> list[Row]:
    """The first rows that were tried equally often, as many as may go together."""
    if not rows:
        return []
    attempts = rows[0].attempts
    size = group_size(len(rows), attempts)
    group = []
    for row in rows[:size]:
        if row.attempts != attempts:
            break
        group.append(row)
    return group
