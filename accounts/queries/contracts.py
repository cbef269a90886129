"""The life of a contract as rows tell it, and as it is foreseen."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from accounts.course import (
    RENEWAL,
    Course,
    Terms,
    Turn,
    anniversaries,
    months_after,
)
from accounts.models import Contract, ContractChange, Span

DAY = timedelta(days=1)
# How far the rises of a contract without an end are foreseen.
AHEAD = 120  # months


def as_they_run(contracts: Iterable[Contract], *, on: date) -> list[Contract]:
    """Each with `running_mrr` and `is_paused` of a day; what was agreed last where it
    does not run: one query.
    """
    contracts = list(contracts)
    spans = Span.objects.on(on).filter(contract__in=[c.pk for c in contracts])
    running = {span.contract_id: span for span in spans}
    for contract in contracts:
        span = running.get(contract.pk)
        contract.running_mrr = span.mrr if span else contract.mrr
        contract.is_paused = span is not None and span.is_paused
    return contracts


def courses(contracts: Iterable[Contract]) -> dict:
    """The course of each contract by its id: one query."""
    contracts = list(contracts)
    rows = defaultdict(list)
    changes = ContractChange.objects.filter(contract__in=[c.pk for c in contracts])
    for change in changes.order_by("contract", "effective_on"):
        rows[change.contract_id].append(change)
    return {
        contract.pk: course_of(contract, rows[contract.pk]) for contract in contracts
    }


def course_of(contract: Contract, changes: list[ContractChange]) -> Course:
    """What ran before each change, the contract's own terms last."""
    ran = [Terms(c.was_mrr, c.was_seats, c.was_plan) for c in changes]
    ran.append(Terms(contract.mrr, contract.seats, contract.plan))
    turns = (
        Turn(
            change.effective_on,
            terms,
            change.kind,
            tuple(change.says),
            _is_anew(change),
        )
        for change, terms in zip(changes, ran[1:], strict=True)
    )
    return Course(ran[0], tuple(turns), contract.uplift_percent)


def rises(contract: Contract, course: Course, *, after: date) -> list[date]:
    """The anniversaries after a day on which the price rises.

    Counted from the first day, or from that of an early renewal. None falls on the end.
    """
    if not contract.uplift_percent:
        return []
    first = course.years_from(contract.starts_on)
    before = contract.ends_on or months_after(max(first, after), AHEAD)
    return anniversaries(first, after=after, before=before)


def foreseen(contract: Contract, course: Course, *, after: date) -> Course:
    """The course with the rises that are still to come."""
    return course.raised(rises(contract, course, after=after))


def mrr_at_end(contract: Contract, course: Course, *, after: date) -> Decimal | None:
    """The MRR of the last day where it is not the latest agreed; else None."""
    if contract.ends_on is None:
        return None
    last = foreseen(contract, course, after=after).on(contract.ends_on - DAY)
    return last.mrr if last.mrr != course.latest.mrr else None


def _is_anew(change):
    was = change.was_ends_on
    return change.kind == RENEWAL and was is not None and change.effective_on < was
