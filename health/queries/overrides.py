from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from health.models import Override
from health.queries.moments import Moment


def overrides_on(account_ids: Iterable[UUID], moment: Moment) -> dict[UUID, Override]:
    """The override that held for each account at a moment.

    One holds through its last day whether or not it has been ended by then.
    """
    held = Override.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=moment.at),
        account__in=list(account_ids),
        created_at__lte=moment.at,
        expires_on__gte=moment.day,
    )
    return {one.account_id: one for one in held.order_by("created_at", "pk")}
