"""Who will be asked in the week to come, as things stand, and who not and why."""

from dataclasses import dataclass
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
    """What is foreseen of one person, with the rows a page shows of it."""

    foreseen: Foreseen
    survey: Survey
    contact: Contact | None

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
    return _with_contacts(told, surveys, accounts)


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
    return _with_contacts(told, [survey], accounts)


def _workspace():
    return {
        "settings": SurveySettings.objects.first() or SurveySettings(),
        "zone": Tenant.objects.get(pk=current_tenant_id()).timezone,
    }


def _with_contacts(told, surveys, accounts):
    by_key = {survey.pk: survey for survey in surveys}
    contacts = {
        row.pk: row
        for row in Contact.objects.filter(
            pk__in={one.case.person.contact for one in told} - {None},
            account__in=accounts,
        )
        .select_related("account")
        # Of thousands: what is shown, and no more.
        .only("name", "account", "account__name")
    }
    return [
        Ahead(one, by_key[one.case.rules.survey], contacts[one.case.person.contact])
        for one in told
        if one.case.person.contact in contacts
    ]
