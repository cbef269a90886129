"""What the pages of reviews share: which one, for whom, and what refuses."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from qbr.queries import reviews as queries

RELATED = ("account__owner", "owner", "renewal", "held_by", "sent_by")


def today(request):
    return clock.day_of(clock.now(), request.tenant.timezone)


def visible(request, pk):
    rows = queries.visible_reviews(request.membership)
    return get_object_or_404(rows.select_related(*RELATED), pk=pk)


def changeable(request, pk):
    rows = queries.changeable_reviews(request.membership)
    return get_object_or_404(rows.select_related(*RELATED), pk=pk)


def kept(filters, names) -> dict[str, str]:
    """What the address says and no field of the form does: it stays in it."""
    return {name: str(filters[name]) for name in names if filters[name]}


def url(pk):
    return reverse("qbr:detail", args=[pk])


def stale_words(review):
    return _(
        "Somebody else was first: the review is now “%(status)s”, and may have changed."
        " Nothing of yours was lost on this page; reload it and look."
    ) % {"status": review.get_status_display()}


def refused(request, review, words):
    """Nothing was changed: said on the page one comes back to, or to the script."""
    if request.htmx:
        return HttpResponse(words, status=409, content_type="text/plain")
    messages.error(request, words)
    return HttpResponseRedirect(url(review.pk))


def done(request, review, words="", place=""):
    """Back to the review, or to the page that the form names."""
    if words:
        messages.success(request, words)
    named = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(named, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(named)
    return HttpResponseRedirect(url(review.pk) + place)
