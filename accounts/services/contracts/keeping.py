"""What every change of a contract has in common: its lock, its rows, what follows."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.course import NAMES, Course
from accounts.models import Contract, ContractChange
from accounts.queries import course_of, mrr_at_end, rises, today
from accounts.services.calendar import keep_business_decisions
from accounts.services.revenue import refresh_mrr
from accounts.services.touch import touch
from cs_platform.lib import clock
from tenants.services import record_audit

DAY = timedelta(days=1)


def locked(contract: Contract) -> Contract:
    """The contract as it is now, in our hands: whoever else changes it waits."""
    return Contract.objects.select_for_update().get(pk=contract.pk)


def still_there(row):
    """A row of a locked contract as it is now. Raises ValidationError when it is gone."""
    found = type(row).objects.filter(pk=row.pk).first()
    if found is None:
        raise ValidationError(_("Somebody else has taken it back already."))
    return found


def read_course(contract: Contract) -> Course:
    changes = ContractChange.objects.filter(contract=contract).order_by("effective_on")
    return course_of(contract, list(changes))


def write_course(contract: Contract, course: Course, *, by=None, **of_new: Any) -> None:
    """Make the rows of a locked contract say this course; `of_new` is told of new turns.

    Puts its latest terms on the contract, which is left to `settle` to save.
    """
    known = {
        change.effective_on: change
        for change in ContractChange.objects.filter(contract=contract)
    }
    was = course.first
    for turn in course.turns:
        change = known.pop(turn.day, None) or ContractChange(
            contract=contract,
            effective_on=turn.day,
            by=by,
            at=clock.now(),
            **of_new,
        )
        change.kind, change.says = turn.kind, list(turn.says)
        change.was_mrr, change.was_seats, change.was_plan = was.mrr, was.seats, was.plan
        change.save()
        was = turn.terms
    ContractChange.objects.filter(pk__in=[gone.pk for gone in known.values()]).delete()
    contract.is_cut = contract.is_cut or bool(course.turns)
    for name in NAMES:
        setattr(contract, name, getattr(course.latest, name))


def foresee(contract: Contract, course: Course, on: date) -> None:
    """Put on the contract what is known of the days to come. Saves nothing.

    A rise whose day has come and that nobody has entered yet stays to be entered.
    """
    rise = contract.rises_on
    after = rise - DAY if rise is not None and rise <= on else on
    contract.rises_on = next(iter(rises(contract, course, after=after)), None)
    contract.mrr_at_end = mrr_at_end(contract, course, after=after)


def settle(
    contract: Contract, *, course: Course | None = None, on: date | None = None
) -> None:
    """Save a locked contract and what follows from it, on a day (the tenant's today).

    The rises to come, the decision in business days, the account's MRR; the account is
    touched, so that health scores it again.
    """
    on = on or today()
    foresee(contract, course or read_course(contract), on)
    contract.save()
    keep_business_decisions([contract.pk])
    refresh_mrr([contract.account_id], on=on)
    touch([contract.account_id], reason="contract")


def record(action, contract, *, by=None, by_key=None, before=None, after=None) -> None:
    """An entry of the audit trail about the contract, in values fit for JSON."""
    record_audit(
        f"contract.{action}",
        contract,
        by=by,
        by_key=by_key,
        before=before and _plain(before),
        after=after and _plain(after),
    )


def _plain(values):
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in values.items()
    }
