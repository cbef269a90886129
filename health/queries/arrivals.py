"""When facts of each kind last came in: whether what feeds them still does."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from health.models import Scorecard
from health.queries.moments import Moment
from health.queries.silence import Heard
from health.scoring.patience import Patience
from tenants.scoping import current_tenant_id

# Of which the newest id is the newest row.
KINDS = {
    "accounts_ticket": _("Tickets"),
    "accounts_invoice": _("Invoices"),
    "accounts_contract": _("Contracts"),
    "accounts_contact": _("Contacts"),
    "nps_response": _("Answers to surveys"),
}
_NEWEST = (
    "(SELECT created_at FROM {table} WHERE tenant_id = %(tenant)s"
    " ORDER BY id DESC LIMIT 1)"
)


class Arrival(NamedTuple):
    """When a new fact of a kind was last written, by whomever; None: there is none."""

    label: Any
    at: datetime | None


def arrivals() -> list[Arrival]:
    """Of each kind that the signals read, beside usage: one look into each index."""
    columns = ", ".join(_NEWEST.format(table=table) for table in KINDS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", {"tenant": current_tenant_id()})  # noqa: S608 (tables stand in the code)
        found = cursor.fetchone()
    return [Arrival(*one) for one in zip(KINDS.values(), found, strict=True)]


_TABLES = {"tickets": "accounts_ticket", "invoices": "accounts_invoice"}
# A change of an old one is heard of too, and counts while it is the last.
_LAST = (
    "SELECT CASE WHEN updated_at <= %(at)s THEN updated_at ELSE created_at END"
    " FROM {table} WHERE tenant_id = %(tenant)s AND created_at <= %(at)s"
)


def tenants_that_wait() -> list[int]:
    """The tenants that ever published a card with a limit. Looks over the wall."""
    cards = Scorecard.objects.published().order_by()
    limited = cards.filter(definition__has_key="facts_stale_after_days")
    return sorted(set(limited.values_list("tenant_id", flat=True)))


def facts_heard(moment: Moment, patience: Patience) -> dict[str, Heard]:
    """When facts of the families that may go stale last arrived, of whatever account.

    Where nothing had arrived by then, as in a past that was brought in later, nobody
    knows, and nothing is stale.
    """
    found = {}
    for family, days in patience.days:
        limit = moment.at - timedelta(days=days)
        at = _last(family, moment, limit)
        found[family] = Heard(at, at is not None and at < limit)
    return found


def _last(family: str, moment: Moment, limit: datetime) -> datetime | None:
    table = _TABLES[family]
    if moment.is_today:
        # The newest alone mostly answers; changes are looked for once it is too old.
        newest = _asked(f"arrived:{family}", _NEWEST.format(table=table), moment)
        if newest is None or newest >= limit:
            return newest
    return _asked(f"changed:{family}", _LAST.format(table=table), moment)


def _asked(key: str, sql: str, moment: Moment) -> datetime | None:
    if key not in moment.kept:
        with connection.cursor() as cursor:
            given: dict[str, Any] = {"tenant": moment.tenant.pk, "at": moment.at}
            cursor.execute(f"SELECT max(at) FROM ({sql}) AS f(at)", given)  # noqa: S608 (tables stand in the code)
            moment.kept[key] = cursor.fetchone()[0]
    return moment.kept[key]
