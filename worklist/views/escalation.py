from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants.access import role_required
from tenants.models import Role
from worklist import services
from worklist.forms import EscalationForm
from worklist.models import EscalationRule
from worklist.queries.escalations import AFTER_HOURS


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OPS, Role.ADMIN)
def rule_edit(request):
    """After how many hours without an answer the next of the chain are told."""
    rule = EscalationRule.objects.first() or EscalationRule(after_hours=AFTER_HOURS)
    posted = request.POST if request.method == "POST" else None
    form = EscalationForm(posted, instance=rule)
    if posted is not None and form.is_valid():
        hours = form.cleaned_data["after_hours"]
        services.set_escalation(after_hours=hours, by=request.user)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("worklist:escalation"))
    status = 200 if posted is None else 422
    return render(request, "worklist/escalation.html", {"form": form}, status=status)
