"""Every account, every night of its tenant: windows slide while nothing happens."""

from datetime import timedelta

from django.db.models import F

from accounts.services import touch
from cs_platform.lib import clock
from health.models import Night
from health.services.recompute import SLICE, next_accounts, recompute_free
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

# Further back the history keeps its hole: after a month nobody asks for the day.
MISSED_DAYS = 31


def open_nights() -> None:
    """Write down today's night, and those missed since the last, as to be done.

    A missed day is scored with what was known at its end, as all facts are dated;
    `computed_at` says that it was later.
    """
    tenant = Tenant.objects.get(pk=current_tenant_id())
    today = clock.day_of(clock.now(), tenant.timezone)
    last = Night.objects.order_by("-day").values_list("day", flat=True).first()
    first = today
    if last is not None:
        first = max(last + timedelta(days=1), today - timedelta(days=MISSED_DAYS))
    Night.objects.bulk_create(
        [
            Night(tenant=tenant, day=first + timedelta(days=n))
            for n in range((today - first).days + 1)
        ],
        ignore_conflicts=True,
    )


def score_night_slice(*, limit: int = SLICE) -> bool:
    """Score the next accounts of the oldest night to be done; False: nothing is left.

    The slice and how far it reached commit together, in the transaction of the scope.
    An account that somebody is writing is touched instead, to be scored right after.
    False also while another worker is at it.
    """
    night = (
        Night.objects.filter(finished_at=None)
        .order_by("day")
        .select_for_update(skip_locked=True)
        .first()
    )
    if night is None:
        return False
    account_ids = next_accounts(night.reached, limit)
    scored, busy = recompute_free(account_ids, on=night.day)
    touch(busy, reason="night")
    is_last = len(account_ids) < limit
    Night.objects.filter(day=night.day).update(
        reached=night.reached if is_last else account_ids[-1],
        accounts=F("accounts") + scored,
        finished_at=clock.now() if is_last else None,
    )
    return True
