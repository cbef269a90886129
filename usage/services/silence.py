"""Sources that fell silent: an alarm about the integration, never about accounts."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from tenants.models import Tenant
from usage import rhythm
from usage.models import Source
from usage.queries.sources import rhythm_of
from worklist.models import Alert
from worklist.services import heal_alerts, open_alert

KIND = "source_silent"


@transaction.atomic
def watch_sources(tenant: Tenant, *, at=None) -> None:
    """Open one alert for each source silent beyond its own rhythm; heal those that
    came back. Needs the tenant's scope; safe to repeat.
    """
    now = at or clock.now()
    for source in Source.objects.filter(revoked_at=None).exclude(last_event_at=None):
        _watch(tenant, source, now)


def _watch(tenant, source, now):
    subject = f"source:{source.pk}"
    is_fresh = now - source.last_event_at <= rhythm.AT_LEAST
    if is_fresh or not rhythm.is_silent(
        rhythm_of(source, source.last_event_at), last=source.last_event_at, now=now
    ):
        heal_alerts(KIND, subject, at=now)
    elif not _is_told(source, subject):
        _tell(tenant, source, subject, now)


def _is_told(source, subject):
    """Told of this silence already, even if somebody has closed the alert since."""
    return Alert.objects.filter(
        kind=KIND, subject=subject, opened_at__gt=source.last_event_at
    ).exists()


def _tell(tenant, source, subject, now):
    with translation.override(tenant.language):
        open_alert(
            kind=KIND,
            subject=subject,
            title=_("No usage events from “%s”") % source.name,
            owner=None,
            because=_(
                "The source is silent for longer than it has been in four weeks. Usage"
                " of its accounts may be missing: look at the integration first."
            ),
            path=f"/settings/sources/{source.pk}/",
            at=now,
        )
