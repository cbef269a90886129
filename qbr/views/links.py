"""The customer's address of a report: given by members, opened by customers."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cs_platform.lib.place import client_address
from qbr.forms.reports import LinkForm
from qbr.models import ReportLink
from qbr.queries import links
from qbr.queries import reports as queries
from qbr.queries.reviews import may_change
from qbr.services import linking
from qbr.views.reports import PAGE, context_of
from qbr.views.slides import slides_response
from tenants.access import member_required
from tenants.api.throttle import seconds_to_wait
from tenants.queries import digest_of
from tenants.scoping import tenant_scope

ROBOTS = "noindex, nofollow, noarchive"


@require_POST
@member_required
def link_create(request, pk):
    """Shows the address in the answer, this once."""
    report = get_object_or_404(
        queries.visible_reports(request.membership).select_related(
            "review__account", "review__owner", "frozen_by", "asked_by"
        ),
        pk=pk,
    )
    if not may_change(report.review, request.membership):
        raise Http404
    form = LinkForm(request.POST)
    if not form.is_valid() or report.frozen_at is None:
        context = context_of(request, report, link_form=form)
        return render(request, PAGE, context, status=422)
    _link, token = linking.make_link(report, by=request.user, **form.cleaned_data)
    address = f"{settings.SITE_URL}/r/{token}/"
    return render(request, PAGE, context_of(request, report, address=address))


@require_POST
@member_required
def revocation_create(request, pk):
    reports = queries.visible_reports(request.membership)
    found = ReportLink.objects.filter(report__in=reports)
    link = get_object_or_404(found.select_related("report__review__account"), pk=pk)
    if not may_change(link.report.review, request.membership):
        raise Http404
    linking.revoke_link(link, by=request.user)
    messages.success(request, _("The address no longer works."))
    return HttpResponseRedirect(reverse("reports:detail", args=[link.report_id]))


# No session is read and nothing changed here: forged forms are refused as all else is.
@csrf_exempt
def public_report(request, token):
    """The slides. Forged, unknown, expired and revoked: one and the same refusal."""
    return _opened(request, token, "page", _page)


@csrf_exempt
def public_file(request, token, kind):
    return _opened(request, token, kind, _file)


@csrf_exempt
def nothing_there(request, rest=""):
    """Below the addresses of reports: the same refusal, and counted like a guess."""
    wait = seconds_to_wait(settings.REPORT_RATE, "report", client_address(request))
    return _busy(wait) if wait is not None else _refused(request)


def _opened(request, token, what, answer):
    if request.method not in ("GET", "HEAD"):
        return nothing_there(request)
    tenant = links.tenant_of_link(token)
    # Those that guess are counted by where they are, those that know by their secret.
    asker = client_address(request) if tenant is None else digest_of(token)
    wait = seconds_to_wait(settings.REPORT_RATE, "report", asker)
    if wait is not None:
        return _busy(wait)
    if tenant is None:
        return _refused(request)
    with tenant_scope(tenant.pk), timezone.override(tenant.timezone):
        link = links.open_link(token)
        response = answer(request, link, token, what) if link else None
        if response is None:
            return _refused(request)
        if request.method == "GET":
            agent = request.headers.get("User-Agent", "")
            linking.record_view(link, what=what, agent=agent)
    return _guarded(response)


def _page(request, link, token, _what):
    files = [
        {"name": name, "address": reverse("public-report-file", args=[token, kind])}
        for kind, name, _size in queries.kinds_made(link.report)
    ]
    return slides_response(request, "qbr/report/public.html", link.report, files=files)


def _file(_request, link, _token, kind):
    file = queries.file_of(link.report, kind)
    return queries.file_response(link.report, file) if file else None


def _refused(request):
    """As the visitor's browser wants it: nothing is known of whom it is not for."""
    language = translation.get_language_from_request(request)
    with translation.override(language):
        response = render(request, "qbr/report/refused.html", status=404)
    return _guarded(response)


def _busy(wait):
    return _guarded(HttpResponse(status=429, headers={"Retry-After": wait}))


def _guarded(response):
    """No robot and no cache; other sites never learn the address from our browsers'
    referrers, as everywhere."""
    response["X-Robots-Tag"] = ROBOTS
    response["Cache-Control"] = "private, no-store"
    return response
