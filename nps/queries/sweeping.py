"""Which tenants have anything for a sweep to do."""

from nps.models import Invitation, Survey


def tenants_that_ask() -> list[int]:
    """Those with a survey that is on or an invitation that waits. Over the wall."""
    asking = Survey.objects.on().order_by()
    waiting = Invitation.objects.waiting().order_by()
    ids = {
        tenant_id
        for rows in (asking, waiting)
        for tenant_id in rows.values_list("tenant_id", flat=True).distinct()
    }
    return sorted(ids)
