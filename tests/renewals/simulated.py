"""Workspaces over years: contracts come, change and go; schedulers run, die and double.

A script is made first, of random facts, and played to the product and to the oracle.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.renewals.ladder_oracle import Facts, Oracle, Week

BEGIN = date(2027, 1, 1)
ZONES = (
    "Asia/Almaty",
    "America/Los_Angeles",
    "Pacific/Kiritimati",
    "Europe/Berlin",
    "America/New_York",
    "UTC",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
)
COUNTRIES = ("KZ", "RU", "DE", "US", "", "IN", "IL", "FR")
WEEKS = ((0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5), (6, 0, 1, 2, 3))
LADDERS = (
    (120, 90, 60, 30, 7),
    (150, 100, 75, 40, 14),
    (100, 80, 45, 20, 3),
    (120, 90, None, 30, 7),
    (None, 60, 50, None, 1),
    (180, None, 60, 30, 0),
)
TIERS = ("high", "mid", "tech")
SEGMENTS = ("", "", "Banks", "Retail")
# What people do to a deal or to terms; those of the second kind move no reminder.
OF_PEOPLE, OF_TERMS = ("close", "negotiate"), ("pause", "terms")


@dataclass
class Change:
    """One thing that becomes so on a day: of a contract, of its account, of all."""

    kind: str
    name: str = ""
    values: dict = field(default_factory=dict)


@dataclass
class Script:
    """What happens in one workspace, by day, and at which instants schedulers run."""

    zone: str
    changes: dict = field(default_factory=lambda: defaultdict(list))
    # Of each day: the instant, and how many schedulers start at it.
    runs: dict = field(default_factory=lambda: defaultdict(list))


def script_of(seed, *, contracts, days):
    draw = random.Random(seed)
    script = Script(ZONES[seed % len(ZONES)])
    _schedule(script, draw, days)
    _set_workspace(script, draw, days)
    for number in range(contracts):
        _live(script, draw, f"c{number}", days)
    return script


def _schedule(script, draw, days):
    """Most days it runs, some days several times, at times for a week not at all."""
    off = 0
    for n in range(days):
        off = off - 1 if off else draw.choice((0,) * 60 + (2, 3, 6, 9, 20))
        if off or draw.random() < 0.1:
            continue
        hours = sorted(draw.sample(range(24), draw.choice((1, 1, 1, 2, 3))))
        for hour in hours:
            at = datetime.combine(BEGIN + timedelta(days=n), time(hour, 30), UTC)
            script.runs[n].append((at, draw.choice((1, 1, 1, 2))))


def _set_workspace(script, draw, days):
    n = 0
    while n < days:
        if draw.random() < 0.5:
            script.changes[n].append(Change("calendar", values=_week(draw, n)))
        else:
            asked = draw.choice(("", "", *TIERS, *SEGMENTS[2:]))
            days_before = draw.choice(LADDERS)
            if asked and draw.random() < 0.3:
                days_before = None
            of = "segment" if asked in SEGMENTS[2:] else "tier"
            said = {"of": (of, asked), "days": days_before}
            script.changes[n].append(Change("ladder", values=said))
        n += draw.randint(20, 150)


def _week(draw, n):
    extra = {
        BEGIN + timedelta(days=n + draw.randint(-30, 300))
        for _ in range(draw.randint(0, 12))
    }
    return {
        "country": draw.choice(COUNTRIES),
        "weekdays": draw.choice(WEEKS),
        "extra": tuple(sorted(extra)),
    }


def _live(script, draw, name, days):
    """The life of a contract: entered some day, often late, and changed now and then."""
    n = draw.randint(0, days * 3 // 4)
    today = BEGIN + timedelta(days=n)
    starts = today - timedelta(days=draw.randint(0, 400))
    end = today + timedelta(days=draw.randint(-20, 500))
    facts = Facts(
        starts=starts,
        end=max(end, starts + timedelta(days=31)) if draw.random() > 0.1 else None,
        tier=draw.choice(TIERS),
        segment=draw.choice(SEGMENTS),
        mrr=draw.randint(1, 99),
        **_notice(draw),
    )
    script.changes[n].append(Change("entered", name, vars(facts).copy()))
    for _ in range(draw.choice((0, 1, 2, 3, 4, 6))):
        n += draw.randint(0, days // 3)
        if n >= days:
            return
        change = _change(draw, facts, BEGIN + timedelta(days=n))
        facts = replace(facts, **change.values)
        script.changes[n].append(replace(change, name=name))


def _notice(draw):
    if draw.random() < 0.4:
        return {"notice": draw.choice((0, 1, 5, 10, 22, 45)), "unit": "business"}
    return {"notice": draw.choice((0, 0, 14, 30, 60, 90)), "unit": "calendar"}


def _change(draw, facts, today):
    kind = draw.choice(
        ("shift", "shift", "longer", "term", "open", "notice", "notice", "tier")
        + ("segment", "churn", "price", "near", *OF_PEOPLE, *OF_TERMS)
    )
    if kind in OF_PEOPLE + OF_TERMS:
        return Change(kind)
    end = facts.end or today + timedelta(days=draw.randint(1, 300))
    moved = _moved_end(draw, kind, facts, end, today)
    if moved is not None:
        return Change("changed", values=moved)
    values = {
        "notice": _notice(draw),
        "tier": {"tier": draw.choice(TIERS)},
        "segment": {"segment": draw.choice(SEGMENTS)},
        "churn": {"is_served": not facts.is_served},
        "price": {"mrr": draw.randint(1, 99)},
    }
    return Change("changed", values=values[kind])


def _moved_end(draw, kind, facts, end, today):
    """The values of a change of the end; None for a change of something else."""
    floor = facts.starts + timedelta(days=1)
    if kind == "shift":
        return {"end": max(floor, end + timedelta(days=draw.randint(-70, 70)))}
    if kind == "longer":
        return {"end": end + timedelta(days=draw.choice((28, 90, 182, 365)))}
    if kind == "term":
        return {"starts": end, "end": end + timedelta(days=365)}
    if kind == "open":
        return {"end": None if facts.end else max(floor, end)}
    if kind == "near":
        near = draw.choice((0, 1, 7, 30, 59, 60, 61, 90, 120))
        return {"end": max(floor, today + timedelta(days=near))}
    return None


@dataclass
class Known:
    """What the oracle knows of a workspace: each contract, its week, its ladders."""

    contracts: dict = field(default_factory=dict)
    week: Week = Week()
    ladders: dict = field(default_factory=dict)

    def hear(self, change):
        if change.kind == "calendar":
            self.week = Week(**change.values)
        elif change.kind == "ladder":
            self.ladders[change.values["of"]] = change.values["days"]
        elif change.kind == "entered":
            self.contracts[change.name] = Oracle(Facts(**change.values))
        else:
            self._hear_of(self.contracts[change.name], change)

    def _hear_of(self, contract, change):
        if change.kind == "close":
            contract.decide()
        elif change.kind == "negotiate":
            contract.negotiate()
        elif change.kind not in OF_TERMS:
            contract.facts = replace(contract.facts, **change.values)


def play_to_oracle(script, days):
    """What the oracle says of every contract, by name."""
    known = Known()
    for n in range(days):
        for change in script.changes[n]:
            known.hear(change)
        for at, _ in script.runs[n]:
            day = at.astimezone(ZoneInfo(script.zone)).date()
            for contract in known.contracts.values():
                contract.run(day, known.week, known.ladders)
    return known.contracts
