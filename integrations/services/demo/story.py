"""What happens to each customer of the demo: drawn once from a seed, then told by day.

Pure: the same seed and the same day give the same story.
"""

import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from integrations.services.demo.cast import Stage
from integrations.services.demo.names import (
    COMPANY_KINDS,
    COMPANY_WORDS,
    FIRST_NAMES,
    LAST_NAMES,
)

HISTORY = 548  # days: eighteen months

# How a customer's use goes over the story: weights of how often each arc is drawn.
ARCS = {
    "thriving": 24,
    "steady": 34,
    "fading": 14,
    "quiet": 8,
    "rescued": 8,
    "lost": 10,
}
# Every so many customers is one that began lately, so that each workspace has some.
NEWCOMER = 7
EMAIL = str.maketrans({" ": ".", "'": ""})


@dataclass(frozen=True)
class Person:
    """Somebody at the customer who uses the product, or signs for it."""

    number: int
    name: str
    email: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Company:
    """A customer of the demo workspace and the turns its story takes."""

    number: int
    external_id: str
    name: str
    domain: str
    industry: str
    country: str
    segment: str
    tier: str
    arc: str
    plan: str
    seats: int
    price: int  # a seat a month
    since: date
    # The day it left (the arc "lost") and how many days ago that is, or none.
    left_on: date | None
    away: int
    owner: str
    people: tuple[Person, ...]
    features: tuple[str, ...]
    # What its product calls an error that somebody met.
    error: str
    seed: int = field(repr=False)

    def is_there(self, day: date) -> bool:
        return self.since <= day and (self.left_on is None or day < self.left_on)

    def mood(self, day: date, today: date) -> float:
        """How well it goes on a day, 0 to 1: what use, tickets and answers follow."""
        age = (today - day).days
        return max(0.02, min(1.0, CURVES[self.arc](age, self) + self._season(day)))

    def _season(self, day):
        # July and August are quiet, so are the last days of December.
        if day.month in (7, 8):
            return -0.08
        return -0.25 if day.month == 12 and day.day > 24 else 0.0


def _fading(age, company):
    return 0.85 if age > 120 else 0.12 + 0.73 * age / 120


CURVES = {
    "thriving": lambda age, company: 0.95 - min(0.35, age / 1600),
    "steady": lambda age, company: 0.66 + 0.06 * math.sin(age / 23 + company.number),
    "fading": _fading,
    "quiet": lambda age, company: 0.14,
    "rescued": lambda age, company: 0.8 if age < 25 else 0.2 if age < 110 else 0.7,
    "newcomer": lambda age, company: 0.75 - min(0.5, age / 90),
    "lost": lambda age, company: 0.6 if age > company.away + 90 else 0.1,
}


def companies(stage: Stage, today: date) -> list[Company]:
    """The customers of a stage, as they stand today."""
    draw = random.Random(f"{stage.slug} companies")
    names = _names(stage, draw)
    return [_company(stage, number, name, today) for number, name in enumerate(names)]


def _names(stage, draw):
    words, kinds = COMPANY_WORDS[stage.language], COMPANY_KINDS[stage.language]
    pairs = [(word, kind) for word in words for kind in kinds]
    draw.shuffle(pairs)
    return pairs[: stage.customers]


def _company(stage, number, name, today):
    draw = random.Random(f"{stage.slug} {number}")
    arc = draw.choices(list(ARCS), list(ARCS.values()))[0]
    arc = "newcomer" if number % NEWCOMER == NEWCOMER - 3 else arc
    size = draw.choices(range(len(stage.segments)), [5, 3, 2][: len(stage.segments)])[0]
    seats = round((8, 24, 70)[size] * draw.uniform(0.7, 1.5))
    plan = list(stage.plans)[min(size, len(stage.plans) - 1)]
    age = draw.randint(20, 85) if arc == "newcomer" else draw.randint(150, 900)
    away = draw.randint(5, 400) if arc == "lost" else 0
    age = max(age, away + 120) if arc == "lost" else age
    csms = [email for _, email, role in stage.people if role == "csm"]
    return Company(
        number=number,
        external_id=f"{stage.slug}-{number + 1:03d}",
        name=" ".join(name),
        domain=f"customer{number + 1}.{stage.slug}.example",
        industry=COMPANY_KINDS[stage.language][name[1]],
        country=draw.choice(stage.countries),
        segment=stage.segments[size],
        tier=("tech", "mid", "high")[min(2, size + (len(stage.segments) < 3))],
        arc=arc,
        plan=plan,
        seats=seats,
        price=stage.plans[plan],
        since=today - timedelta(days=age),
        left_on=today - timedelta(days=away) if arc == "lost" else None,
        owner=csms[number % len(csms)],
        people=_people(stage, number, seats, draw),
        features=_features(stage, arc, draw),
        error=stage.error_feature,
        seed=draw.randrange(2**32),
        away=away,
    )


def _people(stage, number, seats, draw):
    count = max(2, round(seats * draw.uniform(0.45, 0.8)))
    roles = {0: ("decision_maker",), 1: ("champion", "user"), 2: ("billing",)}
    found = []
    for index in range(count):
        first = draw.choice(FIRST_NAMES[stage.language])
        name = f"{first} {draw.choice(LAST_NAMES[stage.language])}"
        email = f"person{index + 1}@customer{number + 1}.{stage.slug}.example"
        found.append(Person(index, name, email, roles.get(index, ("user",))))
    return tuple(found)


def _features(stage, arc, draw):
    """What it uses, dearest first: who thrives uses more of the product."""
    known = list(stage.features)
    draw.shuffle(known)
    return tuple(known[: {"thriving": 7, "quiet": 2, "fading": 4}.get(arc, 5)])


def usage(company: Company, day: date, today: date) -> list[tuple[Person, str, int]]:
    """Who used what how often on a day: (person, feature, times)."""
    if not company.is_there(day):
        return []
    draw = random.Random(company.seed ^ day.toordinal())
    mood = company.mood(day, today)
    weekend = day.weekday() >= 5
    if draw.random() > mood * (0.25 if weekend else 1.25):
        return []
    users = [person for person in company.people if "billing" not in person.roles]
    count = max(1, round(len(users) * mood * draw.uniform(0.15, 0.5)))
    found = []
    for person in draw.sample(users, min(count, len(users), 9)):
        for feature in draw.sample(company.features, min(2, len(company.features))):
            found.append((person, feature, draw.choice((1, 1, 2))))
        if draw.random() < 0.01 + 0.12 * (1 - mood):
            found.append((person, company.error, 1))
    return found
