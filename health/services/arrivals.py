"""Tickets or invoices that stay away: an alarm about what sends them."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import clock, wording
from health.queries.arrivals import facts_heard
from health.queries.cards import cards_in_force
from health.queries.moments import moment
from health.queries.silence import Heard
from health.scoring.patience import FACTS, Patience, patience_of
from tenants.models import Tenant
from worklist.models import Alert
from worklist.services import heal_alerts, open_alert

KIND = "facts_stale"


@transaction.atomic
def watch_arrivals(tenant: Tenant, *, at=None) -> None:
    """Open one alert for each kind of facts that a scorecard in force calls stale; heal
    those of which something arrived, or that no card asks for any more. Of several
    cards the least patient counts. Needs the tenant's scope; safe to repeat.
    """
    now = at or clock.now()
    days = _least()
    patience = Patience(days=tuple(days.items()))
    then = moment(tenant, clock.day_of(now, tenant.timezone), now=now)
    heard = facts_heard(then, patience)
    for family in FACTS:
        found = heard.get(family)
        if found is None or not found.is_stale:
            heal_alerts(KIND, family, at=now)
        elif not _is_told(family, found):
            _tell(tenant, family, found, days[family], now)


def _least() -> dict[str, int]:
    """The fewest days after which any card calls a family stale."""
    found: dict[str, int] = {}
    for card in cards_in_force().values():
        for family, days in patience_of(card.definition).days:
            found[family] = min(days, found.get(family, days))
    return found


def _is_told(family: str, found: Heard) -> bool:
    """Told of this silence already, even if somebody has closed the alert since."""
    same = Alert.objects.filter(kind=KIND, subject=family)
    return same.filter(opened_at__gt=found.at).exists()


def _tell(tenant, family, found, days, now):
    with translation.override(tenant.language):
        day = wording.day(clock.day_of(found.at, tenant.timezone))
        titles = {
            "tickets": _("No ticket has come in since %(day)s"),
            "invoices": _("No invoice has come in since %(day)s"),
        }
        open_alert(
            kind=KIND,
            subject=family,
            title=titles[family] % {"day": day},
            owner=None,
            because=_(
                "That is longer than the %(days)s days a scorecard waits: what it reads"
                " of them counts as stale. Look at the integration first."
            )
            % {"days": days},
            path="/health/coverage/",
            at=now,
        )
