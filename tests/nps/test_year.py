"""A year of asking equals an oracle written differently.

`SURVEY_CONTACTS=5000 SURVEY_DAYS=366` is the long form.
"""

import os
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from threading import Barrier

import pytest
from django.db import connections

from accounts.models import Account, Contact, Stage, Ticket, WorkCalendar
from cs_platform.lib import clock
from messaging.models import Message
from nps import services
from nps.models import Invitation, OptOut, Survey, SurveySettings
from tenants.scoping import tenant_scope
from tests.factories.tenants import TenantFactory
from tests.nps.simulated import (
    BEGIN,
    LIMITS,
    SURVEYS,
    answers_after,
    comes_back,
    play_to_oracle,
    script_of,
)
from usage.models import Feature, FeatureDay

CONTACTS = int(os.environ.get("SURVEY_CONTACTS", "120"))
DAYS = int(os.environ.get("SURVEY_DAYS", "130"))
SEEDS = [int(seed) for seed in os.environ.get("SURVEY_SEEDS", "1").split(",")]


@pytest.fixture
def schedulers():
    """Starts that many at one instant, each with a connection of its own."""
    with ThreadPoolExecutor(2) as pool:

        def run(number, **what):
            barrier = Barrier(number)

            def one(_):
                barrier.wait()
                services.ask_customers(**what)

            list(pool.map(one, range(number)))

        yield run
        barrier = Barrier(2)

        def leave(_):
            barrier.wait()
            connections.close_all()

        list(pool.map(leave, range(2)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_of_asking_equals_the_oracle(committed, schedulers, seed):
    script = script_of(seed, contacts=CONTACTS, days=DAYS)
    tenant = TenantFactory(timezone=script.zone)
    product = Product(tenant, script)

    product.play(DAYS, schedulers)
    oracle = play_to_oracle(script, product.ids, DAYS)

    if "SURVEY_CONTACTS" in os.environ:
        print(Counter(one.state for one in oracle.invited), oracle.counted)  # noqa: T201 (the long form says what it saw)
    with tenant_scope(tenant.pk):
        assert product.told() == said(oracle)
        assert mails() == expected_mails(oracle)
        assert too_many(tenant) == []
    states = {one.state for one in oracle.invited}
    assert states >= {"answered", "reminded", "expired", "bounced"}
    assert {one.is_late for one in oracle.invited} == {True, False}


class Product:
    """The script as people and programs would tell it to a workspace."""

    def __init__(self, tenant, script):
        self.tenant, self.script, self.ids = tenant, script, {}
        with tenant_scope(tenant.pk):
            WorkCalendar.objects.create(
                country=script.week["country"],
                weekdays=list(script.week["weekdays"]),
                dead_months=list(script.week["dead"]),
                extra_holidays=list(script.week["extra"]),
            )
            SurveySettings.objects.create(
                budget_count=LIMITS["count"],
                budget_days=LIMITS["days"],
                send_from=LIMITS["from"],
                send_to=LIMITS["to"],
            )
            self.feature = Feature.objects.create(name="any")
            for name, rules in SURVEYS.items():
                self.ids[name] = survey_of(name, rules).pk

    def play(self, days, schedulers):
        for n in range(days):
            day = BEGIN + timedelta(days=n)
            with tenant_scope(self.tenant.pk):
                self.react(day)
                for change in self.script.changes[n]:
                    self.happen(change, day)
                self.use(self.script.changes[n], day)
            for at, number in self.script.runs[n]:
                schedulers(number, tenant_id=self.tenant.pk, at=at)

    def react(self, day):
        names = {str(pk): name for name, pk in self.ids.items()}
        open_ones = Invitation.objects.waiting().filter(contact__isnull=False)
        for one in open_ones:
            occasion = ":".join(names.get(p, p) for p in one.occasion.split(":"))
            wait = answers_after(names[str(one.contact_id)], occasion)
            if comes_back(one.address):
                self.end(one, Invitation.State.BOUNCED)
                OptOut.objects.get_or_create(
                    address=one.address,
                    defaults={"reason": "bounced", "at": clock.now()},
                )
            elif wait is not None:
                due = one.sent_at.astimezone(UTC).date() + timedelta(days=wait)
                if due <= day:
                    self.end(one, Invitation.State.ANSWERED)

    def end(self, invitation, state):
        Invitation.objects.filter(pk=invitation.pk).update(state=state)

    def happen(self, change, day):
        getattr(self, f"do_{change.kind}")(change.name, change.values, day)

    def do_account(self, name, values, _day):
        row = Account.objects.create(
            external_id=name,
            name=name,
            tier=values["tier"],
            customer_since=values["since"],
        )
        self.ids[name] = row.pk

    def do_set(self, name, values, _day):
        if "served" in values:
            is_served = values["served"]
            values = {"lifecycle_stage": Stage.ADOPTION if is_served else Stage.CHURNED}
        if "decides" in values:
            values = {"decides_on": values["decides"]}
        Account.objects.filter(pk=self.ids[name]).update(**values)

    def do_use(self, _name, _values, _day):
        """All of a day at once, below: there are many."""

    def use(self, changes, day):
        FeatureDay.objects.bulk_create(
            FeatureDay(
                tenant=self.tenant,
                account_id=self.ids[change.name],
                day=day,
                feature=self.feature,
                events=2,
                users=1,
            )
            for change in changes
            if change.kind == "use"
        )

    def do_contact(self, name, values, _day):
        row = Contact.objects.create(
            external_id=name,
            name=name,
            account_id=self.ids[values["account"]],
            email=values["email"],
            roles=sorted(values["roles"]),
        )
        self.ids[name] = row.pk

    def do_person(self, name, values, _day):
        if "roles" in values:
            values = {"roles": sorted(values["roles"])}
        Contact.objects.filter(external_id=name).update(**values)

    def do_leave(self, name, _values, _day):
        for contact in Contact.objects.filter(external_id=name):
            OptOut.objects.get_or_create(
                address=contact.email.lower(),
                defaults={"reason": "unsubscribed", "at": clock.now()},
            )

    def do_remove(self, name, _values, _day):
        for contact in Contact.objects.filter(external_id=name):
            contact.delete()

    def do_ticket(self, name, values, _day):
        for contact in Contact.objects.filter(external_id=values["who"]):
            row = Ticket.objects.create(
                external_id=name,
                account_id=contact.account_id,
                requester=contact,
                subject=name,
                status="solved",
                opened_at=values["solved"],
                solved_at=values["solved"],
            )
            self.ids[name] = row.pk

    def do_reopen(self, name, _values, _day):
        Ticket.objects.filter(external_id=name).update(status="open", solved_at=None)

    def do_on(self, name, _values, day):
        survey = Survey.objects.get(key=name)
        services.switch_on(survey, on=day, by=None)

    def do_off(self, name, _values, _day):
        services.switch_off(Survey.objects.get(key=name), by=None)

    def do_send(self, name, values, day):
        survey = Survey.objects.get(key=values["survey"])
        if survey.is_on:
            send = services.send_survey(
                survey, segment={"tiers": list(values["tiers"])}, starts_on=day, by=None
            )
            self.ids[name] = send.pk

    def told(self):
        names = {str(pk): name for name, pk in self.ids.items()}
        rows = Invitation.objects.select_related("survey")
        return sorted(
            map(
                str,
                [
                    (
                        one.survey.key,
                        names.get(str(one.contact_id)),
                        ":".join(names.get(p, p) for p in one.occasion.split(":")),
                        one.address if one.sent_at else "",
                        one.sent_at,
                        one.reminded_at,
                        one.is_late,
                        one.why_not,
                        one.state,
                        one.planned_on,
                    )
                    for one in rows
                ],
            )
        )


def survey_of(name, rules):
    survey = Survey.objects.create(
        name=name,
        key=name,
        kind=rules["kind"],
        starts_after_days=list(rules["starts"]),
        then_every_days=rules["every"],
        after_ticket=rules["ticket"],
        before_decision_days=rules["decision"],
        spread_days=rules["spread"],
        lapses_after_days=rules["lapses"],
        roles=sorted(rules["roles"]),
        tiers=sorted(rules["tiers"]),
        minimum_use_days=rules["use"],
        wait_days=rules["wait"],
        wait_any_days=rules["wait_any"],
        reminder_after_days=rules["remind"],
        expires_after_days=rules["expires"],
    )
    if survey.kind == "free":
        survey.questions.create(position=1, label={"en": "What is missing?"})
    return survey


def said(oracle):
    return sorted(
        map(
            str,
            [
                (
                    one.survey,
                    one.contact,
                    one.occasion,
                    one.address if one.at else "",
                    one.at,
                    one.reminded,
                    one.is_late,
                    one.why,
                    one.state,
                    one.planned,
                )
                for one in oracle.invited
            ],
        )
    )


def mails():
    return Counter(Message.objects.values_list("kind", flat=True))


def expected_mails(oracle):
    return Counter(
        {
            "survey.invitation": sum(one.at is not None for one in oracle.invited),
            "survey.reminder": sum(one.reminded is not None for one in oracle.invited),
        }
    )


def too_many(tenant):
    """Who was asked more often than the budget says in any stretch of its days."""
    days = defaultdict(list)
    for one in Invitation.objects.asked().order_by("sent_at"):
        days[one.address].append(clock.day_of(one.sent_at, tenant.timezone))
    span = LIMITS["count"]
    return [
        address
        for address, asked in days.items()
        for first, last in zip(asked, asked[span:], strict=False)
        if (last - first).days < LIMITS["days"]
    ]
