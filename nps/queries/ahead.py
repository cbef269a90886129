"""Who will be asked in the week to come, as things stand, and who not and why."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from accounts.models import Contact
from accounts.queries import today
from nps import foresight
from nps.foresight import Foreseen
from nps.models import Survey, SurveySettings
from nps.queries.planning import plan_of, plan_of_send
from nps.queries.segments import people_of
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

DAYS = 7


@dataclass(frozen=True)
class Ahead:
    """What is foreseen of one person; with the contact where a page shows it."""

    foreseen: Foreseen
    survey: Survey
    contact: Contact | None = None

    @property
    def on(self):
        return self.foreseen.on

    @property
    def has_to_wait(self):
        """Asked, but not on the day that was theirs."""
        return self.on is not None and self.on > self.foreseen.case.planned_on

    @property
    def why(self):
        return self.foreseen.why


def ahead(surveys, *, accounts) -> list[Ahead]:
    """The next seven days of these surveys, of people at these accounts; by day, then
    those who are not asked. A draft is read as if it were on from today."""
    on = today()
    span = [on + timedelta(days=n) for n in range(DAYS)]
    plan = plan_of(surveys, **_workspace(), on=on, until=span[-1])
    told = foresight.foresee(plan.cases, span, plan.asked, plan.days)
    return _at(accounts, told, surveys)


def sent_ahead(
    survey: Survey, segment: dict, *, starts_on: date, accounts
) -> list[Ahead]:
    """What becomes of each person of a segment if it is sent to them now, by hand.

    Their days are not yet those that follow from the sending itself; whether they are
    asked before it is too late is.
    """
    people = people_of(segment)
    plan = plan_of_send(survey, people, **_workspace(), on=starts_on)
    told = foresight.foresee(
        plan.cases, foresight.turns(plan.cases, plan.days), plan.asked, plan.days
    )
    return _at(accounts, told, [survey])


def with_contacts(rows: list[Ahead]) -> list[Ahead]:
    """The same rows with their contacts and accounts: of those shown, for of thousands
    a page shows hundreds. One query."""
    contacts = (
        Contact.objects.select_related("account")
        .only("name", "account", "account__name")
        .in_bulk({one.foreseen.case.person.contact for one in rows})
    )
    return [
        replace(one, contact=contacts[one.foreseen.case.person.contact])
        for one in rows
        if one.foreseen.case.person.contact in contacts
    ]


def _workspace():
    return {
        "settings": SurveySettings.objects.first() or SurveySettings(),
        "zone": Tenant.objects.get(pk=current_tenant_id()).timezone,
    }


def _at(accounts, told, surveys):
    """Of the people at these accounts who are still there."""
    by_key = {survey.pk: survey for survey in surveys}
    seen = set(accounts.order_by().values_list("pk", flat=True))
    return [
        Ahead(one, by_key[one.case.rules.survey])
        for one in told
        if one.case.person.contact is not None and one.case.person.account in seen
    ]
