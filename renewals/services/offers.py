"""Offers are drafted, sent and answered; what was sent is never changed."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from cs_platform.lib import clock
from renewals.models import Offer, OfferFile, Renewal
from renewals.offering import files
from renewals.offering.pricing import CENT, Line, line_of, totals
from renewals.queries import offers as queries
from renewals.services.closing import AlreadyDecided
from tenants.models import Language, Tenant
from tenants.services import record_audit

State = Offer.State


class StaleOffer(Exception):
    """Somebody else has changed, sent or answered it meanwhile."""

    def __init__(self, offer):
        super().__init__(offer.pk)
        self.offer = offer


class EmptyOffer(Exception):
    """An offer without a line cannot be sent."""


@transaction.atomic
def draft_offer(renewal, *, by, on) -> Offer:
    """The draft of an open renewal: the one there is, or a new version.

    A new one begins as the last that was sent, or as the contract is now. Raises
    `AlreadyDecided` when there is nothing left to propose.
    """
    renewal = (
        Renewal.objects.select_for_update(of=("self",))
        .select_related("account", "contract")
        .get(pk=renewal.pk)
    )
    if not renewal.is_open:
        raise AlreadyDecided(renewal)
    last = Offer.objects.filter(renewal=renewal).order_by("-version").first()
    if last is not None and last.is_draft:
        return last
    look = queries.template()
    offer = _as(last) if last else _as_now(renewal, look)
    offer.renewal, offer.version = renewal, last.version + 1 if last else 1
    offer.valid_until = on + timedelta(days=look.validity_days)
    offer.made_by = by
    _keep_sums(offer)
    offer.save()
    return offer


@transaction.atomic
def change_offer(offer, *, lines, revision, **said) -> Offer:
    """Write a draft anew; the sums follow the lines.

    `said` are fields of the offer. `revision` is the one that was seen: raises
    `StaleOffer` when there is a later one, or the offer was sent.
    """
    offer = _draft(offer, revision)
    for name, value in said.items():
        setattr(offer, name, value)
    offer.lines = [line.as_text() for line in lines]
    _keep_sums(offer)
    offer.revision += 1
    offer.save()
    return offer


@transaction.atomic
def send_offer(offer, *, revision, by, on) -> Offer:
    """Freeze the draft: its words, figures and both files are kept as they are now.

    Nothing is mailed: a person sends the files. In the audit trail. Raises `StaleOffer`,
    `EmptyOffer`, and `NotTypeset` when a file cannot be made.
    """
    offer = _draft(offer, revision)
    if not offer.lines:
        raise EmptyOffer(offer.pk)
    at, logo = clock.now(), queries.template().logo
    document = queries.document_for(offer, on=on)
    content = bytes(logo.content) if logo else None
    made = [
        OfferFile(
            offer=offer, kind=kind, content=make(document, logo=content, made_at=at)
        )
        for kind, make in files.MAKERS.items()
    ]
    offer.document, offer.logo, offer.sent_at = document, logo, at
    offer.state = State.SENT
    offer.save()
    OfferFile.objects.bulk_create(made)
    _audit("offer.sent", offer, by)
    return offer


@transaction.atomic
def answer_offer(offer, *, state, by, on) -> Offer:
    """Keep what the customer said to a sent offer: accepted or declined.

    The answer may be changed while the deal is open; raises `StaleOffer` for a draft.
    """
    offer = _locked(offer)
    if offer.is_draft:
        raise StaleOffer(offer)
    if not offer.renewal.is_open:
        raise AlreadyDecided(offer.renewal)
    if offer.state != state:
        offer.state, offer.answered_on = State(state), on
        offer.save(update_fields=["state", "answered_on", "updated_at"])
        _audit(f"offer.{state}", offer, by)
    return offer


@transaction.atomic
def discard_offer(offer) -> None:
    """Throw a draft away. Raises `StaleOffer` for one that was sent."""
    _draft(offer).delete()


def lines_of(offer) -> list[Line]:
    return [line_of(kept) for kept in offer.lines]


def _locked(offer):
    locked = Offer.objects.select_for_update(of=("self",))
    return locked.select_related("renewal__account", "renewal__contract").get(
        pk=offer.pk
    )


def _draft(offer, revision=None):
    offer = _locked(offer)
    if not offer.is_draft or revision not in (None, offer.revision):
        raise StaleOffer(offer)
    if not offer.renewal.is_open:
        raise AlreadyDecided(offer.renewal)
    return offer


def _as(last):
    """A draft that begins as the version before it."""
    same = (
        "language",
        "currency",
        "starts_on",
        "term_months",
        "tax_percent",
        "seats",
        "value",
        "note",
        "lines",
    )
    return Offer(**{name: getattr(last, name) for name in same})


def _as_now(renewal, look):
    """A draft that proposes what the customer has."""
    contract = renewal.contract
    line = _line_of(contract, renewal.amount)
    return Offer(
        language=_language(renewal.account),
        currency=renewal.currency,
        starts_on=renewal.ends_on,
        term_months=_months(contract),
        tax_percent=look.tax_percent,
        seats=contract.seats,
        lines=[line.as_text()],
    )


def _line_of(contract, yearly):
    monthly, seats = yearly / 12, Decimal(contract.seats or 1)
    price = (monthly / seats).quantize(CENT)
    if price * seats != monthly:
        price, seats = monthly.quantize(CENT), Decimal(1)
    return Line(title=contract.plan or str(contract), quantity=seats, price=price)


def _months(contract):
    """The length of the contract's term, in months; a year when it cannot be told."""
    if contract.term_months:
        return contract.term_months
    if contract.ends_on is None:
        return 12
    days = (contract.ends_on - contract.starts_on).days
    return min(max(round(days / 30.44), 1), 120)


def _language(account):
    if account.language in Language.values:
        return account.language
    return Tenant.objects.get(pk=account.tenant_id).language


def _keep_sums(offer):
    sums = totals(
        lines_of(offer), months=offer.term_months, tax_percent=offer.tax_percent
    )
    offer.amount, offer.total = sums.yearly, sums.total


def _audit(action, offer, by):
    after = {
        "offer": str(offer),
        "amount": str(offer.amount),
        "total": str(offer.total),
        "currency": offer.currency,
    }
    record_audit(action, offer.renewal, by=by, before=None, after=after)
