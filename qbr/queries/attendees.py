"""Who is asked to a review, by name and address; whether who decides is among them."""

from dataclasses import dataclass, field, replace

from accounts.models import Contact, ContactRole
from qbr.models import Attendee, Review, Side


@dataclass(frozen=True)
class Addressed:
    """Somebody who can be written to."""

    name: str
    email: str
    side: str
    language: str = ""
    # Null: not said yet.
    attended: bool | None = None


def attendees_of(review: Review) -> list[Attendee]:
    """Theirs first; two queries with their contacts and colleagues."""
    rows = Attendee.objects.filter(review=review).select_related("contact", "user")
    return sorted(rows, key=lambda one: (one.side == Side.OURS, str(one).lower()))


def addressed(review: Review) -> list[Addressed]:
    """Those of the list who have an address, each once."""
    return _once(address_of(row) for row in attendees_of(review))


def invited(review: Review) -> list[Addressed]:
    """Those who have the review in their calendar, at the address that has it."""
    rows = (row for row in attendees_of(review) if row.invited_as)
    return _once(replace(address_of(row), email=row.invited_as) for row in rows)


def address_of(row: Attendee) -> Addressed:
    contact, user = row.contact, row.user
    if contact is not None:
        return Addressed(contact.name, contact.email, row.side, attended=row.attended)
    if user is not None:
        return Addressed(str(user), user.email, row.side, user.language, row.attended)
    return Addressed(row.name, row.email, row.side, attended=row.attended)


def _once(people):
    found: dict[str, Addressed] = {}
    for one in people:
        if one.email:
            found.setdefault(one.email.lower(), one)
    return list(found.values())


@dataclass(frozen=True)
class DecisionMaker:
    """Whether somebody who decides is asked (or came), and who could be.

    Asked, but without an address for an invitation: `unreachable`.
    """

    is_there: bool
    candidates: list[Contact]
    unreachable: list[Contact] = field(default_factory=list)

    @property
    def is_invitable(self) -> bool:
        return self.is_there and not self.unreachable


def decision_maker(review: Review, rows: list[Attendee]) -> DecisionMaker:
    """Of a review ahead: is one asked? Of a held one: did one come? One query."""
    if has_decider(review, rows):
        asked = _deciding(rows)
        is_reachable = review.is_held or any(contact.email for contact in asked)
        return DecisionMaker(True, [], [] if is_reachable else asked)
    known = Contact.objects.filter(
        account=review.account_id, roles__contains=[ContactRole.DECISION_MAKER]
    )
    return DecisionMaker(False, list(known.order_by("name")[:5]))


def has_decider(review: Review, rows) -> bool:
    """Whether who decides is asked; of a held review: came. Rows with their contacts."""
    if review.is_held:
        return any(row.decides and row.attended for row in rows)
    return bool(_deciding(rows))


def _deciding(rows):
    contacts = [row.contact for row in rows if row.contact_id]
    return [one for one in contacts if ContactRole.DECISION_MAKER in one.roles]
