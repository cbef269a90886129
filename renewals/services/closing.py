"""A renewal is decided: renewed at an amount, or lost for a reason."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from accounts.services import give_notice, renew_early
from cs_platform.lib import clock
from renewals.models import Renewal, Result
from renewals.services.deciding import Decision, record_outcome
from renewals.services.moving import StaleMove
from renewals.services.syncing import keep_decisions

CENT = Decimal("0.01")


class AlreadyDecided(StaleMove):
    """The renewal has an outcome already (or there is nothing left to decide)."""


@transaction.atomic
def close_renewal(renewal, *, on, by=None, by_key=None, at=None, decision=None, **said):
    """Give the renewal its outcome; the outcome row is the fact others read.

    Takes a `Decision`, or what one is made of: result, amount, reason, detail …
    The ladder stops: open tasks are dismissed, alerts healed, waiting mail recalled; the
    account's next decision is the next open one. In the audit trail, as it is money.
    Its contract takes over the new term when the decision says so; one that would run on
    by itself learns of a loss. Raises `AlreadyDecided` the second time, and
    ValidationError when the contract refuses the term: then nothing is recorded.
    """
    renewal = (
        Renewal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account", "contract")
        .get(pk=renewal.pk)
    )
    if not renewal.is_open:
        raise AlreadyDecided(renewal)
    # Asked behind the lock: who waited for another's move decided after it.
    at = at or clock.now()
    decision = decision or Decision(**said)
    outcome = record_outcome(renewal, decision, by=by, by_key=by_key, on=on, at=at)
    if outcome.result == Result.LOST:
        _end_contract(renewal.contract, on=on, by=by, by_key=by_key)
    elif decision.writes_contract:
        _begin_term(renewal.contract, outcome, by=by, by_key=by_key)
    keep_decisions([renewal.account_id])
    return outcome


def _begin_term(contract, outcome, *, by, by_key):
    """The contract goes on with what was agreed, from the day it was agreed for."""
    renew_early(
        contract,
        starts_on=outcome.starts_on,
        ends_on=outcome.ends_on,
        mrr=(outcome.amount / 12).quantize(CENT, ROUND_HALF_UP),
        seats=outcome.seats,
        reason=outcome.get_kind_display(),
        by=by,
        by_key=by_key,
    )


def _end_contract(contract, *, on, by, by_key):
    """One that renews by itself would contradict the loss: it gets the notice."""
    runs_on = contract.auto_renew and contract.notice_given_on is None
    if runs_on and contract.ends_on and on < contract.ends_on:
        give_notice(contract, on=on, by=by, by_key=by_key)
