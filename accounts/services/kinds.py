"""What can be said about a customer, by whom it is called what, and what follows."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.db.models.expressions import DatabaseDefault
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Account,
    Contact,
    Contract,
    ContractChange,
    Invoice,
    Note,
    Ticket,
)


@dataclass(frozen=True)
class Kind:
    """One kind of fact, addressed by its external id."""

    name: str
    model: type[Model]
    label: Any
    fields: tuple[str, ...]
    required: tuple[str, ...] = ()
    # Changes of these are kept in the audit trail.
    audited: tuple[str, ...] = ()
    # Why the account is scored again; None: a score does not depend on it.
    touches: str | None = None
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "columns", ("external_id", *self.fields))

    @property
    def has_account(self):
        return "account" in self.fields

    def new(self, external_id):
        """A row to be filled: what only the database would fill in stands in it."""
        row = self.model(external_id=external_id)
        for name in self.fields:
            if isinstance(getattr(row, name, None), DatabaseDefault):
                setattr(row, name, self.field(name).db_default)
        return row

    def field(self, name):
        """How a value is written. The day a change runs from is one of the change."""
        model = ContractChange if name == "effective_on" else self.model
        return model._meta.get_field(name)


ACCOUNTS = Kind(
    name="account",
    model=Account,
    label=_("Accounts"),
    fields=(
        "name",
        "domain",
        "lifecycle_stage",
        "tier",
        "segment",
        "owner",
        "industry",
        "country",
        "language",
        "custom",
        "customer_since",
    ),
    required=("name",),
    audited=("owner",),
    touches="account",
)
CONTACTS = Kind(
    name="contact",
    model=Contact,
    label=_("Contacts"),
    fields=("account", "name", "email", "phone", "title", "roles"),
    required=("account", "name"),
    touches="contact",
)
CONTRACTS = Kind(
    name="contract",
    model=Contract,
    label=_("Contracts"),
    fields=(
        "account",
        "plan",
        "starts_on",
        "ends_on",
        "mrr",
        "currency",
        "seats",
        "auto_renew",
        "notice_days",
        "notice_unit",
        "term_months",
        "uplift_percent",
        "notice_given_on",
    ),
    required=("account", "starts_on", "mrr", "currency"),
    audited=(
        "account",
        "plan",
        "starts_on",
        "ends_on",
        "mrr",
        "currency",
        "seats",
        "auto_renew",
        "notice_days",
        "notice_unit",
        "term_months",
        "uplift_percent",
        "notice_given_on",
        "effective_on",
    ),
    touches="contract",
)
INVOICES = Kind(
    name="invoice",
    model=Invoice,
    label=_("Invoices"),
    fields=("account", "amount", "currency", "issued_on", "due_on", "paid_on"),
    required=("account", "amount", "currency", "issued_on", "due_on"),
    audited=("account", "amount", "currency", "issued_on", "due_on", "paid_on"),
    touches="invoice",
)
TICKETS = Kind(
    name="ticket",
    model=Ticket,
    label=_("Tickets"),
    fields=(
        "account",
        "requester",
        "subject",
        "category",
        "severity",
        "status",
        "opened_at",
        "solved_at",
        "csat",
        "tone",
    ),
    required=("account", "subject", "opened_at"),
    touches="ticket",
)
NOTES = Kind(
    name="note",
    model=Note,
    label=_("Notes"),
    fields=("account", "kind", "body", "contact", "author", "happened_at"),
    required=("account", "body", "happened_at"),
)

KINDS = {
    kind.name: kind
    for kind in (ACCOUNTS, CONTACTS, CONTRACTS, INVOICES, TICKETS, NOTES)
}
