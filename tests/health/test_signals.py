"""The registry of signals: found by themselves, whole, and easily joined."""

import re
import sys
from datetime import UTC, datetime
from textwrap import dedent

import pytest
from django.utils import translation

from health import services, signals
from health.models import Snapshot
from health.queries import explained, receipt
from health.scoring import POINTS
from health.signals import SIGNALS, words
from tests.factories.accounts import AccountFactory, TicketFactory

NOW = datetime(2026, 5, 15, 9, tzinfo=UTC)
EXTRA = """
    from health.scoring.reading import Value
    from health.signals.signal import Column, Signal

    def value(lens, tickets):
        return Value(tickets, n=tickets) if tickets else None

    SIGNAL = Signal(
        key="tickets_of_high",
        group="support",
        label="Tickets of high severity",
        unit="count",
        columns=(Column("tickets", "count(*) FILTER (WHERE severity = 'high')"),),
        value=value,
        shape={"kind": "scale", "worst": 4, "best": 0},
        better="low",
        nothing="none of high severity",
    )
"""


@pytest.fixture
def extra(tmp_path, monkeypatch):
    """One more file, where a package of signals may be."""
    (tmp_path / "tickets_of_high.py").write_text(dedent(EXTRA))
    monkeypatch.setattr(signals, "__path__", [*signals.__path__, str(tmp_path)])
    for key, signal in signals.load().items():
        monkeypatch.setitem(SIGNALS, key, signal)
    yield
    sys.modules.pop("health.signals.tickets_of_high")
    del signals.tickets_of_high


def test_a_signal_is_one_small_file(extra, in_tenant, ops, time_machine):
    time_machine.move_to(NOW, tick=False)
    account = AccountFactory()
    TicketFactory.create_batch(3, account=account, severity="high", opened_at=NOW)
    measure = {
        "key": "high",
        "group": "support",
        "signal": "tickets_of_high",
        "weight": 8,
        "missing": "zero",
        "shape": {"kind": "scale", "worst": 4, "best": 0},
    }
    card = POINTS | {"measures": [*POINTS["measures"], measure]}

    services.publish_scorecard(services.save_draft("Points", card, by=ops), by=ops)
    services.recompute([account.pk], on=NOW.date())

    kept = Snapshot.objects.get().measures[-1]
    assert (kept["key"], kept["value"], kept["points"], kept["n"]) == ("high", 3, 2, 3)
    line = receipt(account).measures[-1]
    assert (line.label, line.found) == ("Tickets of high severity", "3")
    assert explained(card)[-1].steps[0].condition == (
        "nothing at 4, all at 0, in between in proportion"
    )


def test_the_signals_that_are_shipped():
    assert sorted(SIGNALS) == [
        "active_users",
        "bill_change",
        "champion_quiet",
        "critical_tickets",
        "csat",
        "days_overdue",
        "days_to_decision",
        "decision_maker",
        "depth",
        "errors",
        "features_used",
        "feedback_silence",
        "key_feature",
        "login_days",
        "nps",
        "payments",
        "resolution_hours",
        "seat_use",
        "sentiment",
        "single_thread",
        "ticket_csat",
        "ticket_tone",
        "tickets_opened",
        "time_in_product",
        "usage_trend",
    ]


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=lambda signal: signal.key)
def test_a_signal_has_words_and_a_beginning_for_the_editor(signal):
    assert str(signal.label)
    assert str(signal.nothing)
    assert signal.unit in words.UNITS
    assert signal.better in ("high", "low")
    shape = signal.shape
    if shape["kind"] == "scale":
        assert (shape["best"] > shape["worst"]) is (signal.better == "high")


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("days", 1, "1 day"),
        ("days", 12, "12 days"),
        ("people", 2, "2 people"),
        ("hours", 1.25, "1.2 h"),
        ("share", 0.354, "35%"),
        ("change", 0.2, "+20%"),
        ("change", -0.5, "−50%"),
        ("change", 0.001, "0%"),
        ("number", 1.005, "1"),
        ("count", 1200, "1,200"),
    ],
)
def test_a_value_is_said_with_its_unit(unit, value, text):
    assert words.said(unit, value) == text


def test_conditions_are_said_in_their_order():
    steps = [
        {"over": 15, "points": 30},
        {"from": 5, "points": 15},
        {"under": 1, "points": -5},
        {"points": 0},
    ]

    assert [words.condition("days", steps, n) for n in range(4)] == [
        "more than 15 days",
        "5 to 15 days",
        "less than 1 day",
        "1 day or more",
    ]


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=lambda signal: signal.key)
def test_a_signal_is_told_in_russian(signal):
    with translation.override("ru"):
        russian = f"{signal.label} {signal.nothing}"

    assert re.search("[a-z]{3}", russian.replace("NPS", "")) is None
