"""What became of a letter: it went out, later than it was meant to, or it never came."""

from datetime import timedelta

from django.db import transaction

from cs_platform.lib import clock
from messaging.refusals import End
from nps.models import Invitation, OptOut
from nps.queries.letters import INVITATION, invitation_of
from nps.services.stopping import stop_asking
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

States = Invitation.State


@transaction.atomic
def note_sent(message) -> None:
    """Count from the day a letter went out where that is not the day it was queued.

    A letter waits for sending hours, for a server, for a person who sends it again:
    its reader has as many days to answer as any other. Safe to repeat.
    """
    invitation = invitation_of(message)
    if invitation is None:
        return
    at = clock.now()
    zone = Tenant.objects.get(pk=current_tenant_id()).timezone
    on = clock.day_of(at, zone)
    is_first = message.kind == INVITATION
    queued_at = invitation.sent_at if is_first else invitation.reminded_at
    if queued_at is None or on == clock.day_of(queued_at, zone):
        return
    expires_after = timedelta(days=invitation.survey.expires_after_days)
    counted = {
        "sent_at": at,
        "expires_at": at + expires_after,
        "is_late": on > invitation.planned_on,
    }
    Invitation.objects.waiting().filter(pk=invitation.pk).update(
        **counted if is_first else {"reminded_at": at}, updated_at=at
    )


@transaction.atomic
def take_back_letter(message, end: End) -> None:
    """Record that the letter of a message never came; safe to repeat.

    Where nobody is at the address, nothing is ever sent there again. Where only the
    server was to blame, the invitation waits: the letter can be sent again until the
    occasion lapses. Another letter of the same invitation that did come still takes
    its answer.
    """
    if end == End.GONE:
        stop_asking(message.address, reason=OptOut.Reason.BOUNCED)
    elif end == End.REFUSED and message.kind == INVITATION:
        invitation = invitation_of(message)
        if invitation is not None:
            theirs = Invitation.objects.waiting().filter(pk=invitation.pk)
            theirs.update(state=States.BOUNCED)
