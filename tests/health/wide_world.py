"""The random world with everything that signals read: more of each kind of fact."""

import random
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from accounts.models import Contact, Contract, ExchangeRate, Ticket
from health.models import Sentiment
from nps.models import Response
from tests.factories.health import in_slots
from tests.health import world
from usage.models import Feature, FeatureDay, Link, Person, UserDay

ROLES = ["decision_maker", "champion", "user", "billing"]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def fill(seed, *, accounts, on):
    """Accounts with facts of every kind in the year up to a day."""
    dice = random.Random(seed)
    first = on - timedelta(days=365)
    made = world.fill(seed, accounts=accounts, on=on)
    Feature.objects.filter(name__in=("report", "Signed in")).update(is_key=seed % 2)
    Feature.objects.filter(name="export").update(is_error=True)
    for day in (first, on - timedelta(days=100)):
        ExchangeRate.objects.create(
            currency="EUR", rate=Decimal(dice.randint(50, 200)) / 100, valid_from=day
        )
    for account in made:
        add_facts(dice, account, first, on)
    return made


def add_facts(dice, account, first, last):
    """What the smaller world lacks, within the days given."""
    _events(dice, account, first, last)
    _money(dice, account, first, last)
    _voices(dice, account, first, last)
    for number in range(dice.choice([0, 1, 3])):
        _contact(dice, account, first, last, number)
    for _ in range(dice.choice([0, 1, 3])):
        Sentiment.objects.create(
            account=account, level=dice.randint(1, 5), at=instant(dice, first, last)
        )


def instant(dice, first, last):
    day = world._day(dice, first, last)
    at = time(dice.randrange(24), dice.randrange(60), dice.randrange(60), tzinfo=UTC)
    return datetime.combine(day, at)


def _events(dice, account, first, last):
    days = FeatureDay.objects.filter(account=account, day__range=(first, last))
    for row in days:
        days.filter(day=row.day, feature=row.feature_id).update(
            events=dice.choice([1, 2, 5, 40])
        )


def _money(dice, account, first, last):
    for contract in Contract.objects.filter(
        account=account, starts_on__range=(first, last)
    ):
        contract.starts_on -= timedelta(days=dice.choice([0, 60, 200]))
        contract.starts_on = max(contract.starts_on, first)
        contract.mrr = dice.choice([0, 100, 100, 250])
        contract.currency = dice.choices(["USD", "EUR", "GBP"], [6, 3, 1])[0]
        contract.notice_days = dice.choice([0, 30])
        contract.save()


def _voices(dice, account, first, last):
    for ticket in Ticket.objects.filter(
        account=account, opened_at__date__range=(first, last)
    ):
        ticket.tone = dice.choice([None, -2, -1, 0, 1, 2])
        ticket.csat = dice.choice([None, 1, 3, 4, 5])
        ticket.save()


def _contact(dice, account, first, last, number):
    """Somebody seen in the product by this or that, or who answered, or neither."""
    name = f"{account.external_id}-{first}-{number}"
    by = dice.choice(["id", "email", "told", "link", "answer", "nothing"])
    ref = f"u-{number}"
    contact = Contact.objects.create(
        account=account,
        external_id={"id": ref, "link": f"crm-{name}"}.get(by, name)
        + ("" if by != "id" else f"@{name}"),
        name=name,
        email=f"{name}@Customer.example",
        roles=dice.sample(ROLES, dice.choice([0, 1, 2])),
    )
    made_at = dice.choice([LONG_AGO, instant(dice, first, last)])
    Contact.objects.filter(pk=contact.pk).update(created_at=made_at)
    person = {
        "id": contact.external_id,
        "email": contact.email.lower(),
        "told": f"opaque-{name}",
        "link": f"end-{name}",
    }.get(by)
    told = {"occurred_at": LONG_AGO, "received_at": LONG_AGO, "message_key": contact.pk}
    tenant = {"tenant_id": account.tenant_id}
    if by == "told":
        Person.objects.create(**tenant, ref=person, email=contact.email.upper(), **told)
    if by == "link":
        Link.objects.create(
            **tenant, ref=contact.external_id, means=person, person=person, **told
        )
    if by == "answer":
        Response.objects.create(
            account=account,
            contact=contact,
            kind="nps",
            score=dice.randint(0, 10),
            answered_at=instant(dice, first, last),
        )
    if person:
        days = {world._day(dice, first, last) for _ in range(2)}
        # Of one in three, for how long is not known.
        slots = dice.choice([None, in_slots(3), in_slots(3, 4)])
        UserDay.objects.bulk_create(
            UserDay(
                **tenant,
                account=account,
                day=day,
                user_ref=person,
                events=1,
                slots=slots,
            )
            for day in days
        )
