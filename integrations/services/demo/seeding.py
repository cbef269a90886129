"""Writes the story of a demo workspace through the same services as everybody else.

Safe to stop and to repeat: facts go by external id, events by message id, and the day
on which the story was begun is kept until it is told to its end.
"""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import msgspec

from accounts.models import Contact
from accounts.services import (
    ACCOUNTS,
    CONTACTS,
    CONTRACTS,
    INVOICES,
    NOTES,
    TICKETS,
    save_items,
)
from cs_platform.lib import clock
from health.services import recompute_tenant
from integrations.services.demo import facts, judgements, story
from integrations.services.demo.answers import answer
from integrations.services.demo.cast import Stage
from integrations.services.demo.growth import grow
from integrations.services.demo.pipeline import play_renewals
from integrations.services.demo.reviews import review
from integrations.services.demo.turns import turns
from nps.services import record_responses
from tenants.models import Role, Tenant, User
from tenants.scoping import tenant_scope
from tenants.services import (
    add_member,
    change_member,
    create_tenant,
    create_user,
)
from usage.decoding import bodies
from usage.models import Feature, Source
from usage.services.doors import create_source, door_of
from usage.services.ingest import take_in
from usage.services.running import roll_up_tenant

CHUNK = 1000
SOURCE = "Web app"
# How often a score is told of the past: each day lately, each week before.
DAILY, WEEKLY = 35, 7

Say = Callable[[str], None]


def ensure_workspace(stage: Stage, *, password: str) -> Tenant:
    """The workspace with its people and its source; safe to repeat."""
    tenant = Tenant.objects.filter(slug=stage.slug).first() or create_tenant(
        stage.slug,
        name=stage.name,
        timezone=stage.timezone,
        currency=stage.currency,
        language=stage.language,
    )
    with tenant_scope(tenant.pk):
        for name, email, role in stage.people:
            user = User.objects.filter(email=email).first()
            user = user or create_user(email, name=name, password=password)
            add_member(tenant, user=user, role=role)
        _name_the_lead(tenant)
        if not Source.objects.filter(name=SOURCE).exists():
            create_source(name=SOURCE)
    return tenant


def _name_the_lead(tenant):
    lead = tenant.memberships.get(role=Role.LEAD)
    for member in tenant.memberships.filter(role=Role.CSM, reports_to=None):
        change_member(member, by=lead.user, reports_to=lead)


def write_key(tenant: Tenant) -> str:
    with tenant_scope(tenant.pk):
        return Source.objects.get(name=SOURCE).write_key


def tell(stage: Stage, tenant: Tenant, *, today: date, say: Say) -> None:
    """Eighteen months of one workspace, up to today. Opens its scope itself."""
    companies = story.companies(stage, today)
    say(f"{stage.name}: {len(companies)} customers and what the books say of them")
    _write_books(stage, tenant, companies, today)
    say(f"{stage.name}: eighteen months of usage")
    _write_usage(stage, tenant, companies, today)
    say(f"{stage.name}: scores of the past")
    with tenant_scope(tenant.pk):
        judgements.give_cards(stage)
        judgements.tell_feelings(stage, companies, today)
    for age in _past():
        recompute_tenant(tenant.pk, on=today - timedelta(days=age))
    say(f"{stage.name}: renewals and reminders")
    play_renewals(stage, tenant, companies, today)
    _say_who_left(stage, tenant, companies, today)
    with tenant_scope(tenant.pk):
        judgements.override_some(stage, companies, today)
    recompute_tenant(tenant.pk, on=today)
    grow(stage, tenant, today)
    answer(stage, tenant, today)
    review(stage, tenant, today)


def _past():
    """How many days ago the scores are told of, oldest first, without today."""
    weekly = range(DAILY + WEEKLY, story.HISTORY - 30, WEEKLY)
    return [*reversed(weekly), *range(DAILY, 0, -1)]


def _write_books(stage, tenant, companies, today):
    books = {
        ACCOUNTS: [
            # Who has left is a customer until the story has come that far.
            facts.account(one, stage, today)
            | ({"lifecycle_stage": "adoption"} if one.left_on else {})
            for one in companies
        ],
        CONTACTS: [item for one in companies for item in facts.contacts(one)],
    }
    for kind, pages in (
        (CONTRACTS, facts.contracts),
        (INVOICES, facts.invoices),
        (TICKETS, facts.tickets),
        (NOTES, facts.notes),
    ):
        books[kind] = [item for one in companies for item in pages(one, stage, today)]
    books[CONTRACTS] += [turn for one in companies for turn in turns(one, stage, today)]
    for kind, items in books.items():
        _save(tenant, items, lambda chunk, kind=kind: save_items(kind, chunk))
    with tenant_scope(tenant.pk):
        _know_contacts_since(stage, companies)
    answers = [item for one in companies for item in facts.responses(one, stage, today)]
    _save(tenant, answers, record_responses)


def _know_contacts_since(stage, companies):
    """Whom we know, we know from the first day: backtests ask whom we knew then."""
    for company in companies:
        contacts = Contact.objects.filter(account__external_id=company.external_id)
        met_at = clock.start_of(company.since, stage.timezone)
        contacts.filter(created_at__gt=met_at).update(created_at=met_at)


def _save(tenant, items, save):
    for start in range(0, len(items), CHUNK):
        with tenant_scope(tenant.pk):
            results = save(items[start : start + CHUNK])
        bad = [result for result in results if result.errors]
        if bad:
            raise ValueError(f"the story does not fit the books: {bad[0].errors}")


def _say_who_left(stage, tenant, companies, today):
    items = [facts.account(one, stage, today) for one in companies]
    _save(tenant, items, lambda chunk: save_items(ACCOUNTS, chunk))


def _write_usage(stage, tenant, companies, today):
    door, now, waiting = door_of(write_key(tenant)), clock.now(), []
    for age in range(story.HISTORY, -1, -1):
        day = today - timedelta(days=age)
        for company in companies:
            waiting += messages(company, day, today, stage.timezone, until=now)
        while len(waiting) >= 2 * CHUNK or (age == 0 and waiting):
            batch, waiting = waiting[: 2 * CHUNK], waiting[2 * CHUNK :]
            body = msgspec.json.encode({"batch": batch})
            take_in(door, bodies.read(body, kind=None), kind=None, at=clock.now())
    roll_up_tenant(tenant.pk, wait=True)
    with tenant_scope(tenant.pk):
        Feature.objects.filter(name__in=stage.key_features).update(is_key=True)
        Feature.objects.filter(name=stage.error_feature).update(is_error=True)


def messages(
    company: story.Company, day: date, today: date, zone: str, *, until: datetime
) -> list[dict]:
    """The events of a customer on a day, as its product would have sent them."""
    draw = random.Random(company.seed ^ day.toordinal() ^ 23)
    midnight = clock.start_of(day, zone)
    found = []
    for person, feature, times in story.usage(company, day, today):
        for _time in range(times):
            at = midnight + timedelta(minutes=draw.randint(8 * 60, 19 * 60))
            if at <= until:
                found.append(
                    message(company, person, feature, at, f"{len(found)}-{day}")
                )
    return found


def message(company, person, feature, at, number) -> dict:
    """One event in the form of the Segment-compatible libraries."""
    return {
        "type": "track",
        "event": feature,
        "userId": person.email,
        "messageId": f"demo-{company.external_id}-{number}",
        "timestamp": at.isoformat(),
        "context": {"groupId": company.external_id},
        "properties": {"plan": company.plan},
    }
