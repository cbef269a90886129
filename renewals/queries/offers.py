"""What an offer says: its own words, the workspace's letter, the account's figures."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Ticket
from cs_platform.lib import clock, wording
from renewals.models import Offer, OfferFile, OfferTemplate, OfferWording, Renewal
from renewals.offering import files
from renewals.offering.document import Letter, Proposal, day, document_of, money
from renewals.offering.pricing import line_of
from renewals.queries.pipeline import visible_renewals
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from usage.queries import activity

FEATURES_NAMED = 3
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def visible_offers(membership):
    """The offers of the renewals this member may see."""
    return Offer.objects.filter(renewal__in=visible_renewals(membership))


def offers_of(renewal: Renewal) -> list[Offer]:
    """The versions, the latest first; without what the files are made of."""
    offers = Offer.objects.filter(renewal=renewal).select_related("made_by")
    return list(offers.defer("document", "lines").order_by("-version"))


def template() -> OfferTemplate:
    """How the workspace's offers look; as shipped, and not kept, before it said so."""
    kept = OfferTemplate.objects.select_related("logo").first()
    return kept or OfferTemplate(company=_workspace().name)


def wording_in(language: str) -> OfferWording:
    """What the workspace's offers say in a language, or what they say as shipped."""
    kept = OfferWording.objects.filter(language=language).first()
    if kept:
        return kept
    with translation.override(language):
        return OfferWording(
            language=language,
            title=_("Commercial offer"),
            opening=_(
                "Thank you for working with us. Here is what we propose for the next"
                " term."
            ),
            terms=_(
                "Prices are valid until the day named above. Payment is due within 10"
                " days of the invoice."
            ),
            closing=_("We are glad to answer any question."),
        )


def proposal_of(offer: Offer, *, on: date) -> Proposal:
    """A draft as of a day: the template and the figures are those of now."""
    look, words = template(), wording_in(offer.language)
    return Proposal(
        language=offer.language,
        customer=offer.renewal.account.name,
        version=offer.version,
        on=on,
        valid_until=offer.valid_until,
        starts_on=offer.starts_on,
        term_months=offer.term_months,
        currency=offer.currency,
        lines=tuple(line_of(kept) for kept in offer.lines),
        letter=Letter(
            title=words.title,
            company=look.company,
            requisites=look.requisites,
            colour=look.colour,
            opening=words.opening,
            terms=words.terms,
            closing=words.closing,
            signature=words.signature,
        ),
        tax_percent=offer.tax_percent,
        seats=offer.seats,
        value=offer.value,
        note=offer.note,
        figures=figures_of(offer.renewal, language=offer.language, on=on),
    )


def figures_of(renewal: Renewal, *, language: str, on: date) -> list[tuple[str, str]]:
    """What the account has now and does with it, called and written in a language."""
    contract, used = renewal.contract, activity(renewal.account, on=on)
    solved = Ticket.objects.filter(
        account=renewal.account, solved_at__date__gt=on.replace(year=on.year - 1, day=1)
    )
    with translation.override(language):
        figures = [
            (_("Plan"), contract.plan),
            (_("Seats"), contract.seats and wording.number(contract.seats)),
            (_("A year, now"), money(renewal.amount, renewal.currency)),
            (_("Runs until"), day(renewal.ends_on - timedelta(days=1))),
            (_("Active people in 30 days"), _people(used)),
            (_("Active days of the last 30"), _number(used.active_days)),
            (_("Used most"), _most_used(used)),
            (_("Requests solved in a year"), _number(solved.count())),
        ]
    return [(label, value) for label, value in figures if value]


def document_for(offer: Offer, *, on: date) -> dict:
    """All that it says: as it was sent, or a draft as it would be sent now."""
    return offer.document or document_of(proposal_of(offer, on=on))


def logo_of(offer: Offer) -> bytes | None:
    logo = template().logo if offer.is_draft else offer.logo
    return bytes(logo.content) if logo else None


def file_of(offer: Offer, kind: str, *, on: date) -> bytes:
    """Its file, `pdf` or `docx`: the bytes that were sent, or a draft's made now.

    Raises `NotTypeset` when it cannot be made in time.
    """
    kept = OfferFile.objects.filter(offer=offer, kind=kind).first()
    if kept:
        return bytes(kept.content)
    make, said = files.MAKERS[kind], document_for(offer, on=on)
    return make(said, logo=logo_of(offer), made_at=clock.now())


def file_name(offer: Offer, kind: str) -> str:
    """A name that any system takes; letters of any script stay."""
    name = slugify(offer.renewal.account.name, allow_unicode=True)[:60] or "account"
    draft = "-draft" if offer.is_draft else ""
    return f"offer-{name}-v{offer.version}{draft}.{kind}"


def offer_response(offer: Offer, kind: str, content: bytes) -> HttpResponse:
    """A download; nobody keeps a copy of it on the way."""
    return HttpResponse(
        content,
        content_type=TYPES[kind],
        headers={
            "Content-Disposition": content_disposition_header(
                True, file_name(offer, kind)
            ),
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _workspace():
    return Tenant.objects.get(pk=current_tenant_id())


def _people(used):
    if not used.monthly_users:
        return ""
    people = wording.number(used.monthly_users)
    if used.seats_share is None:
        return people
    return _("%(people)s (%(share)s of the seats)") % {
        "people": people,
        "share": wording.percent(used.seats_share, 0),
    }


def _most_used(used):
    return ", ".join(
        f"{feature.name} ({wording.number(feature.events)})"
        for feature in used.features[:FEATURES_NAMED]
    )


def _number(value):
    return wording.number(value) if value else ""
