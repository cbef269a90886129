"""After a review: the summary is looked at and sent; ideas become opportunities."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qbr import services
from qbr.forms.meeting import IdeaForm, SummaryForm
from qbr.models import NoteKind, ReviewNote, Status
from qbr.queries.attendees import addressed
from qbr.queries.facts import trouble_of
from qbr.queries.summary import prepared
from qbr.views.rows import changeable, done, refused, stale_words, today
from renewals.services import Muted
from tenants.access import member_required


@require_http_methods(["GET", "POST"])
@member_required
def summary(request, pk):
    """The letter after a review: prepared, edited and kept, or sent."""
    review = changeable(request, pk)
    if review.status != Status.HELD:
        return done(request, review)
    guests = addressed(review)
    if request.method == "GET":
        is_anew = "anew" in request.GET
        words = prepared(review) if is_anew else review.summary or prepared(review)
        initial = {"words": words, "seen": review.revision}
        return _page(request, review, SummaryForm(guests=guests, initial=initial))
    if request.POST.get("do") == "close":
        return _closed(request, review)
    form = SummaryForm(request.POST, guests=guests)
    if not form.is_valid():
        return _page(request, review, form, status=422)
    return _kept(request, review, form)


def _kept(request, review, form):
    said = form.cleaned_data
    try:
        if request.POST.get("do") == "send":
            services.send_summary(review, by=request.user, **said)
            return done(request, review, _("Sent, and the review is followed up."))
        services.keep_summary(review, said["words"], seen=said["seen"])
    except ValidationError as error:
        for field, words in error.message_dict.items():
            form.add_error(field, words)
        return _page(request, review, form, status=422)
    except services.Stale as stale:
        form.add_error(None, stale_words(stale.review))
        return _page(request, review, form, status=409)
    messages.success(request, _("Kept as a draft; nothing was sent."))
    return HttpResponseRedirect(reverse("qbr:summary", args=[review.pk]))


def _closed(request, review):
    seen = request.POST.get("seen", "")
    try:
        services.close_without_letter(
            review, by=request.user, seen=int(seen) if seen.isdecimal() else None
        )
    except services.Stale as stale:
        return refused(request, review, stale_words(stale.review))
    return done(request, review, _("Followed up; no letter was sent."))


@require_http_methods(["GET", "POST"])
@member_required
def idea(request, pk, line):
    """What an idea could bring: an opportunity, if health allows."""
    review = changeable(request, pk)
    ideas = ReviewNote.objects.filter(review=review, kind=NoteKind.IDEA)
    note = get_object_or_404(ideas.select_related("opportunity"), pk=line)
    posted = request.POST if request.method == "POST" else None
    form = IdeaForm(posted, initial={"currency": request.tenant.currency})
    status = 200 if posted is None else 422
    if posted is not None and form.is_valid():
        try:
            made = services.pursue_idea(
                review, note, by=request.user, on=today(request), **form.cleaned_data
            )
            return HttpResponseRedirect(reverse("renewals:opportunity", args=[made.pk]))
        except Muted as muted:
            form.add_error(None, _("Value first, offer second: %s") % muted)
            status = 409
    context = {
        "review": review,
        "account": review.account,
        "note": note,
        "form": form,
        "trouble": trouble_of(review),
    }
    return render(request, "qbr/idea.html", context, status=status)


def _page(request, review, form, *, status=200):
    context = {"review": review, "account": review.account, "form": form}
    return render(request, "qbr/summary.html", context, status=status)
