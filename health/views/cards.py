"""The scorecards of a workspace: their list, their versions, what begins and ends them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cs_platform.lib.htmx import render_page
from health import services
from health.forms import NameForm
from health.models import Scorecard
from health.queries.cards import cards_in_force
from health.queries.descriptions import described, differences
from health.queries.versions import card_lines, night_under_way, versions_of
from health.views.scores import CONFIGURES
from tenants.access import member_required, role_required


@require_safe
@member_required
def card_list(request):
    """Every scorecard; the part with the progress asks again while accounts are scored."""
    context = {
        "lines": card_lines(),
        "night": night_under_way(),
        "may_configure": request.membership.role in CONFIGURES,
    }
    return render_page(request, "health/cards/list.html", context, partial="progress")


@require_safe
@member_required
def card_detail(request, pk):
    """A version in words, what it changed, and the versions beside it."""
    return _detail(request, get_object_or_404(Scorecard, pk=pk), NameForm())


@require_POST
@role_required(*CONFIGURES)
def draft_create(request, pk):
    """Begin the draft of a scorecard from one of its versions, or go on with it."""
    card = get_object_or_404(Scorecard, pk=pk)
    draft = services.begin_draft(card, by=request.user)
    return redirect("health:card-draft", draft.pk)


@require_POST
@role_required(*CONFIGURES)
def copy_create(request, pk):
    """Begin a new scorecard that says what this version says."""
    card = get_object_or_404(Scorecard, pk=pk)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            draft = services.copy_scorecard(
                card, name=form.cleaned_data["name"], by=request.user
            )
        except services.NameTaken as error:
            form.add_error("name", error.message)
        else:
            return redirect("health:card-draft", draft.pk)
    return _detail(request, card, form, status=422)


@require_POST
@role_required(*CONFIGURES)
def removal_create(request, pk):
    """Discard a draft."""
    draft = get_object_or_404(Scorecard, pk=pk)
    try:
        services.discard_draft(draft, by=request.user)
    except services.AlreadyPublished as error:
        messages.error(request, error.message)
        return redirect("health:card-detail", draft.pk)
    messages.success(request, _("The draft of “%s” is discarded.") % draft.name)
    return redirect("health:card-list")


def _detail(request, card, form, status=200):
    versions = versions_of(card.name)
    older = [one.card for one in versions if one.card.version < card.version]
    before = next((one for one in older if one.published_at), None)
    in_force = cards_in_force().get(card.name)
    context = {
        "card": card,
        "is_in_force": in_force is not None and in_force.pk == card.pk,
        "parts": described(card.definition),
        "versions": versions,
        "before": before,
        "differences": before and differences(before.definition, card.definition),
        "draft": next(
            (one.card for one in versions if not one.card.published_at), None
        ),
        "form": form,
        "may_configure": request.membership.role in CONFIGURES,
    }
    return render(request, "health/cards/detail.html", context, status=status)
