"""After a review: the summary is looked at and sent; ideas become opportunities."""

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
from qbr.views.rows import changeable, done, stale_words, today
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
        words = review.summary or prepared(review)
        initial = {"words": words, "seen": review.revision}
        return _page(request, review, SummaryForm(guests=guests, initial=initial))
    form = SummaryForm(request.POST, guests=guests)
    if not form.is_valid():
        return _page(request, review, form, status=422)
    said = form.cleaned_data
    try:
        if request.POST.get("do") == "send":
            services.send_summary(review, by=request.user, **said)
            return done(request, review, _("Sent, and the review is followed up."))
        services.keep_summary(review, said["words"], seen=said["seen"])
    except services.Stale as stale:
        form.add_error(None, stale_words(stale.review))
        return _page(request, review, form, status=409)
    place = reverse("qbr:summary", args=[review.pk])
    return HttpResponseRedirect(place)


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
