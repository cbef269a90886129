"""Who is asked when, and why not: plain values in, plain values out.

An occasion (30 days after the start, a closed ticket, …) has its day. From it the
sending days are counted; which of the first `spread_days` of them is a person's is
fixed by a hash, so that those of one day are not all asked at once. From that planned
day until the occasion lapses the person is asked on the first day on which nothing
speaks against it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from accounts.calendar import Calendar

DAY = timedelta(days=1)
# Further than any run of days without mail; where there is no other, nobody is asked.
REACH = 400
EVERY_DAY = frozenset(range(7))

START, EVERY, TICKET, DECISION, HAND = "start", "every", "ticket", "decision", "hand"

# Why a person is not asked now, the first that is true.
GONE = "gone"
NO_ADDRESS = "no_address"
OPTED_OUT = "opted_out"
ROLE = "role"
TIER = "tier"
LITTLE_USE = "little_use"
WAIT_KIND = "wait_kind"
WAIT_ANY = "wait_any"
BUDGET = "budget"
# Of the occasion, not of the person.
LATER = "later"
LAPSED = "lapsed"
QUIET_DAY = "quiet_day"
SWITCHED_OFF = "switched_off"
# Of the letter: it never went out.
UNDELIVERED = "undelivered"


@dataclass(frozen=True)
class Limits:
    """What holds for every survey of a workspace."""

    budget_count: int = 4
    budget_days: int = 365
    sends_on_weekends: bool = False
    sends_in_dead_months: bool = False


@dataclass(frozen=True)
class Rules:
    """What one survey says of occasions and of people; days are the tenant's."""

    survey: Any
    kind: str
    on_since: date
    starts_after_days: tuple[int, ...] = ()
    then_every_days: int | None = None
    after_ticket: bool = False
    before_decision_days: int | None = None
    spread_days: int = 5
    lapses_after_days: int = 21
    roles: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    minimum_use_days: int = 0
    wait_days: int = 90
    wait_any_days: int = 30


@dataclass(frozen=True)
class Person:
    """A contact, as far as it matters here."""

    contact: Any
    address: str
    account: Any = None
    roles: frozenset[str] = frozenset()
    tier: str = ""
    # The account is served: neither churned nor archived.
    is_current: bool = True
    is_opted_out: bool = False
    # Of the account, in 28 days.
    use_days: int = 0


@dataclass(frozen=True)
class Occasion:
    """Something after which one person is to be asked."""

    key: str
    reason: str
    on: date
    # After this day it is too late, whatever the survey says.
    ends_on: date | None = None


@dataclass(frozen=True)
class Case:
    """One person, one survey, one occasion, and the days on which it may be asked."""

    rules: Rules
    person: Person
    occasion: Occasion
    planned_on: date
    lapses_on: date
    # What the caller wants to know it by.
    of: Any = field(default=None, compare=False)

    def told(self, is_opted_out: bool, use_days: dict) -> "Case":
        """The same with what is known of the person and of the account's use."""
        used = use_days.get(self.person.account, 0)
        person = replace(self.person, is_opted_out=is_opted_out, use_days=used)
        return replace(self, person=person)

    @property
    def order(self):
        """Who goes first where both cannot: the one that waits longer."""
        parts = (self.rules.survey, self.occasion.key, self.person.contact)
        return (self.planned_on, *map(str, parts))


@dataclass(frozen=True)
class Asked:
    """That a person was asked something, on a day of the tenant."""

    kind: str
    on: date


@dataclass(frozen=True)
class SendingDays:
    """The days on which mail goes out."""

    calendar: Calendar
    limits: Limits
    # Asked of the same days for every person.
    _known: dict = field(default_factory=dict, compare=False, repr=False)

    def allow(self, day: date, reason: str) -> bool:
        # Support goes on in summer, and in autumn nobody remembers the ticket.
        of_ticket = reason == TICKET
        if (day, of_ticket) not in self._known:
            is_dead = not of_ticket and self._is_dead(day)
            self._known[day, of_ticket] = self._is_worked(day) and not is_dead
        return self._known[day, of_ticket]

    def nth(self, day: date, number: int, reason: str) -> date | None:
        """The sending day with `number` others between `day` and it, `day` itself
        counted; None where none comes."""
        for ahead in range(REACH):
            if self.allow(day + ahead * DAY, reason):
                if number == 0:
                    return day + ahead * DAY
                number -= 1
        return None

    def _is_worked(self, day):
        calendar = self.calendar
        if self.limits.sends_on_weekends:
            calendar = replace(calendar, weekdays=EVERY_DAY)
        return calendar.is_working_day(day)

    def _is_dead(self, day):
        is_dead = day.month in self.calendar.dead_months
        return is_dead and not self.limits.sends_in_dead_months


def milestones(rules: Rules, age: range) -> Iterator[tuple[str, str, int]]:
    """The occasions that fall on these days after the start: key, reason, day."""
    for days in sorted(set(rules.starts_after_days)):
        if days in age:
            yield f"{START}:{days}", START, days
    if rules.then_every_days:
        last, step = max(rules.starts_after_days, default=0), rules.then_every_days
        first = max(1, -(-(age.start - last) // step))
        for days in range(last + first * step, age.stop, step):
            yield f"{EVERY}:{days}", EVERY, days


def slot(survey, contact, key: str, spread_days: int) -> int:
    """Which of the days an occasion is spread over is this person's; always the same."""
    said = f"{survey}:{contact}:{key}".encode()
    digest = hashlib.blake2b(said, digest_size=8).digest()
    return int.from_bytes(digest) % spread_days


def case_of(rules, person, occasion, days: SendingDays, of=None) -> Case | None:
    """When this person is asked because of this; None: no sending day comes."""
    # What a ticket was like is asked at once: tickets come spread already.
    spread = 1 if occasion.reason == TICKET else rules.spread_days
    number = slot(rules.survey, person.contact, occasion.key, spread)
    planned_on = days.nth(occasion.on, number, occasion.reason)
    if planned_on is None:
        return None
    lapses_on = planned_on + timedelta(days=rules.lapses_after_days)
    if occasion.ends_on is not None:
        lapses_on = min(lapses_on, occasion.ends_on)
    return Case(rules, person, occasion, planned_on, lapses_on, of)


def earliest(rules: Rules, days: SendingDays, on: date) -> date:
    """The first day whose occasions can still be asked about; those before lapsed."""
    patience = timedelta(days=rules.lapses_after_days)
    day = on
    while day > rules.on_since:
        # The latest of the days that those of the day before are spread over.
        last = days.nth(day - DAY, rules.spread_days - 1, START)
        if last is None or last + patience < on:
            return day
        day -= DAY
    return rules.on_since


def against(case: Case, day: date, asked: Iterable[Asked], limits: Limits) -> str:
    """What speaks against asking this person on that day; empty: nothing."""
    person, rules = case.person, case.rules
    checks = (
        (not person.is_current, GONE),
        (not person.address, NO_ADDRESS),
        (person.is_opted_out, OPTED_OUT),
        (bool(rules.roles) and not rules.roles & person.roles, ROLE),
        (bool(rules.tiers) and person.tier not in rules.tiers, TIER),
        (person.use_days < rules.minimum_use_days, LITTLE_USE),
    )
    for is_so, why in checks:
        if is_so:
            return why
    return _too_often(rules, day, asked, limits)


def _too_often(rules, day, asked, limits):
    ago = [((day - one.on).days, one.kind) for one in asked]
    if any(days < rules.wait_days for days, kind in ago if kind == rules.kind):
        return WAIT_KIND
    if any(days < rules.wait_any_days for days, _kind in ago):
        return WAIT_ANY
    spent = sum(days < limits.budget_days for days, _kind in ago)
    return BUDGET if spent >= limits.budget_count else ""


def choose(
    cases: Iterable[Case], day: date, asked: dict[str, list[Asked]], days: SendingDays
) -> list[tuple[Case, str]]:
    """Of each case whether it is asked on that day: with what speaks against it.

    `asked` (by address) grows by those that are: nobody is asked twice where the rules
    allow once.
    """
    verdicts = []
    for case in sorted(cases, key=lambda one: one.order):
        why = _of_the_day(case, day, days)
        history = asked.setdefault(case.person.address, [])
        why = why or against(case, day, history, days.limits)
        if not why:
            history.append(Asked(case.rules.kind, day))
        verdicts.append((case, why))
    return verdicts


def _of_the_day(case, day, days):
    if day < case.planned_on:
        return LATER
    if day > case.lapses_on:
        return LAPSED
    return "" if days.allow(day, case.occasion.reason) else QUIET_DAY
