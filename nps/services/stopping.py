"""Who is not to be asked any more: by their own word, or because mail comes back."""

from django.db import transaction

from cs_platform.lib import clock
from nps.models import Invitation, OptOut

States = Invitation.State
# What becomes of letters that were out when their reader had enough, or never came.
ENDS = {
    OptOut.Reason.UNSUBSCRIBED: States.DECLINED,
    OptOut.Reason.COMPLAINED: States.DECLINED,
    OptOut.Reason.BOUNCED: States.BOUNCED,
}


@transaction.atomic
def stop_asking(address: str, *, reason: str) -> None:
    """Never write to the address about surveys again; safe to repeat.

    What is planned for it is not sent, what is out gets no reminder: a letter that waits
    in the outbox is not written any more. The first reason stays.
    """
    address = address.lower()
    OptOut.objects.bulk_create(
        [OptOut(address=address, reason=reason, at=clock.now())],
        ignore_conflicts=True,
    )
    theirs = Invitation.objects.filter(address=address)
    theirs.filter(state=States.PLANNED).update(
        state=States.RECALLED, why_not="opted_out"
    )
    theirs.waiting().update(state=ENDS[OptOut.Reason(reason)])


@transaction.atomic
def ask_again(address: str) -> None:
    """Take back what somebody said themselves; not that mail to them came back.

    What was not sent meanwhile stays unsent; a letter that is out can be answered again.
    Safe to repeat.
    """
    taken_back, _by_model = OptOut.objects.filter(
        address=address.lower(), reason=OptOut.Reason.UNSUBSCRIBED
    ).delete()
    if taken_back:
        Invitation.objects.filter(
            address=address.lower(), state=States.DECLINED
        ).update(state=States.SENT)
