"""Random facts of random accounts, the same for the same seed."""

import random
from datetime import UTC, datetime, time, timedelta

from accounts.models import Contract, Invoice, Ticket
from nps.models import Response
from tests.factories.accounts import AccountFactory
from tests.factories.health import in_slots, use
from usage.models import Feature, FeatureDay, UserDay

FEATURES = ("report", "export", "Signed in", "login")


def fill(seed, *, accounts, on, first=None, names="acc"):
    """Accounts with facts from `first` (a year before unless said) to the day `on`."""
    dice = random.Random(seed)
    first = first or on - timedelta(days=365)
    for name in FEATURES:
        Feature.objects.get_or_create(name=name)
    Feature.objects.filter(name="login").update(
        merged_into=Feature.objects.get(name="Signed in")
    )
    made = [AccountFactory(external_id=f"{names}-{n}") for n in range(accounts)]
    for account in made:
        add_facts(dice, account, first, on)
    return made


def add_facts(dice, account, first, last):
    """Facts of every kind, or of none, within the days given."""
    for add in (_usage, _contracts, _tickets, _answers, _bills):
        if dice.random() < 0.8:
            add(dice, account, first, last)


def _day(dice, first, last):
    # Most of it lately, where the windows end.
    span = (last - first).days
    return last - timedelta(days=min(span, int(abs(dice.gauss(0, span / 12 + 1)))))


def _instant(dice, first, last):
    day = _day(dice, first, last)
    at = time(dice.randrange(24), dice.randrange(60), dice.randrange(60), tzinfo=UTC)
    return datetime.combine(day, at)


def _usage(dice, account, first, last):
    for feature in dice.sample(FEATURES, dice.randint(1, 3)):
        days = {_day(dice, first, last) for _ in range(dice.choice([1, 6, 20, 60]))}
        people = [f"u-{dice.randrange(8)}" for _ in range(dice.randint(1, 5))]
        known = set(
            FeatureDay.objects.filter(
                account=account, feature__name=feature
            ).values_list("day", flat=True)
        )
        slots = in_slots(*(dice.randrange(288) for _ in range(dice.randint(1, 40))))
        use(
            account,
            sorted(days - known),
            users=sorted(set(people)),
            feature=feature,
            slots=slots,
        )


def _contracts(dice, account, first, last):
    for number in range(dice.randint(1, 3)):
        start = _day(dice, first, last)
        length = dice.choice([None, 1, 30, 365])
        Contract.objects.create(
            account=account,
            external_id=f"{account.external_id}-{first}-{number}",
            starts_on=start,
            ends_on=None if length is None else start + timedelta(days=length),
            mrr=1,
            currency="USD",
            seats=dice.choice([None, 0, 1, 4, 6, 8]),
        )


def _tickets(dice, account, first, last):
    for number in range(dice.randint(1, 4)):
        opened_at = _instant(dice, first, last)
        is_solved = dice.random() < 0.5
        Ticket.objects.create(
            account=account,
            external_id=f"{account.external_id}-{first}-{number}",
            subject="?",
            severity=dice.choice(["critical", "critical", "high", "low"]),
            status="solved" if is_solved else "open",
            opened_at=opened_at,
            solved_at=opened_at + timedelta(hours=dice.randrange(400))
            if is_solved
            else None,
        )


def _answers(dice, account, first, last):
    for _ in range(dice.randint(1, 4)):
        kind = dice.choice(["nps", "nps", "csat"])
        Response.objects.create(
            account=account,
            kind=kind,
            score=dice.randint(1, 5) if kind == "csat" else dice.randint(0, 10),
            answered_at=_instant(dice, first, last),
        )


def _bills(dice, account, first, last):
    for number in range(dice.randint(1, 5)):
        issued = _day(dice, first, last)
        due = issued + timedelta(days=dice.choice([0, 14, 30]))
        paid = due + timedelta(days=dice.choice([-10, -1, 0, 0, 0, 1, 20]))
        Invoice.objects.create(
            account=account,
            external_id=f"{account.external_id}-{first}-{number}",
            amount=1,
            currency="USD",
            issued_on=issued,
            due_on=due,
            paid_on=None if dice.random() < 0.2 else max(paid, issued),
        )


def forget_usage_after(day):
    FeatureDay.objects.filter(day__gt=day).delete()
    UserDay.objects.filter(day__gt=day).delete()
