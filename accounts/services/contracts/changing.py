from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.course import Course, Terms
from accounts.models import ChangeKind, Contract, ContractChange
from accounts.services.contracts.keeping import (
    locked,
    read_course,
    record,
    settle,
    still_there,
    write_course,
)
from cs_platform.lib import clock, wording


@transaction.atomic
def change_contract(
    contract: Contract,
    *,
    effective_on: date,
    mrr: Decimal | None = None,
    seats: int | None = None,
    plan: str | None = None,
    kind: str | None = None,
    reason: str = "",
    by=None,
    by_key=None,
) -> ContractChange:
    """Other terms from a day on, of the past or to come; what is not said stays.

    Later changes stay as they were agreed. Without a kind it is an upsell or a downsell
    when seats or the plan change with the price. In the audit trail; the account's MRR
    is made true and health scores it again. Raises ValidationError, by field, when the
    day is outside the contract or has a change already, or when these terms run anyway.
    """
    contract = locked(contract)
    course = read_course(contract)
    told: dict[str, Any] = {"mrr": mrr, "seats": seats, "plan": plan}
    said = {name: value for name, value in told.items() if value is not None}
    check_day(contract, effective_on)
    if course.turn_on(effective_on):
        raise ValidationError(
            {"effective_on": _("The terms change on this day already.")}
        )
    was = course.on(effective_on)
    said = check_said(was, said)
    changed = course.put(effective_on, kind=kind or kind_of(was, said), **said)
    write_course(contract, changed, by=by, reason=reason)
    settle(contract, course=changed)
    record(
        "changed",
        contract,
        by=by,
        by_key=by_key,
        before={name: getattr(was, name) for name in said},
        after=said | {"effective_on": effective_on, "reason": reason},
    )
    return ContractChange.objects.get(contract=contract, effective_on=effective_on)


@transaction.atomic
def remove_change(change: ContractChange, *, by=None, by_key=None) -> Contract:
    """Take back a change that was entered by mistake; what ran before it runs on.

    Later changes stay as they were agreed. A renewal takes the end of its term with it,
    so only the last one can be taken back. In the audit trail.
    """
    contract = locked(change.contract)
    change = still_there(change)
    course = read_course(contract)
    terms = asdict(course.on(change.effective_on))
    before = terms | {"effective_on": change.effective_on, "ends_on": contract.ends_on}
    if change.was_ends_on:
        _check_last_renewal(contract, change)
        # Told after the fact: it does not renew by itself once more.
        contract.ends_on, contract.end_told_at = change.was_ends_on, clock.now()
    shorter = course.without(change.effective_on)
    write_course(contract, shorter)
    settle(contract, course=shorter)
    after = asdict(shorter.on(change.effective_on)) | {"ends_on": contract.ends_on}
    record("change_removed", contract, by=by, by_key=by_key, before=before, after=after)
    return contract


def check_day(contract: Contract, day: date) -> None:
    """Terms may change after the first day and before the end. Raises ValidationError."""
    if day <= contract.starts_on:
        sentence = _("Later than the first day, %s: what runs then is corrected.")
        first = wording.day(contract.starts_on)
        raise ValidationError({"effective_on": sentence % first})
    if contract.ends_on and day >= contract.ends_on:
        sentence = _("Before the end of the contract, %s.")
        last = wording.day(contract.ends_on)
        raise ValidationError({"effective_on": sentence % last})


def check_mrr(said: dict[str, Any]) -> None:
    """Nobody pays less than nothing. Raises ValidationError."""
    if said.get("mrr", 0) < 0:
        raise ValidationError({"mrr": _("MRR cannot be negative.")})


def check_said(was: Terms, said: dict[str, Any]) -> dict[str, Any]:
    """What is said that is something else than what runs. Raises ValidationError."""
    check_mrr(said)
    said = different(was, said)
    if not said:
        raise ValidationError(
            _("Say what changes: these are the terms that run on that day.")
        )
    return said


def different(was: Terms, said: dict[str, Any]) -> dict[str, Any]:
    """What is said that does not run anyway."""
    return {name: v for name, v in said.items() if getattr(was, name) != v}


def kind_of(was: Terms, said: dict[str, Any]) -> ChangeKind:
    """More for more, less for less, or just another price."""
    mrr = said.get("mrr", was.mrr)
    is_other = any(
        name in said and said[name] != getattr(was, name) for name in ("seats", "plan")
    )
    if not is_other or mrr == was.mrr:
        return ChangeKind.CHANGE
    return ChangeKind.UPSELL if mrr > was.mrr else ChangeKind.DOWNSELL


def corrected(course: Course, said: dict[str, Any], on: date) -> Course:
    """Terms said without a day: the latest ones put right.

    Where other terms are agreed for a day to come, somebody who repeats what runs today
    corrects nothing: a nightly copy of a billing system must not undo them.
    """
    is_ahead = bool(course.turns) and course.turns[-1].day > on
    if is_ahead and not different(course.on(on), said):
        return course
    return course.corrected(**different(course.latest, said))


def _check_last_renewal(contract, change):
    later = ContractChange.objects.filter(
        contract=contract,
        was_ends_on__isnull=False,
        effective_on__gt=change.effective_on,
    )
    if later.exists():
        raise ValidationError(_("Take the later renewal back first."))
