"""The report of a review: worded, looked at, downloaded, sent."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.queries import today
from cs_platform.lib.htmx import render_page
from qbr.forms.reports import LinkForm, SectionsForm
from qbr.models import Report
from qbr.queries import reports as queries
from qbr.queries.links import links_of
from qbr.queries.reviews import may_change, visible_reviews
from qbr.services import queueing, reporting
from qbr.services.reporting import StaleReport
from qbr.views.slides import slides_response
from tenants.access import member_required
from tenants.models import Role

PAGE = "qbr/report/detail.html"
SHOWN = 50
# Who sets the name, the logo and the colour, of offers and reports alike.
LOOKERS = (Role.LEAD, Role.OPS, Role.ADMIN)


@require_safe
@member_required
def report_list(request):
    """What was asked for lately: whoever left the page finds it here."""
    reports = queries.recent_reports(request.membership)
    page = Paginator(reports, SHOWN).get_page(request.GET.get("page"))
    return render_page(request, "qbr/report/list.html", {"page": page}, partial="rows")


@require_safe
@member_required
def panel(request, pk):
    """The report of a review, on the page of the review."""
    review = _review(request, pk)
    report = queries.latest_report(review)
    context = {
        "review": review,
        "report": report,
        "files": queries.kinds_made(report) if report else [],
        "may_change": may_change(review, request.membership),
    }
    return render(request, "qbr/report/_panel.html", context)


@require_POST
@member_required
def report_create(request, pk):
    review = _review(request, pk)
    _refuse_others(request, review)
    return _to(reporting.draft_report(review, by=request.user, on=today()))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def report_detail(request, pk):
    """A draft to word and arrange, or a frozen report as it is."""
    if request.method != "POST":
        return render(request, PAGE, context_of(request, _visible(request, pk)))
    report = _changeable(request, pk)
    form = SectionsForm(report, request.POST, quotes=queries.quotes_of(report))
    if not form.is_valid():
        context = context_of(request, report, form=form)
        return render(request, PAGE, context, status=422)
    try:
        reporting.arrange_report(
            report, form.sections(), revision=form.revision, by=request.user
        )
    except StaleReport as stale:
        messages.error(request, _("Somebody else has changed it meanwhile."))
        context = context_of(request, stale.report)
        return render(request, PAGE, context, status=409)
    if not form.move:
        messages.success(request, _("Saved. The files are being made anew."))
    return _to(report, f"#section-{form.moved}" if form.moved else "")


@require_POST
@member_required
def figures_create(request, pk):
    """Take the figures of a draft anew."""
    report = _changeable(request, pk)
    try:
        reporting.take_figures(report, by=request.user, on=today())
    except StaleReport:
        messages.error(request, _("It is frozen: its figures stay."))
    else:
        messages.success(request, _("The figures are those of now."))
    return _to(report)


@require_POST
@member_required
def freezing_create(request, pk):
    """A correction is final: the first version is frozen as the review is held."""
    report = _changeable(request, pk)
    if not report.review.is_held:
        raise Http404
    reporting.freeze_report(report.review, by=request.user, on=today())
    messages.success(request, _("Frozen: nothing changes it from now on."))
    return _to(report)


@require_POST
@member_required
def files_create(request, pk):
    """Make its files again, after a failure."""
    report = _changeable(request, pk)
    queueing.ask_for_files(report, by=request.user)
    return _to(report)


@require_safe
@member_required
def progress(request, pk):
    """How far its files are: asked again until they are there."""
    report = _visible(request, pk)
    return render(request, "qbr/report/_files.html", _files_of(request, report))


@require_safe
@member_required
def changes(request, pk):
    """What the data say otherwise than the figures of the report."""
    report = _visible(request, pk)
    found = queries.changed_since(report, on=today())
    return render(
        request, "qbr/report/_changes.html", {"report": report, "changes": found}
    )


@require_safe
@member_required
def report_file(request, pk, kind):
    if kind not in queries.TYPES:
        raise Http404
    report = _visible(request, pk)
    file = queries.file_of(report, kind)
    if file is None:
        raise Http404
    return queries.file_response(report, file)


@require_safe
@member_required
def presentation(request, pk):
    report = _visible(request, pk)
    return slides_response(request, "qbr/report/presentation.html", report)


def context_of(request, report, **more):
    return (
        _files_of(request, report)
        | {
            "review": report.review,
            "account": report.review.account,
            "form": SectionsForm(report, quotes=queries.quotes_of(report)),
            "link_form": LinkForm(),
            "links": links_of(report),
            "versions": queries.reports_of(report.review),
            "figures": queries.told_figures(report),
        }
        | more
    )


def _files_of(request, report):
    return {
        "report": report,
        "files": queries.kinds_made(report),
        "why": queries.why_failed(report),
        "may_change": may_change(report.review, request.membership),
        "may_set_look": request.membership.role in LOOKERS,
    }


def _review(request, pk):
    reviews = visible_reviews(request.membership)
    return get_object_or_404(reviews.select_related("account", "owner"), pk=pk)


def _visible(request, pk):
    reports = queries.visible_reports(request.membership)
    related = ("review__account", "review__owner", "frozen_by", "asked_by")
    return get_object_or_404(reports.select_related(*related), pk=pk)


def _changeable(request, pk) -> Report:
    report = _visible(request, pk)
    _refuse_others(request, report.review)
    return report


def _refuse_others(request, review):
    """What one may see but not change is not there to be changed."""
    if not may_change(review, request.membership):
        raise Http404


def _to(report, part=""):
    return HttpResponseRedirect(reverse("reports:detail", args=[report.pk]) + part)
