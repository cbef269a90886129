"""What the data shows of a deal's checklist, without anybody's ticking.

A finder is asked for many deals at once, in a query of its own. A higher floor, or a
newer part, registers its finders with `finds`; the first that finds something is shown.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import ContactRole, Invoice, Note
from cs_platform.lib import clock
from renewals import checklist
from renewals.checklist import Evidence
from renewals.models import (
    ChecklistItem,
    Offer,
    Renewal,
    RiskPlan,
    Stage,
    StageChange,
)
from worklist.models import Task

# The preparation begins then; what happened before belongs to the term before.
PREPARED_FROM = timedelta(days=120)
TWO_WAY = (Note.Kind.CALL, Note.Kind.MEETING, Note.Kind.REVIEW)


@dataclass(frozen=True)
class Deal:
    """One renewal, and from when on what happens speaks for it."""

    renewal: Renewal
    since: datetime
    # The first day in each stage it has been in.
    entered_on: dict[str, date] = field(default_factory=dict)


Finder = Callable[[list[Deal]], dict[UUID, Evidence]]
FINDERS: dict[str, list[Finder]] = defaultdict(list)


def finds(key: str) -> Callable[[Finder], Finder]:
    """Register what can tell from the data that an item is done."""

    def register(finder: Finder) -> Finder:
        FINDERS[key].append(finder)
        return finder

    return register


def evidence_of(
    renewals: Collection[Renewal], *, zone: str
) -> dict[UUID, dict[str, Evidence]]:
    """By renewal and key of the item: of the data first, then what people ticked."""
    found: dict[UUID, dict[str, Evidence]] = {row.pk: {} for row in renewals}
    deals = _deals(renewals, zone)
    for key, finders in FINDERS.items():
        for finder in finders:
            for pk, evidence in finder(deals).items():
                found[pk].setdefault(key, evidence)
    ticks = ChecklistItem.objects.filter(renewal__in=renewals)
    for tick in ticks.select_related("done_by"):
        evidence = Evidence(
            tick.evidence, tick.link, tick.done_at, tick.done_by, is_said=True
        )
        found[tick.renewal_id].setdefault(tick.key, evidence)
    return found


def _deals(renewals, zone):
    entered: dict = defaultdict(dict)
    changes = StageChange.objects.filter(renewal__in=renewals).order_by("at")
    for pk, stage, at in changes.values_list("renewal_id", "stage", "at"):
        entered[pk].setdefault(stage, clock.day_of(at, zone))
    deals = []
    for renewal in renewals:
        known = entered[renewal.pk]
        day = renewal.decides_on - PREPARED_FROM
        if opened := known.get(Stage.PREPARATION):
            day = min(day, opened)
        deals.append(Deal(renewal, clock.start_of(day, zone), known))
    return deals


@finds(checklist.HEALTH_CHECK)
def find_health_check(deals):
    done = Task.objects.filter(
        kind="renewal.check",
        status=Task.Status.DONE,
        path__in=[deal.renewal.path for deal in deals],
    )
    tasks = {task.path: task for task in done.order_by("closed_at")}
    return {
        deal.renewal.pk: Evidence(
            task.title, "/tasks/?status=done&whose=all", task.closed_at
        )
        for deal in deals
        if (task := tasks.get(deal.renewal.path))
    }


@finds(checklist.QBR)
def find_review(deals):
    notes = _notes(deals).filter(kind=Note.Kind.REVIEW)
    return _first_notes(deals, notes.select_related("contact"))


@finds(checklist.DECISION_MAKER)
def find_contact(deals):
    notes = _notes(deals).filter(
        kind__in=TWO_WAY, contact__roles__contains=[ContactRole.DECISION_MAKER]
    )
    return _first_notes(deals, notes.select_related("contact"))


def _notes(deals):
    since = min((deal.since for deal in deals), default=clock.now())
    accounts = {deal.renewal.account_id for deal in deals}
    return Note.objects.filter(account__in=accounts, happened_at__gte=since)


def _first_notes(deals, notes):
    by_account = defaultdict(list)
    for note in notes.order_by("-happened_at"):
        by_account[note.account_id].append(note)
    found = {}
    for deal in deals:
        account_id = deal.renewal.account_id
        note = next(iter(by_account[account_id]), None)
        if note and note.happened_at >= deal.since:
            path = f"/accounts/{account_id}/timeline/"
            found[deal.renewal.pk] = Evidence(_said(note), path, note.happened_at)
    return found


def _said(note):
    if note.contact_id:
        with_whom = {"kind": note.get_kind_display(), "contact": note.contact}
        return _("%(kind)s with %(contact)s") % with_whom
    return f"{note.get_kind_display()}: {note.body[:60]}"


@finds(checklist.OFFER)
def find_offer(deals):
    # A draft is not made yet: nobody has seen it.
    sent = Offer.objects.filter(renewal__in=[deal.renewal for deal in deals])
    return {
        offer.renewal_id: Evidence(
            _("Offer %s was sent") % offer.version,
            f"/offers/{offer.pk}/",
            offer.sent_at,
        )
        for offer in sent.filter(sent_at__isnull=False).order_by("version")
    }


@finds(checklist.PAYMENT)
def find_payment(deals):
    since = {
        deal.renewal.pk: deal.entered_on[Stage.APPROVAL]
        for deal in deals
        if Stage.APPROVAL in deal.entered_on
    }
    asked = [deal.renewal for deal in deals if deal.renewal.pk in since]
    paid = defaultdict(list)
    invoices = Invoice.objects.filter(
        account__in={renewal.account_id for renewal in asked}, paid_on__isnull=False
    )
    if asked:
        for invoice in invoices.filter(issued_on__gte=min(since.values())):
            paid[invoice.account_id].append(invoice)
    return {
        renewal.pk: Evidence(
            _("Invoice %s is paid") % invoice.external_id,
            f"/accounts/{renewal.account_id}/money/",
            invoice.paid_on,
        )
        for renewal in asked
        for invoice in paid[renewal.account_id][:1]
        if invoice.issued_on >= since[renewal.pk]
    }


@finds(checklist.RISK_PLAN)
def find_risk_plan(deals):
    plans = RiskPlan.objects.standing().filter(renewal__in=[d.renewal for d in deals])
    return {
        plan.renewal_id: Evidence(
            plan.problem, f"/renewals/{plan.renewal_id}/#risk", plan.created_at
        )
        for plan in plans.order_by("-created_at")
    }
