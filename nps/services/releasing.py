"""Anonymous answers are shown five at a time and a day late, so that none can be told
from the rest, nor when it came."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from cs_platform.lib import clock
from nps.models import Response, Survey
from nps.sentiment import language_of
from nps.services.relabelling import in_language
from nps.tokens import SITTING
from tenants.models import Language, Tenant
from tenants.scoping import current_tenant_id

AT_ONCE = 5
OF_ANYBODY = Q(source__in=Response.OPEN_TO_ALL)
DAY = timedelta(days=1)


def veil(response: Response) -> None:
    """Take from an anonymous answer what would tell who gave it: its exact instants,
    and the language it was asked in (of five, one speaks Russian) unless its words say.
    What it answers to questions of the survey's own reads as the workspace asks them.

    Its id has to be one without time: see `nobodys_id`.
    """
    tenant = _tenant()
    found = language_of(response.comment)
    response.changed_at = None
    response.language = found if found in Language.values else ""
    response.answers = in_language(response, tenant.language)
    if response.released_at is None:
        response.answered_at = _day_of(response.answered_at, tenant)
    Response.objects.filter(pk=response.pk).update(
        changed_at=None,
        language=response.language,
        answers=response.answers,
        answered_at=response.answered_at,
        created_at=response.answered_at,
    )


def nobodys_id() -> UUID:
    """A key that says nothing: those of other rows tell the millisecond."""
    return uuid4()


@transaction.atomic
def release(response: Response, *, at: datetime | None = None) -> int:
    """Let the waiting anonymous answers like this one be shown once there are five of
    the survey; how many. From the next day of the workspace, when no words can come to
    them any more: whoever looks every minute sees nothing come.

    Those of people who were invited are counted apart from those that anybody can give:
    who gives four at a kiosk would know the fifth.

    All five then bear the same day: whatever is filtered, and whoever compares the page
    of today with that of yesterday, finds five more or none. Locks the survey, or two
    that come at once would both see four.
    """
    survey = Survey.objects.select_for_update(no_key=True).get(
        pk=cast(UUID, response.survey_id)
    )
    is_open = response.source in Response.OPEN_TO_ALL
    hidden = Response.objects.filter(
        OF_ANYBODY if is_open else ~OF_ANYBODY,
        survey=survey,
        is_anonymous=True,
        released_at=None,
    )
    ids = list(hidden.order_by("answered_at", "pk").values_list("pk", flat=True))
    if len(ids) < AT_ONCE:
        return 0
    tenant = _tenant()
    last = clock.day_of((at or clock.now()) + SITTING, tenant.timezone)
    day = clock.start_of(last + DAY, tenant.timezone)
    Response.objects.filter(pk__in=ids).update(
        released_at=day, answered_at=day, created_at=day
    )
    return len(ids)


def _tenant() -> Tenant:
    return Tenant.objects.get(pk=current_tenant_id())


def _day_of(at: datetime, tenant: Tenant) -> datetime:
    """The beginning of the day of the workspace."""
    return clock.start_of(clock.day_of(at, tenant.timezone), tenant.timezone)
