"""When facts of each kind last came in: whether what feeds them still does."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

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
