"""A survey's links: for one person, for a screen, for the workspace's own product."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.queries import visible_accounts
from nps import addresses, services
from nps.forms.sharing import LinkForm
from nps.models import Survey
from tenants.access import role_required
from tenants.models import Role

PAGE = "nps/sharing.html"
# Who talks to customers; who configures also replaces, and learns what signs.
WORKING = (Role.CSM, Role.LEAD, Role.OPS, Role.ADMIN)
CONFIGURING = (Role.OPS, Role.ADMIN)


@require_safe
@role_required(*WORKING)
def sharing(request, pk):
    return _page(request, get_object_or_404(Survey, pk=pk))


@require_POST
@role_required(*WORKING)
def link_create(request, pk):
    """Shows the link of one person in the answer."""
    survey = get_object_or_404(Survey.objects.on(), pk=pk)
    form = LinkForm(request.POST, accounts=visible_accounts(request.membership))
    if not form.is_valid():
        return _page(request, survey, form=form, status=422)
    invitation = services.link_to(
        survey, form.contact, tenant=request.tenant, by=request.user
    )
    link = addresses.ask_address(invitation)
    return _page(request, survey, link=link, contact=form.contact)


@require_POST
@role_required(*CONFIGURING)
def replacement_create(request, pk):
    survey = get_object_or_404(Survey, pk=pk)
    services.replace_links(survey, by=request.user)
    messages.success(request, _("Replaced. What was handed out before is worthless."))
    return HttpResponseRedirect(reverse("nps:sharing", args=[pk]))


@require_POST
@role_required(*CONFIGURING)
def secret_create(request, pk):
    """Shows what the workspace's server signs with; made when first asked for."""
    survey = get_object_or_404(Survey, pk=pk)
    return _page(request, survey, secret=services.snippet_secret(by=request.user))


def _page(request, survey, *, form=None, status=200, **more):
    context = {
        "survey": survey,
        "form": form or LinkForm(accounts=visible_accounts(request.membership)),
        "kiosk": addresses.kiosk_address(survey),
        "snippet": addresses.snippet_address(survey),
        "may_configure": request.membership.role in CONFIGURING,
    }
    return render(request, PAGE, context | more, status=status)
