import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from accounts.models import Contract
from accounts.views.calendar import warn_of
from renewals import growth, services
from renewals.forms.expansion import (
    HandoverForm,
    MoveForm,
    OpportunityChangeForm,
    ResultForm,
)
from renewals.models import OPEN_OPPORTUNITY, OpportunityStage
from renewals.queries import expansion as queries
from renewals.views.pipeline import today
from tenants.access import member_required

PAGE = "renewals/expansion/detail.html"


@require_GET
@member_required
def detail(request, pk):
    return _page(request, _visible(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def opportunity_edit(request, pk):
    """Put right what it is, for how much and whose; 409 when somebody else did first."""
    opportunity = _changeable(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = OpportunityChangeForm(posted, instance=opportunity, tenant=request.tenant)
    status = 200
    if posted is not None:
        status = _changed(request, pk, form)
    if status == 302:
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(_url(pk))
    context = {"account": opportunity.account, "opportunity": opportunity, "form": form}
    return render(request, "renewals/expansion/form.html", context, status=status)


def _changed(request, pk, form) -> int:
    if not form.is_valid():
        return 422
    said, opportunity = form.cleaned_data, _changeable(request, pk)
    said["owner"] = said["owner"] or opportunity.account.owner
    try:
        services.change_opportunity(opportunity, by=request.user, **said)
    except services.StaleOpportunity:
        form.add_error(None, _("Somebody else has changed it meanwhile: look again."))
        return 409
    return 302


@require_POST
@member_required
def move_create(request, pk):
    """Another stage; 409 when somebody else moved it first, and nothing is changed."""
    opportunity = _changeable(request, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _page(request, opportunity, move_form=form, status=422)
    said = form.cleaned_data
    said["was"] = said["was"] or None

    def move():
        services.move_opportunity(opportunity, by=request.user, **said)
        warn_of(request, said["trial_ends_on"])

    return _done(request, opportunity, form, move, "move_form")


@require_POST
@member_required
def handover_create(request, pk):
    opportunity = _changeable(request, pk)
    form = HandoverForm(request.POST)
    if not form.is_valid():
        return _page(request, opportunity, handover_form=form, status=422)
    said = form.cleaned_data
    return _done(
        request,
        opportunity,
        form,
        lambda: services.hand_to_sales(opportunity, by=request.user, **said),
        "handover_form",
    )


@require_POST
@member_required
def result_create(request, pk):
    opportunity = _changeable(request, pk)
    form = ResultForm(request.POST, contracts=_contracts(opportunity))
    if not form.is_valid():
        return _page(request, opportunity, result_form=form, status=422)
    said, on = form.cleaned_data, today(request)
    return _done(
        request,
        opportunity,
        form,
        lambda: services.close_opportunity(opportunity, by=request.user, on=on, **said),
        "result_form",
    )


@require_POST
@member_required
def stage_change(request, pk):
    """A card was dropped on another column of the board: what wants words is asked."""
    opportunity = _changeable(request, pk)
    stage, url = request.POST.get("stage"), _url(pk)
    asks = {"sales": "#sales", "won": "#result", "lost": "#result", "trial": "#stage"}
    if stage in asks:
        return _redirect(url + asks[stage])
    if stage not in OPEN_OPPORTUNITY:
        return HttpResponse(_("There is no such stage."), status=422)
    try:
        was = request.GET.get("was")
        services.move_opportunity(opportunity, stage=stage, was=was, by=request.user)
    except services.StaleOpportunity as stale:
        said = _stale_words(stale.opportunity)
        toast = json.dumps({"toast": {"text": said, "tone": "error"}})
        return HttpResponse(said, status=409, headers={"HX-Trigger": toast})
    return _redirect(reverse("renewals:expansion"))


def _done(request, opportunity, form, work, name):
    """Do it and go back to the page; what is refused stands at the form."""
    try:
        work()
    except services.StaleOpportunity as stale:
        form.add_error(None, _stale_words(stale.opportunity))
        return _page(
            request, _visible(request, opportunity.pk), **{name: form}, status=409
        )
    except ValidationError as error:
        # Of a field the form has not: said above all of them.
        for field, words in _by_field(error).items():
            form.add_error(field if field in form.fields else None, words)
        return _page(request, opportunity, **{name: form}, status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(_url(opportunity.pk))


def _by_field(error):
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {"": error.messages}


def _stale_words(opportunity):
    return _(
        "Somebody else was first: it is now in “%(stage)s”. Nothing of yours was"
        " changed; reload and look."
    ) % {"stage": opportunity.get_stage_display()}


def _redirect(url):
    return HttpResponse(status=204, headers={"HX-Redirect": url})


def _url(pk):
    return reverse("renewals:opportunity", args=[pk])


def _visible(request, pk):
    rows = queries.visible_opportunities(request.membership)
    related = ("account__owner", "owner", "opened_by", "signal")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def _changeable(request, pk):
    rows = queries.changeable_opportunities(request.membership)
    return get_object_or_404(rows.select_related("account", "owner", "signal"), pk=pk)


def _contracts(opportunity):
    rows = Contract.objects.filter(account=opportunity.account_id)
    return rows.order_by("-starts_on", "external_id")


def _page(request, opportunity, *, status=200, **forms):
    signal = opportunity.signal
    may_change = opportunity.is_open and queries.may_change(
        opportunity, request.membership
    )
    contracts = _contracts(opportunity)
    context = {
        "opportunity": opportunity,
        "evidence": signal and growth.told(signal.kind, signal.evidence, signal.words),
        "moves": opportunity.moves.select_related("by").order_by("at"),
        "handovers": opportunity.handovers.select_related("by").order_by("-at"),
        "result": opportunity.results.select_related("by", "contract").first(),
        "stages": [s for s in OPEN_OPPORTUNITY if s != OpportunityStage.SALES],
        "may_change": may_change,
        "move_form": MoveForm(initial={"trial_ends_on": opportunity.trial_ends_on}),
        "handover_form": HandoverForm(),
        "result_form": ResultForm(
            contracts=contracts,
            initial={"amount": opportunity.amount, "effective_on": today(request)},
        ),
    }
    return render(request, PAGE, context | forms, status=status)
