"""A person's calendar of renewals: the address in their settings, and the file."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cs_platform.lib import clock
from cs_platform.lib.place import client_address
from renewals import services
from renewals.queries import feeds
from tenants.access import role_required
from tenants.api.throttle import seconds_to_wait
from tenants.models import Role
from tenants.queries import digest_of
from tenants.scoping import tenant_scope

PAGE = "renewals/feed.html"
# Whoever works on renewals; a viewer owns none.
WORKING = (Role.CSM, Role.LEAD, Role.OPS, Role.ADMIN)


@require_safe
def calendar_feed(request, token):
    """The file. Unknown, revoked and of one who left: the same answer."""
    # Those that guess are counted by where they are, those that know by their secret.
    tenant = feeds.tenant_of_feed(token)
    asker = client_address(request) if tenant is None else digest_of(token)
    wait = seconds_to_wait(settings.CALENDAR_RATE, "calendar", asker)
    if wait is not None:
        return HttpResponse(status=429, headers={"Retry-After": wait})
    if tenant is None:
        raise Http404
    with tenant_scope(tenant.pk), timezone.override(tenant.timezone):
        found = feeds.open_feed(token)
        if found is None:
            raise Http404
        feed, membership = found
        services.mark_used(feed)
        on = clock.day_of(clock.now(), tenant.timezone)
        with translation.override(membership.user.language or tenant.language):
            text = feeds.calendar_of(membership, on=on)
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="renewals.ics"',
            "X-Robots-Tag": "noindex",
        },
    )


@require_safe
@role_required(*WORKING)
def feed_settings(request):
    return render(request, PAGE, {"feed": feeds.feed_of(request.user)})


@require_POST
@role_required(*WORKING)
def feed_create(request):
    """Shows the address in the answer, this once; the one before is refused."""
    feed, secret = services.make_feed(request.user)
    address = f"{settings.SITE_URL}/calendar/{secret}.ics"
    return render(request, PAGE, {"feed": feed, "address": address})


@require_POST
@role_required(*WORKING)
def feed_revocation_create(request):
    services.revoke_feed(request.user)
    messages.success(request, _("The address no longer works."))
    return HttpResponseRedirect(reverse("renewals:feed"))
