from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Tier
from renewals import services
from renewals.forms.ladder import STEPS, LadderForm, NewSegmentForm, SegmentLadderForm
from renewals.queries.ladders import EVERY_TIER, ladders, segments_without_a_ladder
from tenants.access import role_required
from tenants.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OPS, Role.ADMIN)
def ladder_edit(request):
    """When reminders come: for every account, for a tier or a segment of its own."""
    posted = request.POST if request.method == "POST" else None
    known = ladders()
    tiers, segments, new = _forms(posted, known)
    forms = [*tiers, *segments, *new]
    if posted is not None and all([form.is_valid() for form in forms]):
        of_segments = {form.segment: form.days() for form in segments}
        of_segments |= {
            form.cleaned_data["segment"]: form.days() for form in new if form.is_said()
        }
        services.set_ladders(
            {form.tier: form.days() for form in tiers}, of_segments, by=request.user
        )
        messages.success(request, _("Saved. Renewals take it up within a minute."))
        return HttpResponseRedirect(reverse("renewals:ladder-edit"))
    context = {"forms": forms, "steps": [label for _step, label in STEPS]}
    status = 200 if posted is None else 422
    return render(request, "renewals/ladder.html", context, status=status)


def _forms(posted, known):
    """Rows of tiers, of segments with a ladder, and one to give another segment one."""
    tiers = [
        LadderForm(posted, tier=tier, days=known.by_tier.get(tier))
        for tier in (EVERY_TIER, *Tier.values)
    ]
    segments = [
        SegmentLadderForm(posted, segment=segment, days=days)
        for segment, days in sorted(known.by_segment.items())
    ]
    free = segments_without_a_ladder(known)
    new = [NewSegmentForm(posted, segments=free)] if free else []
    return tiers, segments, new
