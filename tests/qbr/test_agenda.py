"""The parts of a review and their clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from qbr import agenda
from qbr.agenda import Part

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)


def test_the_shipped_agenda_is_45_minutes():
    assert [(part.name, part.minutes) for part in agenda.parts_of([])] == [
        ("Opening", 5),
        ("Results", 15),
        ("Feedback", 10),
        ("Plan", 15),
    ]


def test_a_shipped_title_stays_translated_and_an_own_one_is_kept():
    kept = agenda.cleaned([Part("opening", 5, " Opening "), Part("", 10, "Training")])

    assert kept == [Part("opening", 5), Part("part-2", 10, "Training")]


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [Part("opening", 0)],
        [Part("opening", 241)],
        [Part("x", 5)],
        [Part("", 5, "a" * 121)],
        [Part("", 5, "a")] * 13,
    ],
)
def test_an_agenda_that_makes_no_sense_is_refused(parts):
    with pytest.raises(ValidationError):
        agenda.cleaned(parts)


@given(st.lists(st.sampled_from(["", "opening", "part-2", "no key!"]), max_size=12))
def test_every_part_has_a_key_of_its_own(keys):
    if not keys:
        return
    kept = agenda.cleaned([Part(key, 5, "A title") for key in keys])

    assert len({part.key for part in kept}) == len(keys)


def test_the_running_part_counts_and_stops():
    since = NOW - timedelta(seconds=90)
    spent = {"opening": 30, "results": 100}

    shown = agenda.clocked(
        agenda.parts_of([]), spent, running="results", since=since, now=NOW
    )
    stopped = agenda.switched(spent, running="results", since=since, now=NOW)

    assert [(one.said, one.is_running, one.is_over) for one in shown] == [
        ("0:30", False, False),
        ("3:10", True, False),
        ("0:00", False, False),
        ("0:00", False, False),
    ]
    assert stopped == {"opening": 30, "results": 190}


def test_a_clock_that_goes_back_takes_nothing_away():
    later = NOW + timedelta(seconds=5)

    assert agenda.switched({}, running="plan", since=later, now=NOW) == {"plan": 0}
