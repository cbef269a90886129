"""Nothing that happens after a day changes what is read as of it."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F

from accounts.models import Contact, Contract, ExchangeRate, Invoice, Ticket
from health.models import Sentiment
from health.queries.reading import moment, read
from health.signals import SIGNALS
from nps.models import Response
from tests.factories.health import in_slots
from tests.factories.usage import IngestBatchFactory, SourceFactory
from tests.health import wide_world, world
from tests.health.test_reading import some_readings
from usage.models import FeatureDay, Source, UserDay

NOW = datetime(2026, 5, 15, 20, 30, tzinfo=UTC)
THEN = date(2026, 4, 10)
MIDNIGHT = datetime(2026, 4, 11, tzinfo=UTC)
LATER = NOW - timedelta(days=3)


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def as_of_then(tenant, pks, readings):
    return read(pks, readings, moment(tenant, THEN))


def alter_everything_later(dice, accounts):
    """Facts of later are made, changed and unmade; facts of before get their sequel."""
    _usage(dice)
    _tickets(dice)
    _answers(dice)
    _money(dice)
    for sentiment in Sentiment.objects.filter(at__gte=MIDNIGHT):
        sentiment.level = 6 - sentiment.level
        sentiment.save()
    Contact.objects.filter(created_at__gte=MIDNIGHT).delete()
    for account in accounts:
        if dice.random() < 0.9:
            first, last = THEN + timedelta(days=1), NOW.date()
            world.add_facts(dice, account, first, last)
            wide_world.add_facts(dice, account, first, last)


def _usage(dice):
    for model in (FeatureDay, UserDay):
        model.objects.filter(day__gt=THEN).update(events=F("events") * 7)
        model.objects.filter(day__gt=THEN, events__gt=50).delete()
    UserDay.objects.filter(day__gt=THEN).update(slots=in_slots(*range(200)))
    for source in Source.objects.all():
        Source.objects.filter(pk=source.pk).update(last_event_at=NOW)
        IngestBatchFactory(source=source, received_at=LATER)


def _tickets(dice):
    Ticket.objects.filter(opened_at__gte=MIDNIGHT).delete()
    # Solved later, or opened again later: they were open then, and are.
    for ticket in Ticket.objects.filter(opened_at__lt=MIDNIGHT):
        if ticket.solved_at is None or ticket.solved_at >= MIDNIGHT:
            is_solved = dice.random() < 0.5
            ticket.status = "solved" if is_solved else "open"
            ticket.solved_at = LATER if is_solved else None
            ticket.save()


def _answers(dice):
    for answer in Response.objects.filter(answered_at__gte=MIDNIGHT):
        answer.score = dice.randint(1, 5)
        answer.answered_at = dice.choice([MIDNIGHT, LATER])
        answer.save()


def _money(dice):
    Contract.objects.filter(starts_on__gt=THEN).delete()
    for contract in Contract.objects.filter(ends_on__gt=THEN):
        days = dice.choice([1, 10, 500])
        contract.ends_on = dice.choice([None, THEN + timedelta(days=days)])
        contract.save()
    Invoice.objects.filter(issued_on__gt=THEN).delete()
    for bill in Invoice.objects.all():
        if bill.paid_on is None or bill.paid_on > THEN:
            bill.paid_on = dice.choice([None, THEN + timedelta(days=1)])
            bill.save()
    ExchangeRate.objects.filter(valid_from__gt=THEN).update(rate=F("rate") * 3)
    ExchangeRate.objects.create(
        currency="GBP", rate=9, valid_from=THEN + timedelta(days=1)
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_no_reading_of_a_past_day_knows_what_came_after(in_tenant, seed):
    dice = random.Random(seed)
    accounts = wide_world.fill(seed, accounts=20, on=NOW.date())
    _sources(seed)
    pks = [account.pk for account in accounts]
    readings = [one for one in some_readings(dice) if SIGNALS[one.signal].is_dated]
    before = as_of_then(in_tenant, pks, readings)
    today = read(pks, readings, moment(in_tenant, NOW.date()))

    alter_everything_later(dice, accounts)

    assert as_of_then(in_tenant, pks, readings) == before
    # It was not for want of being read: today every one of them has changed.
    changed = read(pks, readings, moment(in_tenant, NOW.date()))
    unmoved = {
        one.signal
        for one in readings
        if all(today[pk][one] == changed[pk][one] for pk in pks)
    }
    assert unmoved == set()


def _sources(seed):
    """One that fell silent before, in half of the worlds, and speaks again later."""
    heard_at = MIDNIGHT - timedelta(days=9 if seed % 2 else 1)
    source = SourceFactory(last_event_at=heard_at)
    IngestBatchFactory(source=source, received_at=heard_at)
    Source.objects.update(created_at=MIDNIGHT - timedelta(days=200))


def test_what_is_kept_only_as_it_is_today_says_so():
    undated = {key for key, signal in SIGNALS.items() if not signal.is_dated}

    assert undated == {
        "champion_quiet",
        "critical_tickets",
        "days_to_decision",
        "decision_maker",
        "single_thread",
        "ticket_csat",
        "ticket_tone",
    }
