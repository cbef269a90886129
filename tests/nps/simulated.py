"""A workspace over a year: customers start, ask for help, leave and come back; mails
come back; schedulers run, stop for weeks and run twice at once.

A script is made first, of random facts, and played to the product and to the oracle.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from tests.nps.asking_oracle import Oracle, World

BEGIN = date(2027, 1, 1)
TIERS = ("high", "mid", "tech")
ROLES = ("decision_maker", "champion", "user", "billing")
ZONES = ("Asia/Almaty", "America/New_York", "Pacific/Kiritimati", "Europe/Berlin")
WEEKS = (
    {"country": "KZ", "weekdays": (0, 1, 2, 3, 4), "dead": (7, 8)},
    {"country": "", "weekdays": (0, 1, 2, 3, 4, 5), "dead": ()},
    {"country": "RU", "weekdays": (0, 1, 2, 3, 4), "dead": (5,)},
    {"country": "US", "weekdays": (0, 1, 2, 3, 4), "dead": (12,)},
)
LIMITS = {"count": 3, "days": 120, "from": 8, "to": 19}
PLAIN = {
    "kind": "nps",
    "starts": (),
    "every": None,
    "ticket": False,
    "decision": None,
    "spread": 5,
    "lapses": 21,
    "roles": frozenset(),
    "tiers": frozenset(),
    "use": 0,
    "wait": 60,
    "wait_any": 10,
    "remind": 7,
    "expires": 30,
    "on": False,
    "since": None,
}
SURVEYS = {
    "nps": PLAIN | {"starts": (30, 90, 180), "every": 120, "use": 3},
    "csat": PLAIN
    | {"kind": "csat", "ticket": True, "wait": 20, "wait_any": 3, "lapses": 6},
    "decision": PLAIN
    | {
        "decision": 60,
        "roles": frozenset({"decision_maker", "champion"}),
        "spread": 9,
        "lapses": 30,
        "remind": 3,
    },
    "welcome": PLAIN
    | {
        "kind": "free",
        "starts": (14,),
        "tiers": frozenset({"high", "mid"}),
        "wait_any": 0,
        "remind": None,
        "expires": 12,
    },
}


@dataclass
class Change:
    kind: str
    name: str = ""
    values: dict = field(default_factory=dict)


@dataclass
class Script:
    """What happens by day, and at which instants how many schedulers start."""

    zone: str
    week: dict
    changes: dict = field(default_factory=lambda: defaultdict(list))
    runs: dict = field(default_factory=lambda: defaultdict(list))


def script_of(seed, *, contacts, days):
    draw = random.Random(seed)
    week = WEEKS[seed % len(WEEKS)] | {"extra": (BEGIN + timedelta(days=45),)}
    script = Script(ZONES[seed % len(ZONES)], week)
    _schedule(script, draw, days)
    for name in SURVEYS:
        script.changes[draw.choice((0, 0, 5))].append(Change("on", name))
    accounts = max(1, contacts // 3)
    opened = [_live(script, draw, f"a{number}", days) for number in range(accounts)]
    for number in range(contacts):
        account = draw.randrange(accounts)
        _meet(script, draw, f"p{number}", f"a{account}", opened[account], days)
    _people_decide(script, draw, days)
    return script


def _schedule(script, draw, days):
    off = 0
    for n in range(days):
        off = off - 1 if off else draw.choice((0,) * 50 + (2, 4, 8, 25))
        if off or draw.random() < 0.05:
            continue
        for hour in sorted(draw.sample(range(24), draw.choice((1, 2, 2, 3)))):
            at = datetime.combine(BEGIN + timedelta(days=n), time(hour, 30), UTC)
            script.runs[n].append((at, draw.choice((1, 1, 1, 2))))


def _live(script, draw, name, days):
    """A customer: when it started, how much it uses the product, whether it stays."""
    begins = draw.choice((0, 0, 0, draw.randrange(days)))
    since = BEGIN + timedelta(days=begins - draw.choice((0, 20, 80, 170, 400)))
    script.changes[begins].append(
        Change(
            "account",
            name,
            {
                "tier": draw.choice(TIERS),
                "since": draw.choice((since, since, since, since, None)),
            },
        )
    )
    share = draw.choice((0.0, 0.05, 0.3, 0.8))
    for n in range(begins, days):
        if draw.random() < share:
            script.changes[n].append(Change("use", name))
    for n in range(begins + 1, days):
        if draw.random() < 0.01:
            script.changes[n].append(_turn_of(draw, name, n))
    return begins


def _turn_of(draw, name, n):
    return draw.choice(
        (
            Change("set", name, {"tier": draw.choice(TIERS)}),
            Change("set", name, {"served": False}),
            Change("set", name, {"served": True}),
            Change("set", name, {"decides": BEGIN + timedelta(days=n + 75)}),
            Change("set", name, {"decides": BEGIN + timedelta(days=n + 40)}),
        )
    )


def _meet(script, draw, name, account, opening, days):
    """A person there, some of them at two customers, some without an address."""
    begins = max(opening, draw.choice((0, 0, 0, draw.randrange(days))))
    number = draw.randrange(10**6) if draw.random() < 0.9 else draw.randrange(5)
    email = f"P{number}@customer.example" if draw.random() < 0.95 else ""
    roles = frozenset(draw.sample(ROLES, draw.choice((0, 1, 1, 2))))
    script.changes[begins].append(
        Change("contact", name, {"account": account, "email": email, "roles": roles})
    )
    for n in range(begins + 1, days):
        if draw.random() < 0.02:
            ticket = f"t{name}-{n}"
            solved = BEGIN + timedelta(days=n - draw.choice((0, 0, 0, 2, 15)))
            at = datetime.combine(solved, time(draw.randrange(24)), UTC)
            script.changes[n].append(
                Change("ticket", ticket, {"who": name, "solved": at})
            )
            if draw.random() < 0.1:
                script.changes[n + 1].append(Change("reopen", ticket))
        if draw.random() < 0.003:
            roles = frozenset(draw.sample(ROLES, 2))
            other = {"email": f"new{draw.randrange(10**6)}@customer.example"}
            values = draw.choice(({"roles": roles}, other))
            script.changes[n].append(Change("person", name, values))
    end = draw.randrange(begins + 1, days + 1)
    fate = draw.random()
    if fate < 0.05:
        script.changes[end].append(Change("leave", name))
    elif fate < 0.1:
        script.changes[end].append(Change("remove", name))


def _people_decide(script, draw, days):
    """Surveys go off and on; some are sent by hand."""
    for n in range(10, days):
        if draw.random() < 0.015:
            survey = draw.choice(sorted(SURVEYS))
            script.changes[n].append(Change("off", survey))
            script.changes[n + draw.choice((1, 3, 10))].append(Change("on", survey))
        if draw.random() < 0.01:
            tiers = draw.choice(((), ("high",), ("mid", "tech")))
            script.changes[n].append(
                Change(
                    "send",
                    f"s{n}",
                    {"survey": draw.choice(("nps", "welcome")), "tiers": tiers},
                )
            )


# How people react, the same to product and oracle: it is of the world.


def comes_back(address):
    """Mail to one of twenty addresses comes back."""
    return sum(address.encode()) % 20 == 0


def answers_after(contact, occasion):
    """So many days later this person answers; None: never."""
    return (1, 2, 9, None, None)[sum(f"{contact}{occasion}".encode()) % 5]


def play_to_oracle(script, ids, days):
    world = World(
        script.zone,
        LIMITS,
        script.week,
        surveys={k: dict(v) for k, v in SURVEYS.items()},
    )
    oracle = Oracle(world, ids)
    for n in range(days):
        day = BEGIN + timedelta(days=n)
        _react(oracle, day)
        for change in script.changes[n]:
            tell(oracle, change, day)
        for at, _number in script.runs[n]:
            oracle.run(at)
    return oracle


def _react(oracle, day):
    for one in oracle.invited:
        if one.state not in ("sent", "reminded") or one.contact is None:
            continue
        if comes_back(one.address):
            one.state = "bounced"
            oracle.world.left.add(one.address)
            continue
        wait = answers_after(one.contact, one.occasion)
        if wait is not None and one.at.date() + timedelta(days=wait) <= day:
            one.state = "answered"


def tell(oracle, change, day):
    world, name, values = oracle.world, change.name, change.values
    if change.kind == "account":
        world.accounts[name] = {"served": True, "decides": None} | values
    elif change.kind == "set":
        world.accounts[name] |= values
    elif change.kind == "use":
        world.used[name].add(day)
    elif change.kind == "contact":
        world.contacts[name] = dict(values)
    elif change.kind == "leave":
        if name in world.contacts:
            world.left.add(world.contacts[name]["email"].lower())
    else:
        TELL[change.kind](oracle, name, values, day)


def _ticket(oracle, name, values, _day):
    if values["who"] in oracle.world.contacts:
        oracle.world.tickets[name] = (values["who"], values["solved"])


def _person(oracle, name, values, _day):
    if name in oracle.world.contacts:
        oracle.world.contacts[name] |= values


def _reopen(oracle, name, _values, _day):
    if name in oracle.world.tickets:
        oracle.world.tickets[name] = (oracle.world.tickets[name][0], None)


def _remove(oracle, name, _values, _day):
    if name in oracle.world.contacts:
        oracle.remove(name)


def _on(oracle, name, _values, day):
    survey = oracle.world.surveys[name]
    if not survey["on"]:
        survey["on"], survey["since"] = True, day


def _off(oracle, name, _values, _day):
    oracle.switch_off(name)


def _send(oracle, name, values, day):
    if oracle.world.surveys[values["survey"]]["on"]:
        oracle.send(values["survey"], name, values["tiers"], day)


TELL = {
    "person": _person,
    "ticket": _ticket,
    "reopen": _reopen,
    "remove": _remove,
    "on": _on,
    "off": _off,
    "send": _send,
}
