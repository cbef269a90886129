"""The short form of `make soak`: half a minute of faults, then the same audit."""

import pytest

from bench.soak import soak
from bench.soak_faults import FAULTS


@pytest.mark.slow
@pytest.mark.fault
def test_nothing_is_lost_or_doubled_under_faults(monkeypatch):
    monkeypatch.setattr("bench.soak.EVERY", 3)
    assert len(FAULTS) == 8

    equations = soak(seconds=25, seed=11)

    assert [(what, found) for what, found, wanted in equations if found != wanted] == []
    assert len(equations) == 14
