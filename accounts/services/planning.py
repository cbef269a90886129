"""What a batch would change: the one validation of REST, CSV files and forms."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Account, Contact, Ticket
from accounts.queries import known_currencies
from accounts.services import rules
from accounts.services.cleaning import clean_day, clean_external_id, clean_field
from accounts.services.contracts.agreeing import Agreed
from accounts.services.kinds import ACCOUNTS, CONTRACTS, Kind
from cs_platform.lib import clock
from tenants.models import User
from tenants.queries import members
from tenants.scoping import current_tenant_id

PEOPLE = ("owner", "author")
# Whom a note was with, who opened a ticket.
CONTACTS = ("contact", "requester")
SOLVED = (Ticket.Status.SOLVED, Ticket.Status.CLOSED)


@dataclass
class Change:
    """What one item of a batch does, or why it does nothing."""

    index: int
    external_id: str | None = None
    status: str = "error"  # created, updated, unchanged, error
    errors: dict[str, list[str]] = field(default_factory=dict)
    # For programs: invalid, missing (no such id), taken (the id is in use).
    code: str = ""
    # Plain values by field: of what changes; of everything for a new row.
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    row: Any = None
    # The accounts concerned: two when the row moves from one to another.
    account_ids: set = field(default_factory=set)

    @property
    def is_written(self):
        return self.status in ("created", "updated")


class Plan:
    """The changes a batch of items makes, item by item, nothing written yet.

    An item says what is to be: fields it leaves out stay as they are. A later item of
    the batch stands on an earlier one with the same external id.
    """

    def __init__(self, kind: Kind, items: list, *, lock=False, creates=True):
        self.kind, self.creates = kind, creates
        self._ids = [_external_id(item) for item in items]
        self._rows = self._existing(lock, items)
        self._ids = [
            told if (told := _told_id(item)) in self._rows else given
            for item, given in zip(items, self._ids, strict=True)
        ]
        self._accounts = self._named(Account, "account", items)
        self._contacts = self._named(Contact, _who(kind), items)
        self._people = _people() if set(PEOPLE) & set(kind.fields) else {}
        self._currencies = known_currencies() if kind is CONTRACTS else None
        self.agreed = Agreed(self._rows.values()) if kind is CONTRACTS else None
        self.changes = [self._change(index, item) for index, item in enumerate(items)]

    def _existing(self, lock, items):
        ids = [value for value in self._ids if isinstance(value, str)]
        if self.kind is ACCOUNTS:
            # Usage names accounts as it likes: an id nobody may make now is still one.
            told = [_told_id(item) for item in items]
            ids += [value for value in told if value]
        rows = self.kind.model.objects.filter(external_id__in=ids)
        if named := {"account", *PEOPLE, *CONTACTS} & set(self.kind.fields):
            rows = rows.select_related(*named)
        if lock:
            # In one order for all: two batches never wait for each other in a circle.
            rows = rows.order_by("external_id").select_for_update(of=("self",))
        return {row.external_id: row for row in rows}

    def _named(self, model, name, items):
        """The accounts, or contacts, that the items name by their external ids."""
        if name not in self.kind.fields:
            return {}
        names = {
            item.get(name)
            for item in items
            if isinstance(item, dict) and isinstance(item.get(name), str)
        }
        found = model.objects.filter(external_id__in=names)
        return {row.external_id: row for row in found}

    def _change(self, index, item):
        change = Change(index)
        external_id = self._ids[index]
        if not isinstance(external_id, str):
            change.errors = external_id
            return change
        change.external_id = external_id
        row = self._rows.get(external_id)
        if row is None and not self.creates:
            change.errors = {"external_id": [_("There is nothing with this id.")]}
            change.code = "missing"
            return change
        values, change.errors = self._clean(item, is_new=row is None)
        day = self._effective_on(item, change.errors)
        if not change.errors:
            try:
                self._compare(change, row, values, day)
            except ValidationError as error:
                change.errors = error.message_dict
        return change

    def _clean(self, item, *, is_new):
        values, errors = {}, {}
        for name in self.kind.fields:
            if name not in item:
                if is_new and name in self.kind.required:
                    errors[name] = [_("This is needed.")]
                continue
            try:
                values[name] = self._value(name, item[name])
            except ValidationError as error:
                errors[name] = list(error.messages)
        return values, errors

    def _effective_on(self, item, errors):
        """From when the terms of a contract are to run; None: they are corrected."""
        if self.agreed is None or item.get("effective_on") in (None, ""):
            return None
        try:
            return clean_day(item["effective_on"])
        except ValidationError as error:
            errors["effective_on"] = list(error.messages)

    def _value(self, name, value):
        if name == "account":
            return self._account(value)
        if name in CONTACTS:
            return self._contact(value)
        if name in PEOPLE:
            return self._person(value)
        cleaned = clean_field(self.kind.field(name), value)
        if name == "currency" and self._currencies is not None:
            self._check_rate(cleaned)
        return cleaned

    def _account(self, value):
        if value in self._accounts if isinstance(value, str) else False:
            return self._accounts[value]
        raise ValidationError(_("There is no account with this external id."))

    def _contact(self, value):
        if value in (None, ""):
            return None
        if isinstance(value, Contact):
            return value
        if value in self._contacts if isinstance(value, str) else False:
            return self._contacts[value]
        raise ValidationError(_("There is no contact with this external id."))

    def _person(self, value):
        if value in (None, ""):
            return None
        if isinstance(value, User):
            value = value.email
        person = self._people.get(value.lower()) if isinstance(value, str) else None
        if person is None:
            raise ValidationError(_("No member of the workspace has this e-mail."))
        return person

    def _check_rate(self, currency):
        # Never one to one: money of an unknown worth would make every sum wrong.
        if currency not in self._currencies:
            raise ValidationError(
                _("There is no exchange rate for %s yet: add one first.") % currency
            )

    def _compare(self, change, row, values, day):
        is_new = row is None
        if is_new:
            row = self.kind.new(change.external_id)
        terms = self.agreed and self.agreed.terms(row, values, day)
        before = None if is_new else plain(self.kind, row)
        came_from = None if is_new else account_id(self.kind, row)
        kept = {} if is_new else _values(self.kind, row)
        latest = terms.latest(values) if terms else {}
        for name, value in (values | _settled(row, values) | latest).items():
            setattr(row, name, value)
        change.errors = rules.broken(
            self.kind.model,
            {
                name: getattr(row, name)
                for name in self.kind.fields
                if name not in ("account", *CONTACTS, *PEOPLE)
            },
        )
        contact = getattr(row, _who(self.kind), None)
        if contact and contact.account_id != row.account_id:
            change.errors[_who(self.kind)] = [_("This contact is of another account.")]
        if change.errors:
            for name, value in kept.items():
                setattr(row, name, value)
            return
        self._rows[change.external_id] = change.row = row
        change.account_ids = {came_from, account_id(self.kind, row)} - {None}
        _describe(change, before, plain(self.kind, row))
        if terms:
            self.agreed.keep(change, terms)
        if change.status == "unchanged" and _is_hidden(row):
            change.status = "updated"
        _show(row)


def _who(kind):
    """What a kind calls the contact it is about; empty: it is about none."""
    return next((name for name in CONTACTS if name in kind.fields), "")


def _is_hidden(row):
    return isinstance(row, Account) and (row.archived_at or row.is_discovered)


def _show(row):
    """An account that is written down by somebody is neither archived nor a guess."""
    if isinstance(row, Account):
        row.archived_at, row.is_discovered = None, False


def _settled(row, values):
    """When a ticket was solved, if only its status says so: now, or when it was.

    A ticket that is open again is not solved any more.
    """
    if not isinstance(row, Ticket) or values.get("solved_at"):
        return {}
    if values.get("status", row.status) in SOLVED:
        return {"solved_at": row.solved_at or clock.now()}
    return {"solved_at": None} if "status" in values else {}


def _describe(change, before, after):
    if before is None:
        change.status, change.after = "created", after
        return
    changed = [name for name in after if after[name] != before[name]]
    change.status = "updated" if changed else "unchanged"
    change.before = {name: before[name] for name in changed}
    change.after = {name: after[name] for name in changed}


def _values(kind, row):
    return {name: getattr(row, name) for name in kind.fields}


def plain(kind: Kind, row) -> dict[str, Any]:
    """A row as plain values, named as in the API; fit for JSON."""
    return {name: _plain(getattr(row, name), kind.field(name)) for name in kind.fields}


def account_id(kind: Kind, row):
    return row.account_id if kind.has_account else row.pk


def _plain(value, field):
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    if isinstance(value, Account | Contact):
        return value.external_id
    if isinstance(value, User):
        return value.email
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return f"{value:.{field.decimal_places}f}"


def _external_id(item):
    if not isinstance(item, dict):
        return {"non_field_errors": [_("This has to be an object with fields.")]}
    try:
        return clean_external_id(item.get("external_id"))
    except ValidationError as error:
        return {"external_id": list(error.messages)}


def _told_id(item) -> str:
    """The id as it was told, whether or not anybody may make one like it."""
    told = item.get("external_id") if isinstance(item, dict) else None
    return told if isinstance(told, str) and "\x00" not in told else ""


def _people():
    return {
        membership.user.email.lower(): membership.user
        for membership in members(current_tenant_id())
    }
