"""The offers of a renewal: drafted, looked at, downloaded, sent, answered."""

import base64

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from cs_platform.lib.typesetting import NotTypeset
from renewals import services
from renewals.forms.offers import AnswerForm, LinesForm, OfferForm
from renewals.models import Offer
from renewals.offering import files
from renewals.offering.pricing import totals
from renewals.queries import offers as queries
from renewals.queries.pipeline import changeable_renewals
from renewals.views.moves import stale_words
from renewals.views.rows import today
from tenants.access import member_required

PAGE = "renewals/offer.html"
# More pages than these are looked at in the PDF.
SHOWN_PAGES = 8


@require_POST
@member_required
def offer_create(request, pk):
    renewal = get_object_or_404(changeable_renewals(request.membership), pk=pk)
    try:
        offer = services.draft_offer(renewal, by=request.user, on=today(request))
    except services.AlreadyDecided as stale:
        return HttpResponse(stale_words(stale.renewal), status=409)
    return _to(offer)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def offer_detail(request, pk):
    """A draft to write in, or a sent offer as it is."""
    if request.method != "POST":
        return render(request, PAGE, _context(request, _visible(request, pk)))
    offer = _changeable(request, pk)
    form, lines = _forms(request, offer)
    if not (form.is_valid() and lines.is_valid()):
        context = _context(request, offer, form=form, lines=lines)
        return render(request, PAGE, context, status=422)
    try:
        services.change_offer(
            offer,
            lines=lines.lines(),
            revision=form.cleaned_data["revision"],
            **form.said(),
        )
    except (services.StaleOffer, services.AlreadyDecided):
        form.add_error(None, _stale_words())
        context = _context(request, offer, form=form, lines=lines)
        return render(request, PAGE, context, status=409)
    messages.success(request, _("Saved."))
    return _to(offer)


@require_POST
@member_required
def sums(request, pk):
    """What the lines come to as they are typed; nothing is written."""
    form, lines = _forms(request, _changeable(request, pk))
    if not (form.is_valid() and lines.is_valid()):
        return HttpResponse(status=204)
    found = totals(
        lines.lines(),
        months=form.cleaned_data["term_months"],
        tax_percent=form.cleaned_data["tax_percent"],
    )
    context = {"sums": found, "offer": form.instance}
    return render(request, "renewals/_offer_sums.html", context)


@require_GET
@member_required
def preview(request, pk):
    """The pages of the PDF as pictures."""
    offer = _visible(request, pk)
    said = queries.document_for(offer, on=today(request))
    try:
        pages = files.pages(said, logo=queries.logo_of(offer))
    except NotTypeset:
        return _not_made(offer)
    context = {
        "offer": offer,
        "pages": [base64.b64encode(page).decode() for page in pages[:SHOWN_PAGES]],
        "count": len(pages),
    }
    return render(request, "renewals/offer_preview.html", context)


@require_GET
@member_required
def offer_file(request, pk, kind):
    if kind not in queries.TYPES:
        raise Http404
    offer = _visible(request, pk)
    try:
        content = queries.file_of(offer, kind, on=today(request))
    except NotTypeset:
        return _not_made(offer)
    return queries.offer_response(offer, kind, content)


@require_POST
@member_required
def sending_create(request, pk):
    offer = _changeable(request, pk)
    try:
        services.send_offer(
            offer,
            revision=_revision(request),
            by=request.user,
            on=today(request),
        )
        said = _("Frozen as sent: send the PDF or the Word file to the customer.")
        messages.success(request, said)
    except services.EmptyOffer:
        messages.error(request, _("Write at least one line first."))
    except (services.StaleOffer, services.AlreadyDecided):
        messages.error(request, _stale_words())
    except NotTypeset:
        messages.error(request, _("The files could not be made; nothing is sent."))
    return _to(offer)


@require_POST
@member_required
def answer_create(request, pk):
    offer, form = _changeable(request, pk), AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("There is no such answer."), status=422)
    try:
        services.answer_offer(
            offer,
            state=form.cleaned_data["state"],
            by=request.user,
            on=today(request),
        )
    except (services.StaleOffer, services.AlreadyDecided):
        messages.error(request, _stale_words())
        return _to(offer)
    if form.cleaned_data["state"] == Offer.State.ACCEPTED:
        messages.success(request, _("Accepted. Record the outcome when it is signed."))
        place = reverse("renewals:detail", args=[offer.renewal_id])
        return HttpResponseRedirect(f"{place}?offer={offer.pk}#outcome")
    messages.success(request, _("The answer is kept."))
    return _to(offer)


@require_POST
@member_required
def removal_create(request, pk):
    offer = _changeable(request, pk)
    try:
        services.discard_offer(offer)
    except (services.StaleOffer, services.AlreadyDecided):
        messages.error(request, _stale_words())
        return _to(offer)
    messages.success(request, _("The draft is gone."))
    return HttpResponseRedirect(reverse("renewals:detail", args=[offer.renewal_id]))


def _visible(request, pk):
    offers = queries.visible_offers(request.membership)
    return get_object_or_404(_whole(offers), pk=pk)


def _changeable(request, pk):
    renewals = changeable_renewals(request.membership)
    offers = Offer.objects.filter(renewal__in=renewals)
    return get_object_or_404(_whole(offers), pk=pk)


def _whole(offers):
    return offers.select_related(
        "renewal__account", "renewal__contract", "made_by", "logo"
    )


def _forms(request, offer):
    # A form writes into its row: the page still shows the one that is kept.
    draft = Offer(pk=offer.pk, tenant_id=offer.tenant_id, currency=offer.currency)
    form = OfferForm(request.POST, instance=draft)
    return form, LinesForm(request.POST, prefix="lines")


def _context(request, offer, *, form=None, lines=None):
    renewals = changeable_renewals(request.membership)
    may_change = offer.renewal.is_open and renewals.filter(pk=offer.renewal_id).exists()
    kept = services.lines_of(offer)
    return {
        "offer": offer,
        "renewal": offer.renewal,
        "may_change": may_change,
        "form": form or OfferForm(instance=offer),
        "lines_form": lines
        or LinesForm(prefix="lines", initial=[vars(line) for line in kept]),
        "lines": kept,
        "sums": totals(kept, months=offer.term_months, tax_percent=offer.tax_percent),
        "today": today(request),
    }


def _revision(request):
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _stale_words():
    return _(
        "Somebody else was first: it was changed or sent meanwhile. Nothing of yours was"
        " written; reload and look."
    )


def _not_made(offer):
    said = _("The file could not be made in time. Nothing is lost; try again.")
    return HttpResponse(said, status=503, headers={"Retry-After": "10"})


def _to(offer):
    return HttpResponseRedirect(reverse("renewals:offer-detail", args=[offer.pk]))
