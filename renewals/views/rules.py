from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from renewals import services
from renewals.forms.rules import PipelineForm, StageRuleForm
from renewals.models import PIPELINE
from renewals.queries.checklist import rules
from tenants.access import role_required
from tenants.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.OPS, Role.ADMIN)
def rules_edit(request):
    """What each stage of a renewal wants, and who may go on without."""
    posted = request.POST if request.method == "POST" else None
    known = rules()
    path = PipelineForm(posted, rules=known)
    stages = [StageRuleForm(posted, stage=stage, rules=known) for stage in PIPELINE]
    is_valid = all([form.is_valid() for form in (path, *stages)])
    if posted is not None and is_valid:
        said = {
            form.stage: services.StageSaid(
                form.cleaned_data["limit_days"], form.needs(), form.cleaned_data["own"]
            )
            for form in stages
        }
        services.set_rules(said, by=request.user, **path.cleaned_data)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("renewals:rules-edit"))
    context = {"path": path, "stages": stages}
    status = 200 if posted is None else 422
    return render(request, "renewals/rules.html", context, status=status)
