from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Tier
from renewals import services
from renewals.forms.ladder import STEPS, LadderForm
from renewals.queries.ladders import EVERY_TIER, ladders
from tenants.access import role_required
from tenants.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OPS, Role.ADMIN)
def ladder_edit(request):
    """When reminders come: for every account, and for a tier of its own."""
    posted = request.POST if request.method == "POST" else None
    kept = ladders().by_tier
    forms = [
        LadderForm(posted, tier=tier, days=kept.get(tier))
        for tier in (EVERY_TIER, *Tier.values)
    ]
    is_valid = all([form.is_valid() for form in forms])
    if posted is not None and is_valid:
        services.set_ladders(
            {form.tier: form.days() for form in forms}, by=request.user
        )
        messages.success(request, _("Saved. Renewals take it up within a minute."))
        return HttpResponseRedirect(reverse("renewals:ladder-edit"))
    context = {"forms": forms, "steps": [label for _step, label in STEPS]}
    status = 200 if posted is None else 422
    return render(request, "renewals/ladder.html", context, status=status)
