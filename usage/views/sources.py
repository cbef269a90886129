from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.queries import sees_all, visible_accounts
from cs_platform.lib import clock
from cs_platform.lib.htmx import render_page
from tenants.access import member_required, role_required
from tenants.models import Role
from usage.forms import ChoiceForm, SourceForm
from usage.models import Source
from usage.queries import sources as queries
from usage.services.attempts import retry_set_aside
from usage.services.doors import create_source, revoke_source
from usage.services.quarantine import discard_quarantined, replay_quarantined

CONFIGURES = (Role.OPS, Role.ADMIN)
SHOWN = 50


@require_safe
@member_required
def source_list(request):
    return _list(request, SourceForm())


@require_POST
@role_required(*CONFIGURES)
def source_create(request):
    form = SourceForm(request.POST)
    if form.is_valid():
        try:
            source = create_source(name=form.cleaned_data["name"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("“%s” may send events now.") % source)
            return redirect("usage:source-detail", source.pk)
    return _list(request, form, status=422)


@require_safe
@member_required
def source_detail(request, pk):
    """One source; the live part asks again every two seconds."""
    source = get_object_or_404(Source, pk=pk)
    lines = queries.tail(source)
    waiting = queries.quarantine(source)
    if not sees_all(request.membership):
        # What is quarantined may be about anybody.
        waiting = waiting.none()
    context = {
        "source": source,
        "lines": _seen(request.membership, lines),
        "pulse": queries.pulse(source, lines, now=clock.now()),
        "rhythm": source.last_event_at
        and queries.rhythm_of(source, source.last_event_at),
        "quarantine": waiting[:SHOWN],
        "quarantine_total": waiting.count(),
        "may_change": request.membership.role in CONFIGURES,
        "address": request.build_absolute_uri("/").rstrip("/"),
    }
    return render_page(request, "usage/source.html", context, partial="live")


@require_POST
@role_required(*CONFIGURES)
def revocation_create(request, pk):
    source = get_object_or_404(Source, pk=pk)
    revoke_source(source, by=request.user)
    messages.success(request, _("“%s” is refused from now on.") % source)
    return redirect("usage:source-list")


@require_POST
@role_required(*CONFIGURES)
def replay_create(request, pk):
    """Try quarantined messages again: those ticked, or all that are open."""
    count = replay_quarantined(_chosen(request, pk), by=request.user)
    text = ngettext("%d message was taken in.", "%d messages were taken in.", count)
    messages.success(request, text % count)
    return redirect("usage:source-detail", pk)


@require_POST
@role_required(*CONFIGURES)
def discard_create(request, pk):
    count = discard_quarantined(_chosen(request, pk), by=request.user)
    text = ngettext("%d message was discarded.", "%d messages were discarded.", count)
    messages.success(request, text % count)
    return redirect("usage:source-detail", pk)


@require_POST
@role_required(*CONFIGURES)
def retry_create(request):
    """Let the batches that could not be counted be tried again."""
    count = retry_set_aside(by=request.user)
    text = ngettext("%d batch is tried again.", "%d batches are tried again.", count)
    messages.success(request, text % count)
    return redirect("usage:source-list")


@require_safe
@role_required(*CONFIGURES)
def unexplained_list(request):
    """Ids whose events belong to no account: seen, so that they can be explained.

    They may be anybody's, so only those see them who can do something about it.
    """
    context = {
        "rows": queries.unexplained(limit=200),
        "total": queries.unexplained_total(),
    }
    return render(request, "usage/unexplained.html", context)


def _seen(membership, lines):
    """The lines about accounts one may see: others are not named to a closed portfolio."""
    if sees_all(membership):
        return lines
    accounts = [line.account.pk for line in lines if line.account]
    visible = visible_accounts(membership).filter(pk__in=accounts)
    seen = set(visible.values_list("pk", flat=True))
    return [line for line in lines if line.account and line.account.pk in seen]


def _list(request, form, *, status=200):
    context = {
        "sources": queries.sources(),
        "form": form,
        "unexplained": queries.unexplained_total(),
        "set_aside": queries.set_aside(),
        "may_change": request.membership.role in CONFIGURES,
    }
    return render(request, "usage/sources.html", context, status=status)


def _chosen(request, pk):
    """The quarantined messages ticked in the form; all open ones when none is."""
    source = get_object_or_404(Source, pk=pk)
    rows = queries.quarantine(source)
    form = ChoiceForm(request.POST, rows=rows)
    if not form.is_valid():
        raise Http404
    return form.cleaned_data["entry"] or rows[:1000]
