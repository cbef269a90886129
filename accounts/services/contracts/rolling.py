"""What contracts do by themselves when their day comes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, TruncDate

from accounts.course import RENEWAL, Course, months_between, next_end, risen
from accounts.models import Contract, ContractChange, Stage
from accounts.queries import rises, today
from accounts.services.contracts.keeping import (
    read_course,
    record,
    settle,
    write_course,
)
from cs_platform.lib import clock
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

DAY = timedelta(days=1)
# An end longer ago is history, not a night that was missed.
MISSED = timedelta(days=92)
# A contract that begins this near the end of another takes its place.
NEAR = timedelta(days=31)
SERVED = Q(account__archived_at=None) & ~Q(account__lifecycle_stage=Stage.CHURNED)


def roll_over(*, on: date | None = None) -> int:
    """Enter the yearly rises and the next terms whose day has come (the tenant's today).

    A contract that renews by itself, without notice given, runs for another term from
    the day its last one ended; nights that were missed are made up for. Left alone: of
    accounts no longer served, ended more than a quarter ago, with a successor, and where
    the end was told only after the fact. Each contract in a savepoint of its own, in the
    audit trail; one in somebody's hands is left to the next run. Returns how many
    contracts it wrote; safe to repeat.
    """
    on = on or today()
    changed = set()
    # A rise before the end is in the price that the next term begins with.
    for contracts, follow in ((rising, _raise), (ending, _renew), (rising, _raise)):
        for contract in _in_hand(contracts(on)):
            follow(contract, on)
            changed.add(contract.pk)
    return len(changed)


def rising(on: date):
    """Contracts with a yearly rise to enter."""
    return Contract.objects.filter(rises_on__lte=on)


def ending(on: date):
    """Contracts that are over and renew by themselves."""
    zone = ZoneInfo(Tenant.objects.get(pk=current_tenant_id()).timezone)
    successors = Contract.objects.filter(
        tenant=OuterRef("tenant"),
        account=OuterRef("account"),
        starts_on__gt=OuterRef("starts_on"),
        starts_on__range=(OuterRef("ends_on") - NEAR, OuterRef("ends_on") + NEAR),
    )
    return (
        Contract.objects.filter(
            SERVED,
            ~Exists(successors),
            auto_renew=True,
            notice_given_on=None,
            ends_on__range=(on - MISSED, on),
        )
        .annotate(told_on=TruncDate(Coalesce("end_told_at", "created_at"), tzinfo=zone))
        .filter(told_on__lt=F("ends_on"))
    )


def _in_hand(contracts) -> Iterator[Contract]:
    ids = contracts.order_by("external_id").values_list("pk", flat=True)
    for pk in list(ids):
        with transaction.atomic():
            free = Contract.objects.select_for_update(skip_locked=True)
            contract = free.filter(pk=pk).first()
            if contract is not None:
                yield contract


def _raise(contract, on):
    """The rises that are due, and the day of the next one."""
    course = read_course(contract)
    before = course.latest.mrr
    while contract.rises_on and contract.rises_on <= on:
        day = contract.rises_on
        course = course.raised([day])
        contract.rises_on = _next_rise(contract, course, day)
    write_course(contract, course)
    settle(contract, course=course, on=on)
    after = {"mrr": course.latest.mrr}
    record("raised", contract, before={"mrr": before}, after=after)


def _renew(contract, on):
    """Another term, and another, until it ends after the day."""
    course = read_course(contract)
    months = contract.term_months or _first_term(contract)
    while contract.ends_on <= on:
        before = {"ends_on": contract.ends_on, "mrr": course.latest.mrr}
        course = _next_term(contract, course, months)
        after = {"ends_on": contract.ends_on, "mrr": course.latest.mrr}
        record("rolled_over", contract, before=before, after=after)
    settle(contract, course=course, on=on)


def _next_term(contract, course: Course, months) -> Course:
    was = contract.ends_on
    contract.ends_on = next_end(contract.starts_on, was, months)
    contract.end_told_at = clock.now()
    said: dict[str, Any] = {}
    if was in rises(contract, course, after=was - DAY) and not course.turn_on(was):
        said = {"mrr": risen(course.on(was).mrr, contract.uplift_percent)}
    course = course.put(was, kind=RENEWAL, **said)
    write_course(contract, course, was_ends_on=was)
    contract.rises_on = _next_rise(contract, course, was)
    return course


def _next_rise(contract, course, after):
    return next(iter(rises(contract, course, after=after)), None)


def _first_term(contract):
    """As long as the first term was, in months."""
    renewed = ContractChange.objects.filter(
        contract=contract, was_ends_on__isnull=False
    ).order_by("effective_on")
    first_end = renewed.values_list("was_ends_on", flat=True).first()
    return months_between(contract.starts_on, first_end or contract.ends_on)
