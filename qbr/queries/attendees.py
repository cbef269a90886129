"""Who is asked to a review, by name and address; whether who decides is among them."""

from dataclasses import dataclass

from accounts.models import Contact, ContactRole
from qbr.models import Attendee, Review, Side


@dataclass(frozen=True)
class Addressed:
    """Somebody who can be written to."""

    name: str
    email: str
    side: str
    language: str = ""


def attendees_of(review: Review) -> list[Attendee]:
    """Theirs first; two queries with their contacts and colleagues."""
    rows = Attendee.objects.filter(review=review).select_related("contact", "user")
    return sorted(rows, key=lambda one: (one.side == Side.OURS, str(one).lower()))


def addressed(review: Review) -> list[Addressed]:
    """Those of the list who have an address, each once."""
    found: dict[str, Addressed] = {}
    for row in attendees_of(review):
        one = _addressed(row)
        if one.email:
            found.setdefault(one.email.lower(), one)
    return list(found.values())


def _addressed(row):
    if row.contact_id:
        return Addressed(row.contact.name, row.contact.email, row.side)
    if row.user_id:
        user = row.user
        return Addressed(str(user), user.email, row.side, user.language)
    return Addressed(row.name, row.email, row.side)


@dataclass(frozen=True)
class DecisionMaker:
    """Whether somebody who decides is asked (or came), and who could be."""

    is_there: bool
    candidates: list[Contact]


def decision_maker(review: Review, rows: list[Attendee]) -> DecisionMaker:
    """Of a review ahead: is one asked? Of a held one: did one come? One query."""
    if review.is_held:
        is_there = any(row.decides and row.attended for row in rows)
    else:
        is_there = any(_decides(row.contact) for row in rows if row.contact_id)
    if is_there:
        return DecisionMaker(True, [])
    known = Contact.objects.filter(
        account=review.account_id, roles__contains=[ContactRole.DECISION_MAKER]
    )
    return DecisionMaker(False, list(known.order_by("name")[:5]))


def _decides(contact):
    return ContactRole.DECISION_MAKER in contact.roles
