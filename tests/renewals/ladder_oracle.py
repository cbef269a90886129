"""What the ladder has to do, told a second time and slowly.

Shares no code with renewals.ladder or accounts.calendar: it walks the days with a
countdown, tries days one by one for a notice in business days, and remembers what was
said. Facts come as plain values.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import holidays

ONE = timedelta(days=1)
NAMES = ("check", "deal", "call", "escalate", "urgent")
STEPS = {"check": 120, "deal": 90, "call": 60, "escalate": 30, "urgent": 7}


@dataclass
class Facts:
    """A contract and its account, as they stand today."""

    starts: date
    end: date | None
    notice: int
    unit: str
    tier: str
    mrr: int
    is_served: bool = True
    segment: str = ""


@dataclass(frozen=True)
class Week:
    """When a workspace works."""

    country: str = ""
    weekdays: tuple = (0, 1, 2, 3, 4)
    extra: tuple = ()


@cache
def package(country, year):
    return holidays.country_holidays(country, years=[year])


@cache
def is_worked(week, day):
    if day in week.extra:
        return False
    if not week.country:
        return day.weekday() in week.weekdays
    year = package(week.country, day.year)
    if day in year.keys():  # noqa: SIM118 (the package's `in` would ask other years)
        return False
    return day.weekday() in week.weekdays or day in year.weekend_workdays


@cache
def decision(week, end, notice, unit):
    """The latest day from which the notice still fits before the end."""
    if unit == "calendar":
        return end - timedelta(days=notice)
    day = end
    while True:
        between = [day + n * ONE for n in range((end - day).days)]
        if sum(is_worked(week, one) for one in between) >= notice:
            return day
        day -= ONE


@dataclass
class Deal:
    """A renewal as the oracle remembers it."""

    end: date
    decides: date
    ladder: tuple
    # How many days were left when these dates, or this ladder, became known.
    left_at_entry: int
    stage: str = "upcoming"
    is_stopped: bool = False
    ends: set = field(default_factory=set)
    money: int = 0


@dataclass
class Oracle:
    """One contract: what was said of it, and the deal that is open."""

    facts: Facts
    said: dict = field(default_factory=dict)
    deal: Deal | None = None
    decided: list = field(default_factory=list)

    @property
    def is_open(self):
        return self.deal is not None and not self.deal.is_stopped

    def decide(self):
        """A person says how it ended."""
        if self.is_open:
            self.decided.append(self.deal.end)
            self.deal = None

    def negotiate(self):
        """A person moves the deal ahead."""
        if self.is_open:
            self.deal.stage = "negotiation"

    def run(self, day, week, ladders):
        """A scheduler runs on this day of the workspace."""
        self._follow(day, week, ladders)
        if self.is_open:
            self._fire(day)

    def _follow(self, day, week, ladders):
        facts, ladder = self.facts, ladder_of(ladders, self.facts)
        is_over = not facts.is_served or facts.end is None or facts.end in self.decided
        if is_over:
            if self.deal:
                self.deal.is_stopped = True
            return
        decides = decision(week, facts.end, facts.notice, facts.unit)
        if self.deal and self._is_renewed(day):
            self.decided.append(self.deal.end)
            self.deal = None
        elif self.deal:
            self._move(day, decides, ladder)
        if self.deal is None and facts.end not in self.decided and facts.end >= day:
            left = (decides - day).days
            self.deal = Deal(facts.end, decides, ladder, left, money=facts.mrr)
            self.deal.ends.add(facts.end)
        if self.is_open and self.deal.ladder != ladder and not self._due(day):
            self._know(day, ladder)

    def _is_renewed(self, day):
        """Four weeks or more on top, and the term can be no longer the same one."""
        deal, facts = self.deal, self.facts
        grown = (facts.end - deal.end).days
        if deal.is_stopped or grown < 28:
            return False
        is_decision_past = (deal.decides - day).days <= 0
        is_deal = deal.stage != "upcoming"
        is_new_term = facts.starts >= deal.end
        return is_new_term or is_decision_past or (is_deal and grown >= 180)

    def _move(self, day, decides, ladder):
        deal, facts = self.deal, self.facts
        is_same = (deal.end, deal.decides) == (facts.end, decides)
        if is_same and not deal.is_stopped:
            if deal.money != facts.mrr:
                deal.money = facts.mrr
                self._rest(day)
            return
        deal.end, deal.decides, deal.money = facts.end, decides, facts.mrr
        deal.is_stopped = False
        deal.ends.add(facts.end)
        self._know(day, ladder)

    def _know(self, day, ladder):
        self.deal.ladder = ladder
        self.deal.left_at_entry = (self.deal.decides - day).days
        self._rest(day)

    def _rest(self, day):
        """A deal nobody worked on, made for another end, whose day is ahead again."""
        is_made_for_this = (self.deal.end, "deal") in self.said
        is_untouched = self.deal.stage == "preparation" and not is_made_for_this
        if is_untouched and not self._wants_deal(day):
            self.deal.stage = "upcoming"

    def _wants_deal(self, day):
        before = dict(zip(NAMES, self.deal.ladder, strict=True))["deal"]
        return before is not None and (self.deal.decides - day).days <= before

    def _due(self, day):
        left = (self.deal.decides - day).days
        return [
            (name, before)
            for name, before in zip(NAMES, self.deal.ladder, strict=True)
            if before is not None
            and before >= left
            and (self.deal.end, name) not in self.said
        ]

    def _fire(self, day):
        deal, due = self.deal, self._due(day)
        entered = deal.left_at_entry
        for name, before in due:
            tighter = [
                other
                for other in deal.ladder
                if other is not None and entered <= other < before
            ]
            elsewhere = any(
                self.said.get((end, name), ("",))[0] == "fired"
                for end in deal.ends - {deal.end}
            )
            state = "fired"
            if entered <= before and (tighter or elsewhere):
                state = "skipped"
            if name == "escalate" and deal.stage == "negotiation":
                state = "skipped"
            due_on = deal.decides - timedelta(days=before)
            self.said[deal.end, name] = (state, due_on, day)
        if due and deal.stage == "upcoming" and self._wants_deal(day):
            deal.stage = "preparation"


def ladder_of(ladders, facts):
    """What is said of its segment, or else of its tier, or else of all."""
    for asked in (("segment", facts.segment), ("tier", facts.tier), ("tier", "")):
        if asked != ("segment", "") and ladders.get(asked):
            return ladders[asked]
    return tuple(STEPS.values())
