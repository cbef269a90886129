"""How the workspace's offers look and what they say: its settings page."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from renewals import services
from renewals.forms.offers import TemplateForm, WordingForm
from renewals.queries.offers import template, wording_in
from tenants.access import role_required
from tenants.models import Language, Role


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.LEAD, Role.OPS, Role.ADMIN)
def template_edit(request):
    """One form for the look and one a language; each is saved by itself."""
    which = request.POST.get("form", "") if request.method == "POST" else None
    look = TemplateForm(
        *(_posted(request) if which == "look" else ()), instance=template()
    )
    words = {
        language: WordingForm(
            *([request.POST] if which == language else []),
            instance=wording_in(language),
            prefix=language,
        )
        for language in Language.values
    }
    form = look if which == "look" else words.get(which)
    if form is not None and form.is_valid():
        _keep(form, by=request.user)
        messages.success(request, _("Saved. Drafts show it at once."))
        return HttpResponseRedirect(reverse("renewals:offer-template"))
    context = {
        "look": look,
        "words": [(Language(code), words[code]) for code in words],
        "logo": look.instance.logo,
    }
    status = 200 if which is None else 422
    return render(request, "renewals/offer_template.html", context, status=status)


@require_GET
@role_required(Role.LEAD, Role.OPS, Role.ADMIN)
def logo(request):
    picture = template().logo
    if picture is None:
        raise Http404
    return HttpResponse(
        bytes(picture.content),
        content_type=picture.content_type,
        headers={"X-Content-Type-Options": "nosniff"},
    )


def _keep(form, *, by):
    if isinstance(form, TemplateForm):
        services.keep_template(
            form.save(commit=False),
            picture=form.cleaned_data["picture"],
            has_no_logo=form.cleaned_data.get("no_logo", False),
            by=by,
        )
    else:
        services.keep_wording(form.save(commit=False), by=by)


def _posted(request):
    return request.POST, request.FILES
