"""What the planner works with, read for the tenant in scope: a few queries a survey.

People and their accounts are read apart and put together here: right after an import
the database has not counted them yet, and would join thousands with thousands row by row.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.models import Account, Contact, Stage, Ticket
from accounts.queries import calendar
from accounts.queries.activity import active_days
from cs_platform.lib import clock
from nps import planning
from nps.models import Invitation, OptOut, Survey, SurveySettings
from nps.planning import Asked, Case, Limits, Occasion, Person, Rules, SendingDays

# Days since the start: no customer is older.
LONGEST = 50 * 365
# What a person is made of: of the contact and of its account.
CONTACT = ("pk", "email", "roles", "account_id")
ACCOUNT = ("pk", "tier", "lifecycle_stage", "archived_at")


@dataclass(frozen=True)
class Plan:
    """Everything that may be asked about up to a day, and what was asked before."""

    cases: list[Case]
    asked: dict[str, list[Asked]]
    days: SendingDays


def limits_of(settings: SurveySettings) -> Limits:
    return Limits(
        budget_count=settings.budget_count,
        budget_days=settings.budget_days,
        sends_on_weekends=settings.sends_on_weekends,
        sends_in_dead_months=settings.sends_in_dead_months,
    )


def rules_of(survey: Survey, on: date) -> Rules:
    """The rules of a survey; one that is not on is read as if it were from `on`."""
    return Rules(
        survey=survey.pk,
        kind=survey.kind,
        on_since=(survey.is_on and survey.on_since) or on,
        starts_after_days=tuple(survey.starts_after_days),
        then_every_days=survey.then_every_days,
        after_ticket=survey.after_ticket,
        before_decision_days=survey.before_decision_days,
        spread_days=survey.spread_days,
        lapses_after_days=survey.lapses_after_days,
        roles=frozenset(survey.roles),
        tiers=frozenset(survey.tiers),
        minimum_use_days=survey.minimum_use_days,
        wait_days=survey.wait_days,
        wait_any_days=survey.wait_any_days,
    )


def plan_of(surveys, *, settings, zone: str, on: date, until: date | None = None):
    """What these surveys have to ask about up to `until` (`on` without), each occasion
    that was not asked about yet and has not lapsed for certain."""
    days = SendingDays(calendar(), limits_of(settings))
    cases = []
    for survey in surveys:
        rules = rules_of(survey, on)
        found = Finder(rules, days, zone, on, until or on)
        cases += found.cases()
    cases = _with_people(cases, on)
    return Plan(cases, asked_before(cases, days.limits, zone, on), days)


def plan_of_send(survey, people, *, settings, zone: str, on: date) -> Plan:
    """The same for a survey that would be sent to these contacts by hand, from `on`."""
    days = SendingDays(calendar(), limits_of(settings))
    rules = rules_of(survey, on)
    occasion = Occasion(planning.HAND, planning.HAND, on)
    found = [
        planning.case_of(rules, person, occasion, days)
        for person in _persons(people.order_by("pk"))
    ]
    cases = _with_people([one for one in found if one is not None], on)
    return Plan(cases, asked_before(cases, days.limits, zone, on), days)


def speaks_against(survey, contact, *, settings, zone: str, on: date) -> str:
    """What speaks against asking this person now, whatever the occasion; empty: nothing."""
    limits = limits_of(settings)
    occasion = Occasion(
        f"{Invitation.Reason.SNIPPET}:{on}", Invitation.Reason.SNIPPET, on
    )
    person = _person(contact, contact.account)
    case = Case(rules_of(survey, on), person, occasion, on, on)
    (case,) = _with_people([case], on)
    asked = asked_before([case], limits, zone, on)
    return planning.against(case, on, asked.get(case.person.address, []), limits)


def asked_before(cases, limits, zone, on) -> dict[str, list[Asked]]:
    """When the people of the cases were asked what, as far back as any rule looks."""
    longest = max(
        [limits.budget_days]
        + [max(one.rules.wait_days, one.rules.wait_any_days) for one in cases]
    )
    since = clock.start_of(on - timedelta(days=longest), zone)
    addresses = {one.person.address for one in cases}
    rows = Invitation.objects.asked().filter(address__in=addresses, sent_at__gte=since)
    asked = defaultdict(list)
    for address, kind, at in rows.values_list("address", "survey__kind", "sent_at"):
        asked[address].append(Asked(kind, clock.day_of(at, zone)))
    return asked


class Finder:
    """The occasions of one survey."""

    def __init__(self, rules, days, zone, on, until):
        self.rules, self.days, self.zone, self.until = rules, days, zone, until
        self.since = planning.earliest(rules, days, on)

    def cases(self) -> list[Case]:
        """Each person with each occasion; the person's use and wishes still to come."""
        pairs = [*self._milestones(), *self._decisions(), *self._tickets()]
        done = self._done()
        cases = [
            planning.case_of(self.rules, person, occasion, self.days)
            for person, occasion in pairs
            if (person.contact, occasion.key) not in done
        ]
        return [one for one in cases if one is not None] + self._planned()

    def _milestones(self):
        rules = self.rules
        spans = self._starts()
        if not spans:
            return
        started = reduce(or_, (Q(customer_since__range=of) for of in spans))
        for person, account in self._people_of(started):
            since = account.customer_since
            ages = range((self.since - since).days, (self.until - since).days + 1)
            for key, reason, age in planning.milestones(rules, ages):
                on = since + timedelta(days=age)
                yield person, Occasion(key, reason, on)

    def _starts(self):
        """The spans of days on which customers of a milestone started."""
        oldest = range(LONGEST)
        ages = {age for _key, _reason, age in planning.milestones(self.rules, oldest)}
        spans = []
        for age in sorted(ages):
            first, last = (
                day - timedelta(days=age) for day in (self.since, self.until)
            )
            if spans and last >= spans[-1][0]:
                first, last = first, spans.pop()[1]
            spans.append((first, last))
        return spans

    def _decisions(self):
        before = self.rules.before_decision_days
        if before is None:
            return
        ahead = timedelta(days=before)
        due = Q(decides_on__range=(self.since + ahead, self.until + ahead))
        for person, account in self._people_of(due):
            day = account.decides_on
            occasion = Occasion(
                f"{planning.DECISION}:{account.pk}:{day}",
                planning.DECISION,
                day - ahead,
                ends_on=day - planning.DAY,
            )
            yield person, occasion

    def _tickets(self):
        if not self.rules.after_ticket:
            return
        span = (
            clock.start_of(self.since, self.zone),
            clock.end_of(self.until, self.zone),
        )
        solved = Ticket.objects.filter(
            solved_at__gte=span[0], solved_at__lt=span[1], requester__isnull=False
        )
        tickets = list(solved.values_list("pk", "solved_at", "requester_id"))
        asking = self._contacts().filter(pk__in={one[2] for one in tickets})
        people = {
            person.contact: person
            for person in _persons(asking)
            if person.is_current
            and (not self.rules.tiers or person.tier in self.rules.tiers)
        }
        for ticket, solved_at, who in tickets:
            if who in people:
                on = clock.day_of(solved_at, self.zone)
                occasion = Occasion(f"{planning.TICKET}:{ticket}", planning.TICKET, on)
                yield people[who], occasion

    def _people_of(self, accounts):
        """Those the survey is for, each with their account, of these that are served."""
        rules = self.rules
        found = Account.objects.filter(accounts, archived_at=None)
        found = found.exclude(lifecycle_stage=Stage.CHURNED)
        if rules.tiers:
            found = found.filter(tier__in=sorted(rules.tiers))
        columns = (*ACCOUNT, "customer_since", "decides_on")
        of = {row.pk: row for row in found.values_list(*columns, named=True)}
        for row in _rows(self._contacts().filter(account__in=of)):
            yield _person(row, of[row.account_id]), of[row.account_id]

    def _contacts(self):
        """Those who can be written to, in a role of the survey."""
        contacts = Contact.objects.exclude(email="").order_by()
        if self.rules.roles:
            contacts = contacts.filter(roles__overlap=sorted(self.rules.roles))
        return contacts

    def _done(self):
        """What there is an invitation for, sent or planned."""
        rows = Invitation.objects.filter(
            survey=self.rules.survey, occurred_on__gte=self.since
        )
        return set(rows.values_list("contact_id", "occasion"))

    def _planned(self):
        """What a person has sent and is still to go out."""
        planned = Invitation.objects.filter(
            survey=self.rules.survey,
            state=Invitation.State.PLANNED,
            planned_on__lte=self.until,
        ).prefetch_related("contact__account")
        return [self._planned_case(one) for one in planned]

    def _planned_case(self, invitation):
        contact = invitation.contact
        occasion = Occasion(invitation.occasion, planning.HAND, invitation.occurred_on)
        return Case(
            self.rules,
            _person(contact, contact.account) if contact else _nobody(invitation),
            occasion,
            invitation.planned_on,
            invitation.lapses_on,
            invitation,
        )


def _rows(contacts):
    return contacts.values_list(*CONTACT, named=True)


def _persons(contacts):
    rows = list(_rows(contacts))
    accounts = Account.objects.filter(pk__in={row.account_id for row in rows})
    of = {row.pk: row for row in accounts.values_list(*ACCOUNT, named=True)}
    # One that was removed between the two queries takes its people with it.
    return [_person(row, of[row.account_id]) for row in rows if row.account_id in of]


def _person(contact, account) -> Person:
    return Person(
        contact=contact.pk,
        address=contact.email.lower(),
        roles=frozenset(contact.roles),
        tier=account.tier,
        is_current=account.archived_at is None
        and account.lifecycle_stage != Stage.CHURNED,
        account=account.pk,
    )


def _nobody(invitation) -> Person:
    """The contact was removed after it was planned."""
    return Person(None, "", is_current=False, account=invitation.account_id)


def _with_people(cases, on):
    """The cases with what is asked once for all of them: use, and who wants no mail."""
    left = set(
        OptOut.objects.filter(
            address__in={one.person.address for one in cases}
        ).values_list("address", flat=True)
    )
    measured = {one.person.account for one in cases if one.rules.minimum_use_days}
    used = active_days(measured, on=on) if measured else {}
    return [one.told(one.person.address in left, used) for one in cases]
