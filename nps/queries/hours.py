"""When letters of surveys go out: within the sending hours of the sending days."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.queries import calendar
from nps.models import SurveySettings
from nps.planning import SendingDays
from nps.queries.letters import invitation_of
from nps.queries.planning import limits_of
from tenants.models import Tenant

DAY = timedelta(days=1)


def is_open(settings: SurveySettings, at: datetime, zone: str) -> bool:
    """Whether mail goes out at this hour of the workspace; of the day nothing is said."""
    hour = at.astimezone(ZoneInfo(zone)).hour
    return settings.send_from <= hour < settings.send_to


def opens_at(message, at: datetime) -> datetime | None:
    """When the letter of a message may go out that may not now; None: now.

    A letter can wait in the outbox until the hours are over, or for a server.
    """
    invitation = invitation_of(message)
    if invitation is None:
        return None
    settings = SurveySettings.objects.first() or SurveySettings()
    days = SendingDays(calendar(), limits_of(settings))
    zone = Tenant.objects.get(pk=message.tenant_id).timezone
    local = at.astimezone(ZoneInfo(zone))
    day = local.date()
    if days.allow(day, invitation.reason) and is_open(settings, at, zone):
        return None
    if local.hour >= settings.send_from:
        day += DAY
    # Where no sending day comes it is asked again tomorrow: settings may change.
    day = days.nth(day, 0, invitation.reason) or day + DAY
    return datetime.combine(day, time(settings.send_from), ZoneInfo(zone)).astimezone(
        UTC
    )
