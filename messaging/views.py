from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor, address_of
from messaging import queries, services
from messaging.forms import PreferencesForm, QuietHoursForm
from messaging.models import Channel, Message, QuietHours
from tenants.access import member_required, role_required
from tenants.models import Role


@require_GET
@member_required
def notice_list(request):
    try:
        page = queries.notice_page(
            request.user,
            is_unread=request.GET.get("unread") == "1",
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except BadCursor:
        raise Http404 from None
    context = {
        "rows": page.rows,
        "is_unread": request.GET.get("unread") == "1",
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
    }
    return render_page(request, "messaging/notices.html", context, partial="rows")


@require_POST
@member_required
def reading_create(request):
    """All notices are read."""
    services.mark_read(request.user)
    return HttpResponseRedirect(reverse("messaging:notice-list"))


@require_http_methods(["GET", "POST"])
@member_required
def notice(request, pk):
    """Marks one notice as read (POST) and leads to what it tells of."""
    message = get_object_or_404(Message.objects.inbox_of(request.user), pk=pk)
    if request.method == "POST":
        services.mark_read(request.user, only=[pk])
    target = message.path and f"/t/{request.tenant.slug}{message.path}"
    return HttpResponseRedirect(target or reverse("messaging:notice-list"))


@require_http_methods(["GET", "POST"])
@member_required
def preferences(request):
    form = PreferencesForm(request.POST or None, user=request.user)
    if request.method == "POST":
        form = PreferencesForm(request.POST, user=request.user)
        if form.is_valid():
            services.choose(request.user, form.wanted())
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("messaging:preferences"))
    return _preferences(request, form, _quiet_form(request))


@require_POST
@member_required
def quiet_hours(request):
    """When the person wants no mail."""
    form = _quiet_form(request, request.POST)
    if not form.is_valid():
        chosen = PreferencesForm(user=request.user)
        return _preferences(request, chosen, form, status=422)
    services.keep_quiet(request.user, form.hours())
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("messaging:preferences"))


def _quiet_form(request, posted=None):
    kept = QuietHours.objects.filter(user=request.user).first()
    kept = kept or QuietHours(user=request.user)
    return QuietHoursForm(posted, instance=kept, zone=request.tenant.timezone)


def _preferences(request, form, quiet_form, status=200):
    context = {"form": form, "quiet_form": quiet_form, "channels": Channel}
    return render(request, "messaging/preferences.html", context, status=status)


@require_GET
@role_required(Role.OPS, Role.ADMIN)
def dead_letter_list(request):
    try:
        page = queries.dead_letter_page(
            after=request.GET.get("after", ""), before=request.GET.get("before", "")
        )
    except BadCursor:
        raise Http404 from None
    context = {
        "rows": page.rows,
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
    }
    return render_page(request, "messaging/dead_letters.html", context, partial="rows")


@require_POST
@role_required(Role.OPS, Role.ADMIN)
def retry_create(request, pk):
    message = get_object_or_404(Message.objects.dead(), pk=pk)
    services.retry_message(message, by=request.user)
    messages.success(request, _("It is in the outbox again."))
    return HttpResponseRedirect(reverse("messaging:dead-letter-list"))
