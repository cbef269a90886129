"""Attempts at reminders: counted before the work, so that a renewal that kills its
worker comes to an end, too, and holds up no other.
"""

import logging
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib.attempts import ATTEMPTS, next_group
from renewals.models import Renewal
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from worklist.services import heal_alerts, open_alert

logger = logging.getLogger(__name__)

BATCH = 50
SET_ASIDE, NOT_SYNCED = "renewal.set_aside", "renewal.not_synced"


def choose_renewals(on: date, *, skip: Collection[UUID]) -> list[UUID]:
    """The due renewals to remind of next, their attempt counted.

    Commit it before the work. What was never tried comes first; what a failed or killed
    worker left comes in smaller and smaller groups, and after five attempts is set
    aside for the day, with an alert.
    """
    due = Renewal.objects.due(on).exclude(pk__in=skip)
    free = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
    over = free.filter(attempts__gte=ATTEMPTS, set_aside_on=None)
    for renewal in over.select_related("account__owner"):
        set_aside(renewal, on)
    rows = list(free.order_by("attempts", "next_fire_on", "pk")[:BATCH])
    ids = [renewal.pk for renewal in next_group(rows)]
    Renewal.objects.filter(pk__in=ids).update(
        attempts=F("attempts") + 1, set_aside_on=None
    )
    return ids


def record_failure(renewal: Renewal, error: Exception, on: date) -> None:
    """Write down why it failed; set it aside for the day after its last attempt."""
    logger.error("renewal %s cannot be reminded of", renewal.pk, exc_info=error)
    renewal.error = f"{type(error).__name__}: {error}"[:2000]
    Renewal.objects.filter(pk=renewal.pk).update(error=renewal.error)
    if renewal.attempts >= ATTEMPTS:
        set_aside(renewal, on)


def set_aside(renewal: Renewal, on: date) -> None:
    """Give it up until tomorrow, and say so to the account's owner."""
    Renewal.objects.filter(pk=renewal.pk).update(set_aside_on=on)
    with _in_language_of_tenant():
        open_alert(
            kind=SET_ASIDE,
            subject=_subject(renewal),
            title=_("Reminders for %(account)s could not be made")
            % {"account": renewal.account.name},
            owner=renewal.account.owner,
            account=renewal.account,
            because=renewal.error or _("The worker died five times while making them."),
            path=renewal.path,
        )


def retry_set_aside() -> int:
    """Let what was set aside be tried once more today; returns how many."""
    aside = Renewal.objects.exclude(set_aside_on=None)
    return aside.update(set_aside_on=None, attempts=ATTEMPTS - 1)


def forget_failures(renewal: Renewal) -> None:
    """It went well: heal the alert, if it ever came to one. Saves nothing itself."""
    if renewal.attempts >= ATTEMPTS:
        heal_alerts(SET_ASIDE, _subject(renewal))
    renewal.attempts, renewal.error, renewal.set_aside_on = 0, "", None


def record_sync(error: Exception | None) -> None:
    """Open an alert when renewals cannot follow the contracts; heal it when they can."""
    if error is None:
        heal_alerts(NOT_SYNCED, "contracts")
        return
    logger.error("renewals cannot follow the contracts", exc_info=error)
    with _in_language_of_tenant():
        open_alert(
            kind=NOT_SYNCED,
            subject="contracts",
            title=_("Renewals could not be brought up to date with the contracts"),
            owner=None,
            because=f"{type(error).__name__}: {error}"[:2000],
            path="/renewals/",
        )


def _in_language_of_tenant():
    return translation.override(Tenant.objects.get(pk=current_tenant_id()).language)


def _subject(renewal):
    return f"renewal:{renewal.pk}"
