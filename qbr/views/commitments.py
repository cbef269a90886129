"""What was promised, over all reviews: open, late, kept."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from accounts.models import Tier
from cs_platform.lib.htmx import render_page
from qbr import services
from qbr.forms.commitments import CommitmentChangeForm, CommitmentFilters
from qbr.forms.meeting import StateForm
from qbr.models import CommitmentState, Side
from qbr.queries import reviews as queries
from qbr.queries.commitments import visible_commitments
from qbr.views.rows import done, kept, today
from tenants.access import member_required
from tenants.models import Role
from worklist.forms import assignable
from worklist.queries.lists import team_of

PAGE_SIZE = 50
KEPT = ("tier", "segment", "account_owner", "since", "until")


@require_GET
@member_required
def commitment_list(request):
    filters = _filters(request)
    rows = _narrowed(request, filters)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filters": filters,
        "kept_filters": kept(filters, KEPT),
        "sides": Side.choices,
        "states": CommitmentState.choices,
        "tiers": Tier.choices,
        "people": list(assignable(request.tenant)),
        "today": today(request),
        "changeable": _changeable(request, page),
    }
    return render_page(request, "qbr/commitments.html", context, partial="rows")


@require_http_methods(["GET", "POST"])
@member_required
def commitment_edit(request, pk):
    """Other words, another day or person; its task follows."""
    row = _workable(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = CommitmentChangeForm(posted, promise=row, tenant=request.tenant)
    status = 200 if posted is None else 422
    if posted is not None and form.is_valid():
        try:
            services.change_commitment(row, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return done(request, row.review, _("Saved."))
    context = {
        "promise": row,
        "review": row.review,
        "account": row.account,
        "form": form,
        "next": request.GET.get("next") or request.POST.get("next", ""),
    }
    return render(request, "qbr/commitment.html", context, status=status)


@require_POST
@member_required
def state_change(request, pk):
    """Kept, dropped, or open again."""
    row = _workable(request, pk)
    form = StateForm(request.POST)
    if not form.is_valid():
        raise Http404
    services.close_commitment(row, by=request.user, **form.cleaned_data)
    return done(request, row.review, _("Saved."))


def _workable(request, pk):
    """The promise of that id, to be changed by who works its review, or owns it."""
    rows = visible_commitments(request.membership).select_related(
        "review__account", "account", "review", "owner", "contact"
    )
    row = get_object_or_404(rows, pk=pk)
    if not queries.may_change(row.review, request.membership) and (
        row.owner_id != request.user.pk or request.membership.role == Role.VIEWER
    ):
        raise Http404
    return row


def _filters(request):
    filters = CommitmentFilters(request.GET).chosen()
    if "whose" not in request.GET and request.membership.role == Role.CSM:
        filters["whose"] = "mine"
    return filters


def _narrowed(request, filters):
    rows = visible_commitments(request.membership).filter(
        _whose(filters["whose"], request.membership),
        review__status__in=("held", "followed_up"),
    )
    state = filters["state"]
    if state == "late":
        rows = rows.overdue(today(request))
    elif state != "any":
        rows = rows.filter(state=state or CommitmentState.OPEN)
    narrowing = {
        "side": filters["side"],
        "account__tier": filters["tier"],
        "account__segment": filters["segment"],
        "account__owner": filters["account_owner"],
        "due_on__gte": filters["since"],
        "due_on__lt": filters["until"],
    }
    rows = rows.filter(**{name: value for name, value in narrowing.items() if value})
    related = ("account__owner", "owner", "contact", "review")
    return rows.select_related(*related).order_by("due_on", "pk")


def _whose(chosen, membership):
    if chosen == "mine":
        return Q(owner=membership.user)
    if chosen == "team":
        return Q(owner__in=team_of(membership))
    if chosen and chosen.isdecimal():
        return Q(owner=int(chosen))
    return Q()


def _changeable(request, page):
    member = request.membership
    if member.role == Role.VIEWER:
        return set()
    return {
        row.pk
        for row in page
        if row.owner_id == member.user_id
        or member.role != Role.CSM
        or member.user_id in (row.review.owner_id, row.account.owner_id)
    }
