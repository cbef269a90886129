"""The alerts a member may see: open ones first, the newest on top."""

from django.db.models import Q

from cs_platform.lib.keyset import Order, Page, page_of
from worklist.models import Alert
from worklist.queries.lists import (
    PAGE_SIZE,
    changeable_alerts,
    may_change,
    shows_account,
    team_of,
    visible_alerts,
)

__all__ = [
    "alert_page",
    "alert_row",
    "changeable_alerts",
    "may_change",
    "shows_account",
]

COLUMNS = (
    "id", "kind", "title", "because", "priority", "path", "opened_at", "resolved_at",
    "acknowledged_at", "acknowledged_by__name", "acknowledged_by__email", "owner_id",
    "owner__name", "owner__email", "account_id", "account__name", "account__owner_id",
    "account__archived_at", "resolved_by_id",
)  # fmt: skip
NEWEST = Order("opened_at", descending=True)


def alert_page(membership, filters, *, after="", before="") -> Page:
    """A page of alerts, in one query. Raises BadCursor."""
    alerts = visible_alerts(membership).filter(
        _whose(filters["whose"], membership),
        resolved_at__isnull=filters["state"] != "over",
    )
    return page_of(
        alerts, NEWEST, columns=COLUMNS, size=PAGE_SIZE, after=after, before=before
    )


def alert_row(pk):
    return Alert.objects.filter(pk=pk).values(*COLUMNS).get()


def _whose(whose, membership):
    if whose == "mine":
        return Q(owner=membership.user) | Q(account__owner=membership.user)
    if whose == "team":
        return Q(owner__in=team_of(membership))
    return Q()
