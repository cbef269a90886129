from datetime import timedelta

from cs_platform.lib import clock
from health.models import Night
from tenants.models import Tenant


def tenants_to_score() -> list[int]:
    """The tenants whose today is not scored through yet. Looks over the wall."""
    now = clock.now()
    # Between the earliest and the latest zone there is no more than a day each way.
    done = set(
        Night.objects.filter(
            day__gte=now.date() - timedelta(days=1), finished_at__isnull=False
        ).values_list("tenant_id", "day")
    )
    tenants = Tenant.objects.order_by("pk").values_list("pk", "timezone")
    return [pk for pk, zone in tenants if (pk, clock.day_of(now, zone)) not in done]
