from collections.abc import Iterable
from uuid import UUID

from accounts.models import Touch
from cs_platform.lib import clock
from health.services.recompute import SLICE, recompute_free
from tenants.models import Tenant
from tenants.scoping import current_tenant_id


def score_touched(*, accounts: Iterable[UUID] | None = None, limit: int = SLICE) -> int:
    """Score again the accounts of the tenant in scope (these) whose facts changed.

    Claims their touches, or up to `limit` of any, that nobody else holds, scores their accounts for
    today and deletes the touches, all in the transaction of the scope: after a crash
    they are still there. An account that somebody is writing keeps its touches for the
    next time. Returns how many touches it handled.
    """
    touches = Touch.objects.order_by("pk").select_for_update(skip_locked=True)
    if accounts is None:
        touches = touches[:limit]
    else:
        touches = touches.filter(account__in=accounts)
    claimed = list(touches.values_list("pk", "account_id"))
    if not claimed:
        return 0
    tenant = Tenant.objects.get(pk=current_tenant_id())
    today = clock.day_of(clock.now(), tenant.timezone)
    _, busy = recompute_free({account_id for _, account_id in claimed}, on=today)
    handled = [pk for pk, account_id in claimed if account_id not in busy]
    Touch.objects.filter(pk__in=handled).delete()
    return len(handled)
