from collections.abc import Iterable

from django.db.models import Q

from health.models import Override
from health.queries.moments import Moment
from health.queries.slices import is_one_of


def overrides_on(ids: Iterable[str], moment: Moment) -> dict[str, Override]:
    """The override that held for each account at a moment, by the account's id as text.

    One holds through its last day whether or not it has been ended by then.
    """
    held = Override.objects.filter(
        is_one_of("health_override.account_id", ids),
        Q(ended_at=None) | Q(ended_at__gt=moment.at),
        created_at__lte=moment.at,
        expires_on__gte=moment.day,
    )
    return {str(one.account_id): one for one in held.order_by("created_at", "pk")}
