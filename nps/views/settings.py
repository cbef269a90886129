"""How the workspace asks: its settings page, and its logo."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nps import services
from nps.forms.settings import SettingsForm
from nps.models import SurveySettings
from nps.queries.surveys import opted_out
from nps.views.surveys import EDITORS
from tenants.access import role_required


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def settings_edit(request):
    kept = SurveySettings.objects.select_related("logo").first() or SurveySettings()
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = SettingsForm(*posted, instance=kept)
    if posted and form.is_valid():
        services.keep_settings(
            form.save(commit=False),
            picture=form.cleaned_data["picture"],
            has_no_logo=form.cleaned_data.get("no_logo", False),
            by=request.user,
        )
        messages.success(request, _("Saved. The next mails go out like this."))
        return HttpResponseRedirect(reverse("nps:settings"))
    context = {"form": form, "logo": kept.logo, "opted_out": opted_out()}
    status = 422 if posted else 200
    return render(request, "nps/settings.html", context, status=status)


@require_GET
@role_required(*EDITORS)
def logo(request):
    kept = SurveySettings.objects.select_related("logo").first()
    if kept is None or kept.logo is None:
        raise Http404
    return HttpResponse(
        bytes(kept.logo.content),
        content_type=kept.logo.content_type,
        headers={"X-Content-Type-Options": "nosniff"},
    )
