"""A renewal is decided: renewed at an amount, or lost for a reason."""

from django.db import transaction

from cs_platform.lib import clock
from renewals.models import Renewal
from renewals.services.deciding import Decision, record_outcome
from renewals.services.moving import StaleMove
from renewals.services.syncing import keep_decisions


class AlreadyDecided(StaleMove):
    """The renewal has an outcome already (or there is nothing left to decide)."""


@transaction.atomic
def close_renewal(renewal, *, by, on, at=None, decision=None, **said):
    """Give the renewal its outcome; the outcome row is the fact others read.

    Takes a `Decision`, or what one is made of: result, amount, reason, detail …
    The ladder stops: open tasks are dismissed, alerts healed, waiting mail recalled; the
    account's next decision is the next open one. In the audit trail, as it is money.
    Raises `AlreadyDecided` the second time.
    """
    renewal = (
        Renewal.objects.select_for_update(of=("self",))
        .select_related("account")
        .get(pk=renewal.pk)
    )
    if not renewal.is_open:
        raise AlreadyDecided(renewal)
    # Asked behind the lock: who waited for another's move decided after it.
    at = at or clock.now()
    decision = decision or Decision(**said)
    outcome = record_outcome(renewal, decision, by=by, on=on, at=at)
    keep_decisions([renewal.account_id])
    return outcome
