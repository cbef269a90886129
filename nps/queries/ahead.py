"""Who will be asked in the week to come, as things stand, and who not and why."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import Contact
from accounts.queries import today
from nps import planning
from nps.models import Survey, SurveySettings
from nps.planning import Foreseen
from nps.queries.planning import plan_of
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
    def why(self):
        return self.foreseen.why


def ahead(surveys, *, accounts) -> list[Ahead]:
    """The next seven days of these surveys, of people at these accounts; by day, then
    those who are not asked. A draft is read as if it were on from today."""
    on = today()
    span = [on + timedelta(days=n) for n in range(DAYS)]
    settings = SurveySettings.objects.first() or SurveySettings()
    zone = Tenant.objects.get(pk=current_tenant_id()).timezone
    plan = plan_of(surveys, settings=settings, zone=zone, on=on, until=span[-1])
    told = planning.foresee(plan.cases, span, plan.asked, plan.days)
    by_key = {survey.pk: survey for survey in surveys}
    contacts = {
        row.pk: row
        for row in Contact.objects.filter(
            pk__in={one.case.person.contact for one in told} - {None},
            account__in=accounts,
        ).select_related("account")
    }
    return [
        Ahead(one, by_key[one.case.rules.survey], contacts[one.case.person.contact])
        for one in told
        if one.case.person.contact in contacts
    ]
