"""The list of reviews, a new one, and one account's."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Tier
from accounts.queries import account_or_404, may_work, visible_accounts
from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor, address_of
from qbr import services
from qbr.forms.reviews import PlanForm, ReviewFilters
from qbr.models import Commitment, PreparationKey, Review, Status, Why
from qbr.queries import reviews as queries
from qbr.queries.goals import goals_of
from qbr.queries.planning import planning_rule
from qbr.views.rows import kept, today, url
from tenants.access import member_required
from tenants.models import Role
from worklist.forms import assignable

# In a list a word is enough; planned by a person goes without saying.
REASONS = {
    Why.CADENCE: gettext_lazy("cadence"),
    Why.YELLOW_RENEWAL: gettext_lazy("renewal"),
}
EIGHT = len(PreparationKey)


@require_GET
@member_required
def review_list(request):
    filters = filters_of(request)
    try:
        page = queries.review_page(
            request.membership,
            filters,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except BadCursor:
        raise Http404 from None
    context = {
        "rows": [_shown(row) for row in page.rows],
        "filters": filters,
        "kept_filters": kept(filters, ("segment", "account_owner", "since", "until")),
        "people": list(assignable(request.tenant)),
        "statuses": Status.choices,
        "tiers": Tier.choices,
        "months": queries.months_around(today(request)),
        "today": today(request),
        "eight": EIGHT,
        "may_plan": request.membership.role != Role.VIEWER,
        "rule": planning_rule(),
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
    }
    return render_page(request, "qbr/list.html", context, partial="rows")


@require_http_methods(["GET", "POST"])
@member_required
def review_create(request):
    """A new review; `?account=` names whose."""
    if request.membership.role == Role.VIEWER:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    initial = {"account": request.GET.get("account", "")}
    form = PlanForm(posted, initial=initial, membership=request.membership)
    if posted is not None and form.is_valid():
        account = form.cleaned_data["account"]
        if not may_work(request.membership, account):
            form.add_error("account", _("Only its owner or a lead plans its review."))
        else:
            return _planned(request, form, account)
    return _form(request, form, status=422 if posted else 200)


@require_GET
@member_required
def panel(request, pk):
    """Reviews, goals and promises of one account: a part of its card."""
    account = account_or_404(request.membership, pk)
    rows = Review.objects.filter(account=account).exclude(status=Status.CANCELLED)
    promised = Commitment.objects.open().filter(account=account)
    context = {
        "account": account,
        "reviews": rows.select_related("owner").order_by("-day")[:4],
        "promised": promised.select_related("owner", "contact").order_by("due_on")[:10],
        "goals": goals_of(account)[:5],
        "may_work": may_work(request.membership, account),
        "today": today(request),
    }
    return render_page(request, "qbr/panel.html", context, partial="panel")


def filters_of(request):
    filters = ReviewFilters(request.GET).chosen()
    if "whose" not in request.GET and request.membership.role == Role.CSM:
        filters["whose"] = "mine"
    return filters


def _planned(request, form, account):
    said = form.cleaned_data
    try:
        review = services.plan_review(
            account,
            due_on=said["due_on"],
            scheduled_at=said["scheduled_at"],
            period=form.period(),
            by=request.user,
        )
    except services.PeriodTaken as taken:
        messages.info(request, _("This period has its review already: here it is."))
        return HttpResponseRedirect(url(taken.review.pk))
    messages.success(request, _("The review is planned."))
    return HttpResponseRedirect(url(review.pk))


def _form(request, form, *, status):
    names = visible_accounts(request.membership).order_by("name")
    names = names.values_list("name", flat=True)[:300]
    context = {"form": form, "names": list(names)}
    return render(request, "qbr/new.html", context, status=status)


def _shown(row):
    return row | {
        "owner": row["owner__name"] or row["owner__email"],
        "status_word": Status(row["status"]).label,
        "reason_word": REASONS.get(row["reason"], ""),
        "tier_word": Tier(row["account__tier"]).label,
        "prepared": row["prepared"] or 0,
        "promised": row["promised"] or 0,
        "month": row["day"].replace(day=1),
    }
