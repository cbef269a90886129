"""What follows from an answer, in its transaction."""

from uuid import UUID

from accounts.models import Ticket
from accounts.services import touch
from nps.models import Response
from nps.services.following import follow_up
from nps.services.releasing import release, veil
from nps.services.succession import succeed


def hear(response: Response) -> None:
    """Draw the consequences of an answer: for every new one and every change of one.

    Touches the account, so that health scores again; opens or changes the follow-up;
    copies the score to the ticket that was asked about; takes the place of what the
    person answered before. An anonymous one loses what would tell whose it is, and is
    shown with four others that came as it did.
    """
    if response.is_anonymous:
        veil(response)
        release(response)
    succeed([response.contact_id])
    if response.account_id is not None:
        touch([response.account_id], reason="answer")
        follow_up(response)
        _copy_to_ticket(response)


def _copy_to_ticket(response: Response):
    if response.invitation is None or response.kind != Response.Kind.CSAT:
        return
    kind, _colon, ticket_id = response.invitation.occasion.partition(":")
    if kind == "ticket" and (known := _id(ticket_id)):
        tickets = Ticket.objects.filter(pk=known, account=response.account_id)
        tickets.update(csat=response.score)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
