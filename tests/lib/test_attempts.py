from dataclasses import dataclass

import pytest

from cs_platform.lib.attempts import ATTEMPTS, group_size, next_group


@dataclass
class Row:
    name: str
    attempts: int


@pytest.mark.parametrize(
    ("waiting", "sizes"),
    [
        (2000, [2000, 285, 40, 5, 1]),
        (100, [100, 25, 6, 1, 1]),
        (3, [3, 1, 1, 1, 1]),
        (1, [1, 1, 1, 1, 1]),
    ],
)
def test_the_last_attempt_is_made_alone(waiting, sizes):
    assert [group_size(waiting, n) for n in range(ATTEMPTS)] == sizes
    assert group_size(waiting, ATTEMPTS) == 1


def test_a_group_was_tried_equally_often():
    rows = [Row("a", 0), Row("b", 0), Row("c", 1), Row("d", 0)]

    assert [row.name for row in next_group(rows)] == ["a", "b"]
    assert [row.name for row in next_group(rows[2:])] == ["c"]
    assert next_group([]) == []


def test_one_bad_row_of_many_is_found_with_five_attempts_and_no_other_reaches_them():
    rows = [Row(str(n), 0) for n in range(2000)]
    bad, done, tries = rows[1234], [], 0

    while bad.attempts < ATTEMPTS:
        waiting = sorted((row for row in rows if row not in done), key=attempts)
        group = next_group(waiting)
        tries += 1
        for row in group:
            row.attempts += 1
        if bad not in group:
            done += group

    assert [row.name for row in rows if row not in done] == ["1234"]
    assert tries < 120


def attempts(row):
    return row.attempts
