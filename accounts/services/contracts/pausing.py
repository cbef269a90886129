from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contract, ContractPause
from accounts.services.contracts.keeping import locked, record, settle, still_there
from cs_platform.lib import wording


@transaction.atomic
def pause_contract(
    contract: Contract,
    *,
    starts_on: date,
    resumes_on: date | None = None,
    reason: str = "",
    by=None,
    by_key=None,
) -> ContractPause:
    """Nothing is paid from one day until another, or until somebody resumes it.

    In the audit trail; the account's MRR is made true and health scores it again.
    Raises ValidationError, by field, when it lies outside the contract or meets another
    pause.
    """
    contract = locked(contract)
    _check(contract, starts_on, resumes_on)
    pause = ContractPause.objects.create(
        contract=contract,
        starts_on=starts_on,
        resumes_on=resumes_on,
        reason=reason,
        by=by,
    )
    _kept("paused", contract, by, by_key, after=_said(pause))
    return pause


@transaction.atomic
def resume_contract(
    contract: Contract, *, on: date, by=None, by_key=None
) -> ContractPause:
    """The pause that runs on the day before ends: from this day it is paid for again.

    Raises ValidationError when no pause runs then.
    """
    contract = locked(contract)
    pause = (
        ContractPause.objects.filter(contract=contract, starts_on__lt=on)
        .order_by("-starts_on")
        .first()
    )
    if pause is None or (pause.resumes_on and pause.resumes_on <= on):
        raise ValidationError({"resumes_on": _("No pause runs until this day.")})
    return _resume(contract, pause, on, by, by_key)


@transaction.atomic
def move_resumption(
    pause: ContractPause, *, resumes_on: date | None, by=None, by_key=None
) -> ContractPause:
    """Another day on which a pause ends, or none yet. In the audit trail.

    Raises ValidationError, by field, as `pause_contract` does.
    """
    contract = locked(pause.contract)
    return _resume(contract, still_there(pause), resumes_on, by, by_key)


@transaction.atomic
def remove_pause(pause: ContractPause, *, by=None, by_key=None) -> Contract:
    """Take back a pause that was entered by mistake. In the audit trail."""
    contract = locked(pause.contract)
    pause = still_there(pause)
    before = _said(pause)
    pause.delete()
    _kept("pause_removed", contract, by, by_key, before=before)
    return contract


def _resume(contract, pause, on, by, by_key):
    _check(contract, pause.starts_on, on, but=pause)
    before = _said(pause)
    pause.resumes_on = on
    pause.save(update_fields=["resumes_on"])
    _kept("resumed", contract, by, by_key, before=before, after=_said(pause))
    return pause


def _check(contract, starts_on, resumes_on, *, but=None):
    _check_days(contract, starts_on, resumes_on)
    others = ContractPause.objects.filter(contract=contract)
    for other in others.exclude(pk=but and but.pk):
        ends_later = other.resumes_on is None or other.resumes_on > starts_on
        if ends_later and (resumes_on is None or other.starts_on < resumes_on):
            raise ValidationError({"starts_on": _meets(other)})


def _check_days(contract, starts_on, resumes_on):
    if resumes_on and resumes_on <= starts_on:
        raise ValidationError({"resumes_on": _("It resumes after it is paused.")})
    if starts_on < contract.starts_on:
        sentence = _("The contract begins on %s.") % wording.day(contract.starts_on)
        raise ValidationError({"starts_on": sentence})
    if contract.ends_on and starts_on >= contract.ends_on:
        raise ValidationError({"starts_on": _ends(contract)})
    if contract.ends_on and resumes_on and resumes_on > contract.ends_on:
        raise ValidationError({"resumes_on": _ends(contract)})


def _ends(contract):
    return _("The contract ends on %s.") % wording.day(contract.ends_on)


def _meets(other):
    if other.resumes_on is None:
        return _("It is paused from %s already.") % wording.day(other.starts_on)
    return _("It is paused from %(first)s to %(last)s already.") % {
        "first": wording.day(other.starts_on),
        "last": wording.day(other.resumes_on),
    }


def _kept(action, contract, by, by_key, *, before=None, after=None):
    contract.is_cut = True
    settle(contract)
    record(action, contract, by=by, by_key=by_key, before=before, after=after)


def _said(pause):
    return {
        "starts_on": pause.starts_on,
        "resumes_on": pause.resumes_on,
        "reason": pause.reason,
    }
