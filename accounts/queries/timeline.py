"""What happened with an account, from every kind of fact, the latest first."""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account, Contract, Invoice, Note, Ticket
from cs_platform.lib import clock

PAGE = 20
NOTE_ICONS = {
    Note.Kind.NOTE: "sticky-note",
    Note.Kind.CALL: "phone",
    Note.Kind.MEETING: "users",
    Note.Kind.EMAIL: "mail",
    Note.Kind.REVIEW: "presentation",
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    icon: str
    title: str
    text: str = ""
    who: Any = None
    # What happened on a day, not at an instant.
    day: date | None = None


# More that happened to an account: (account, zone=, before=) to entries, the latest
# first, a page and one of them. Higher floors add theirs when they start.
Source = Callable[..., Iterable[Entry]]
SOURCES: list[Source] = []


def timeline(
    account: Account, *, zone: str, before: datetime
) -> tuple[list[Entry], bool]:
    """A page of entries older than `before`, and whether there are older ones.

    Nothing that lies ahead is in it: a term that has yet to end is no event. Entries of
    one instant are never parted, so that the next page begins before it.
    """
    sources = (
        _notes(account, before),
        _tickets(account, before, "opened_at"),
        _tickets(account, before, "solved_at"),
        _days(Invoice, account, "issued_on", before, zone),
        _days(Invoice, account, "paid_on", before, zone),
        _days(Contract, account, "starts_on", before, zone),
        _days(Contract, account, "ends_on", before, zone),
        *(source(account, zone=zone, before=before) for source in SOURCES),
    )
    page: list[Entry] = []
    for entry in heapq.merge(*sources, key=attrgetter("at"), reverse=True):
        if len(page) >= PAGE and entry.at != page[-1].at:
            return page, True
        page.append(entry)
    return page, False


def _notes(account, before):
    notes = Note.objects.filter(account=account, happened_at__lt=before)
    for note in notes.select_related("author", "contact").order_by("-happened_at")[
        : PAGE + 1
    ]:
        yield Entry(
            at=note.happened_at,
            icon=NOTE_ICONS[note.kind],
            title=_title(note),
            text=note.body,
            who=note.author,
        )


def _title(note):
    kind = note.get_kind_display()
    if note.contact is None:
        return kind
    return _("%(kind)s with %(contact)s") % {"kind": kind, "contact": note.contact}


def _tickets(account, before, moment):
    rows = Ticket.objects.filter(account=account, **{f"{moment}__lt": before})
    words = {"opened_at": _("Ticket opened"), "solved_at": _("Ticket solved")}
    for ticket in rows.order_by(f"-{moment}")[: PAGE + 1]:
        severity = ticket.get_severity_display()
        yield Entry(
            at=getattr(ticket, moment),
            icon="ticket" if moment == "opened_at" else "ticket-check",
            title=f"{words[moment]} · {severity}",
            text=ticket.subject,
        )


def _days(model, account, column, before, zone):
    last = clock.day_of(before, zone)
    rows = model.objects.filter(account=account, **{f"{column}__lte": last})
    for row in rows.order_by(f"-{column}")[: PAGE + 1]:
        day = getattr(row, column)
        at = clock.start_of(day, zone)
        if at < before:
            icon, title = _ABOUT[column](row)
            yield Entry(at=at, icon=icon, title=title, day=day)


def _issued(invoice):
    return "receipt", _("Invoice %s issued") % invoice.external_id


def _paid(invoice):
    late = (invoice.paid_on - invoice.due_on).days
    if late > 0:
        return "wallet", _("Invoice %(invoice)s paid, %(days)s days late") % {
            "invoice": invoice.external_id,
            "days": late,
        }
    return "wallet", _("Invoice %s paid on time") % invoice.external_id


def _begun(contract):
    return "file-pen-line", _("Contract %s began") % contract


def _ended(contract):
    return "file-x", _("Contract %s ended") % contract


_ABOUT = {
    "issued_on": _issued,
    "paid_on": _paid,
    "starts_on": _begun,
    "ends_on": _ended,
}
