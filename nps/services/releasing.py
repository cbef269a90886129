"""Anonymous answers are shown five at a time, so that none can be told from the rest."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from cs_platform.lib import clock
from nps.models import Response, Survey
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

AT_ONCE = 5


def veil(response: Response) -> None:
    """Take from an anonymous answer what would tell who gave it: its exact instants,
    and the language it was asked in (of five, one speaks Russian) unless its words say.

    Its id has to be one without time: see `nobodys_id`.
    """
    response.changed_at = None
    if not response.comment:
        response.language = ""
    if response.released_at is None:
        response.answered_at = _day_of(response.answered_at)
    Response.objects.filter(pk=response.pk).update(
        changed_at=None,
        language=response.language,
        answered_at=response.answered_at,
        created_at=response.answered_at,
    )


def nobodys_id() -> UUID:
    """A key that says nothing: those of other rows tell the millisecond."""
    return uuid4()


@transaction.atomic
def release(survey_id) -> int:
    """Show the waiting anonymous answers of a survey once there are five; how many.

    All five then bear the same day: whatever is filtered, and whoever compares the page
    of today with that of yesterday, finds five more or none. Locks the survey, or two
    that come at once would both see four.
    """
    Survey.objects.select_for_update(no_key=True).get(pk=survey_id)
    hidden = Response.objects.filter(
        survey=survey_id, is_anonymous=True, released_at=None
    )
    ids = list(hidden.order_by("answered_at", "pk").values_list("pk", flat=True))
    if len(ids) < AT_ONCE:
        return 0
    day = _day_of(clock.now())
    Response.objects.filter(pk__in=ids).update(
        released_at=day, answered_at=day, created_at=day
    )
    return len(ids)


def _day_of(at: datetime) -> datetime:
    """The beginning of the day of the workspace."""
    zone = Tenant.objects.get(pk=current_tenant_id()).timezone
    return clock.start_of(clock.day_of(at, zone), zone)
