"""How a workspace plans its reviews, what they begin with, and its feature news."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Tier
from qbr import agenda, services
from qbr.forms.reports import BeginningForm
from qbr.forms.reviews import agenda_of
from qbr.forms.settings import NewsForm, PlanningForm
from qbr.models import FeatureNews, ReviewTemplate
from qbr.queries.planning import cadences, planning_rule, segments_known
from qbr.queries.reports import beginning
from renewals.models import Plan
from tenants.access import role_required
from tenants.models import Role
from usage.models import Feature

SETTERS = (Role.LEAD, Role.OPS, Role.ADMIN)
PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OPS, Role.ADMIN)
def planning_edit(request):
    posted = request.POST if request.method == "POST" else None
    rule, every = planning_rule(), cadences()
    initial = {"is_on": rule.is_on, "renewal_days": rule.renewal_days}
    form = PlanningForm(posted, initial=initial, every=every, segments=segments_known())
    if posted is not None and form.is_valid():
        services.set_planning(by=request.user, **form.facts())
        messages.success(request, _("Saved."))
        return _back()
    return _page(request, form, status=200 if posted is None else 422)


@require_POST
@role_required(Role.OPS, Role.ADMIN)
def template_change(request):
    """The agenda that new reviews begin with; of a tier, or of all others."""
    tier = request.POST.get("tier", "")
    if tier not in ("", *Tier.values):
        raise Http404
    if request.POST.get("do") == "forget":
        services.forget_template(tier, by=request.user)
        messages.success(request, _("Saved."))
        return _back()
    try:
        services.keep_template(tier, agenda_of(request.POST), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back()
    messages.success(request, _("Saved."))
    return _back()


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*SETTERS)
def report_edit(request):
    """The sections that new reports begin with: their choice and their order."""
    form = BeginningForm(beginning(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.keep_sections(form.sections(), by=request.user)
        if not form.moved:
            messages.success(request, _("Saved."))
        place = f"#section-{form.moved}" if form.moved else ""
        return HttpResponseRedirect(reverse("qbr:report-settings") + place)
    status = 422 if form.is_bound else 200
    return render(request, "qbr/report/settings.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*SETTERS)
def news_list(request):
    form = NewsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("qbr:news-list"))
    rows = FeatureNews.objects.order_by("-released_on", "title")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form} | _known()
    status = 422 if form.is_bound else 200
    return render(request, "qbr/news.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*SETTERS)
def news_edit(request, pk):
    news = get_object_or_404(FeatureNews, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = NewsForm(posted, instance=news)
    if posted is not None and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("qbr:news-list"))
    context = {"news": news, "form": form} | _known()
    status = 200 if posted is None else 422
    return render(request, "qbr/news_edit.html", context, status=status)


@require_POST
@role_required(*SETTERS)
def news_removal_create(request, pk):
    get_object_or_404(FeatureNews, pk=pk).delete()
    messages.success(request, _("Deleted."))
    return HttpResponseRedirect(reverse("qbr:news-list"))


def _known():
    features = Feature.objects.filter(is_hidden=False, merged_into=None)
    return {
        "features": list(features.order_by("name").values_list("name", flat=True)),
        "plans": list(Plan.objects.values_list("name", flat=True)),
    }


def _page(request, form, *, status):
    kept = {row.tier: row for row in ReviewTemplate.objects.all()}
    tiers = [("", _("All other accounts")), *Tier.choices]
    templates = [
        {
            "tier": tier,
            "label": label,
            "parts": agenda.parts_of(kept[tier].agenda if tier in kept else []),
            "is_own": tier in kept and bool(kept[tier].agenda),
        }
        for tier, label in tiers
    ]
    context = {"form": form, "templates": templates}
    return render(request, "qbr/settings.html", context, status=status)


def _back():
    return HttpResponseRedirect(reverse("qbr:settings"))
