"""Renewals follow the contracts: one per term, made, moved and stopped by the data."""

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.models import Account
from accounts.services import keep_business_decisions
from cs_platform.lib import clock
from renewals import ladder, wording
from renewals.models import PIPELINE, Reminder, Renewal, Result, Stage
from renewals.queries import ladders, stale
from renewals.services import staleness
from renewals.services.deciding import Decision, record_outcome
from renewals.services.moving import record_move
from renewals.services.noticing import hear_notices
from renewals.services.opportunities import follow_owners
from renewals.services.versions import keep_versions
from worklist.services import heal_alerts

BATCH = 1000


@transaction.atomic
def sync_renewals(*, on, at=None):
    """Make the renewals of the tenant in scope agree with its contracts and accounts.

    A contract that ends gets its renewal; one with another end, notice or price moves
    it; one that runs for another term closes it as renewed, at the new price; one without an end, or of an account no longer served, stops it (tasks dismissed,
    alerts healed, mail recalled). Renewals, and opportunities opened for the account's owner, follow
    that one unless a person chose another. Accounts get the day of their nearest open decision. Alerts of low health
    end when it is not low any more. A notice that was given is told, once, and taken back
    with it. Another ladder in force arms what has nothing due
    anew, by the rules of a date that moved. What is another by now gets a version.
    Set-based, safe to repeat and to run at once: a row in somebody's hands is left to the next run.
    """
    at = at or clock.now()
    keep_business_decisions()
    _stop_ended(at)
    _move_changed(on, at)
    _create_missing(on, at)
    _adopt_ladders(on, at)
    _follow_owners()
    hear_notices(on=on, at=at)
    keep_decisions()
    recovered = stale.recovered_alerts().values_list("subject", flat=True)
    heal_alerts(stale.LOW_HEALTH, list(recovered), at=at)
    keep_versions(at=at)


def keep_decisions(accounts=None):
    """Copy the nearest open decision onto the accounts (all, or these) that need it."""
    wrong = stale.accounts_of_another_decision()
    if accounts is not None:
        wrong = wrong.filter(pk__in=accounts)
    ids = list(
        wrong.order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk", flat=True)
    )
    for start in range(0, len(ids), BATCH):
        some = Account.objects.filter(pk__in=ids[start : start + BATCH])
        some.update(decides_on=stale.nearest_decision())


def _create_missing(on, at):
    contracts = stale.contracts_without_renewal(on).select_related("account")
    known = ladders.ladders()
    new = [
        _renewal_of(contract, known, on, at) for contract in contracts.order_by("pk")
    ]
    Renewal.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)


def _renewal_of(contract, known, on, at):
    days = known.of(contract.account)
    return Renewal(
        account=contract.account,
        contract=contract,
        ends_on=contract.ends_on,
        decides_on=contract.decides_on,
        entered_on=on,
        ladder=days,
        next_fire_on=ladder.next_fire_on(contract.decides_on, (), days),
        stage_since=at,
        amount=contract.renewal_mrr * 12,
        currency=contract.currency,
        owner_id=contract.account.owner_id,
    )


def _move_changed(on, at):
    known = ladders.ladders()
    for renewal in _in_hand(stale.changed_renewals()):
        if _runs_on(renewal, on):
            _renew(renewal, on, at)
        else:
            _move(renewal, known, on, at)


def _runs_on(renewal, on):
    # One that was stopped meanwhile comes back; it was not renewed.
    return renewal.stopped_at is None and ladder.is_next_term(
        renewal.ends_on,
        renewal.contract.ends_on,
        starts_on=renewal.contract.starts_on,
        decides_on=renewal.decides_on,
        has_deal=renewal.stage in PIPELINE,
        on=on,
    )


def _renew(renewal, on, at):
    """The contract says that the customer stays; its next term gets its own renewal."""
    contract = renewal.contract
    if renewal.currency != contract.currency:
        # An outcome is in the renewal's currency: what it was before is in no rate.
        renewal.amount, renewal.currency = contract.renewal_mrr * 12, contract.currency
        renewal.save()
    with staleness.tenant_language():
        detail = wording.runs_on(contract.ends_on)
    decision = Decision(
        Result.RENEWED,
        amount=contract.renewal_mrr * 12,
        seats=contract.seats,
        ends_on=contract.ends_on,
        detail=detail,
    )
    record_outcome(renewal, decision, by=None, on=on, at=at)


def _move(renewal, known, on, at):
    """The same term, with another date or price."""
    was, before = renewal.ends_on, (renewal.decides_on, renewal.stopped_at)
    contract = renewal.contract
    renewal.ends_on, renewal.decides_on = contract.ends_on, contract.decides_on
    renewal.amount, renewal.currency = contract.renewal_mrr * 12, contract.currency
    renewal.stopped_at = None
    if (renewal.decides_on, None) != before or renewal.ends_on != was:
        _arm(renewal, known, on)
    renewal.save()
    if renewal.ends_on != was:
        staleness.drop_moved(renewal, was=was, on=on)
    _wait_again(renewal, on, at)


def _adopt_ladders(on, at):
    """Arm by the ladder in force what was armed by another.

    What has a step due is left until that has fired: a change of the setting drops none.
    """
    known = ladders.ladders()
    for renewal in _in_hand(stale.renewals_of_another_ladder(on)):
        _arm(renewal, known, on)
        renewal.save()
        _wait_again(renewal, on, at)


def _arm(renewal, known, on):
    """Count from these dates, by the ladder in force, from this day on."""
    renewal.entered_on = on
    renewal.ladder = known.of(renewal.account)
    renewal.next_fire_on = ladder.next_fire_on(
        renewal.decides_on, _handled(renewal), renewal.ladder
    )


def _wait_again(renewal, on, at):
    """Back to upcoming: nobody has worked on it, and its day is not there any more.

    A deal that was made for this very end stays: the step comes only once.
    """
    is_untouched = renewal.stage == Stage.PREPARATION
    if not is_untouched or ladder.has_deal(renewal.decides_on, on, renewal.ladder):
        return
    if ladder.DEAL not in _handled(renewal):
        record_move(renewal, stage=Stage.UPCOMING, by=None, at=at)


def _stop_ended(at):
    for renewal in _in_hand(stale.ended_renewals()):
        # Should it come back, its notice is told anew.
        renewal.stopped_at, renewal.noticed_on = at, None
        renewal.save(update_fields=["stopped_at", "noticed_on", "updated_at"])
        staleness.drop_all(renewal)


def _follow_owners():
    ids = [renewal.pk for renewal in _in_hand(stale.renewals_of_another_owner())]
    owner = Account.objects.filter(pk=OuterRef("account_id")).values("owner_id")[:1]
    if ids:
        # An owner is told in calendars: they read it again when it has changed.
        Renewal.objects.filter(pk__in=ids).update(
            owner_id=Subquery(owner), updated_at=clock.now()
        )
    follow_owners()


def _in_hand(renewals):
    """These rows, locked; without those that somebody else holds.

    Without their keys: who writes a row that points at one of them need not wait, and
    two schedulers that both do so at their commit do not block each other.
    """
    return (
        renewals.order_by("pk")
        .select_related("contract", "account")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
    )


def _handled(renewal):
    return set(
        Reminder.objects.filter(
            contract_id=renewal.contract_id, ends_on=renewal.ends_on
        ).values_list("step", flat=True)
    )
