from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ChangeKind, Contract, ContractChange
from accounts.queries import today
from accounts.services.contracts.changing import check_mrr, different
from accounts.services.contracts.keeping import (
    locked,
    read_course,
    record,
    settle,
    write_course,
)
from cs_platform.lib import clock, wording


@transaction.atomic
def give_notice(contract: Contract, *, on: date, by=None, by_key=None) -> Contract:
    """The customer said on that day that they do not go on after the end.

    Revenue stays until the end of service; the contract does not renew by itself any
    more. In the audit trail. Raises ValidationError for a day to come, a contract that
    was over then, or one whose notice is given.
    """
    contract = locked(contract)
    if contract.notice_given_on:
        sentence = _("Notice was given on %s already.") % wording.day(
            contract.notice_given_on
        )
        raise ValidationError({"notice_given_on": sentence})
    if on > today():
        raise ValidationError({"notice_given_on": _("Not later than today.")})
    if contract.ends_on and on >= contract.ends_on:
        sentence = _("The contract ends on %s.") % wording.day(contract.ends_on)
        raise ValidationError({"notice_given_on": sentence})
    return _noticed(contract, on, "notice_given", by, by_key)


@transaction.atomic
def withdraw_notice(contract: Contract, *, by=None, by_key=None) -> Contract:
    """The customer stays after all, or the notice was a mistake. In the audit trail."""
    contract = locked(contract)
    if contract.notice_given_on is None:
        raise ValidationError(_("No notice was given."))
    return _noticed(contract, None, "notice_withdrawn", by, by_key)


@transaction.atomic
def renew_early(
    contract: Contract,
    *,
    starts_on: date,
    ends_on: date,
    mrr: Decimal | None = None,
    seats: int | None = None,
    plan: str | None = None,
    reason: str = "",
    by=None,
    by_key=None,
) -> ContractChange:
    """Begin a new term before the running one is over, with its own end and terms.

    What is not said stays. A notice that was given is void. In the audit trail; revenue
    follows, and the renewals learn of the new end. Raises ValidationError, by field.
    """
    contract = locked(contract)
    _check_term(contract, starts_on, ends_on)
    course = read_course(contract)
    if course.turn_on(starts_on):
        sentence = _("The terms change on this day already.")
        raise ValidationError({"starts_on": sentence})
    said = {"mrr": mrr, "seats": seats, "plan": plan}
    said = {name: value for name, value in said.items() if value is not None}
    check_mrr(said)
    said = different(course.on(starts_on), said)
    before = asdict(course.on(starts_on)) | {"ends_on": contract.ends_on}
    was_ends_on, contract.ends_on = contract.ends_on, ends_on
    contract.end_told_at, contract.notice_given_on = clock.now(), None
    renewed = course.put(
        starts_on,
        kind=ChangeKind.RENEWAL,
        is_anew=was_ends_on is not None and starts_on < was_ends_on,
        **said,
    )
    write_course(contract, renewed, by=by, reason=reason, was_ends_on=was_ends_on)
    settle(contract, course=renewed)
    after = asdict(renewed.on(starts_on)) | {
        "ends_on": ends_on,
        "effective_on": starts_on,
        "reason": reason,
    }
    record("renewed_early", contract, by=by, by_key=by_key, before=before, after=after)
    return ContractChange.objects.get(contract=contract, effective_on=starts_on)


@transaction.atomic
def co_term(
    contracts: Iterable[Contract], *, ends_on: date, by=None, by_key=None
) -> list[Contract]:
    """Let several contracts of an account end on one day. In the audit trail.

    Raises ValidationError when they are of two accounts, or one begins later.
    """
    ids = [contract.pk for contract in contracts]
    # In the order in which batches lock them: two writers never wait in a circle.
    chosen = Contract.objects.filter(pk__in=ids).order_by("external_id")
    found = list(chosen.select_for_update())
    if len({contract.account_id for contract in found}) > 1:
        raise ValidationError(_("Choose contracts of one account."))
    for contract in found:
        if contract.starts_on >= ends_on:
            sentence = _("%(contract)s begins on %(day)s, not before that end.") % {
                "contract": contract,
                "day": wording.day(contract.starts_on),
            }
            raise ValidationError({"ends_on": sentence})
    for contract in found:
        if contract.ends_on != ends_on:
            before = {"ends_on": contract.ends_on}
            contract.ends_on, contract.end_told_at = ends_on, clock.now()
            settle(contract)
            after = {"ends_on": ends_on}
            record(
                "co_termed", contract, by=by, by_key=by_key, before=before, after=after
            )
    return found


def _noticed(contract, day, action, by, by_key):
    before = {"notice_given_on": contract.notice_given_on}
    contract.notice_given_on = day
    settle(contract)
    after = {"notice_given_on": day}
    record(action, contract, by=by, by_key=by_key, before=before, after=after)
    return contract


def _check_term(contract, starts_on, ends_on):
    if contract.ends_on is None:
        raise ValidationError(_("A contract without an end has nothing to renew."))
    if not contract.starts_on < starts_on <= contract.ends_on:
        sentence = _("After %(first)s and not later than the end, %(last)s.") % {
            "first": wording.day(contract.starts_on),
            "last": wording.day(contract.ends_on),
        }
        raise ValidationError({"starts_on": sentence})
    if ends_on <= contract.ends_on or ends_on <= starts_on:
        sentence = _("Later than the end there is, %s.") % wording.day(contract.ends_on)
        raise ValidationError({"ends_on": sentence})
