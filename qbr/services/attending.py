"""Who comes to a review."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Contact
from qbr.models import Attendee, Side
from qbr.services.inviting import uninvite
from qbr.services.locking import Stale, locked


@transaction.atomic
def ask(review, *, contact=None, user=None, name="", email="", side=Side.THEIRS):
    """Put somebody on the list: a contact of the account, a colleague, or a name.

    Safe to repeat for a contact or a colleague. Raises `Stale` after the review was
    followed up, ValidationError for a contact of another account or nobody at all.
    """
    review = locked(review)
    if review.status not in ("planned", "preparing", "held"):
        raise Stale(review)
    if contact is not None:
        if contact.account_id != review.account_id:
            raise ValidationError(_("This contact is of another account."))
        return _once(review, contact=contact, side=Side.THEIRS)
    if user is not None:
        return _once(review, user=user, side=Side.OURS)
    if not name.strip():
        raise ValidationError(_("Say who comes."))
    return Attendee.objects.create(
        review=review, name=name.strip(), email=email, side=side
    )


@transaction.atomic
def take_off(review, attendee_id, *, by=None) -> Attendee | None:
    """Take somebody off the list again; None when they were not on it.

    Of a review ahead: who was invited is told, and it leaves their calendar.
    """
    review = locked(review)
    if review.status not in ("planned", "preparing", "held"):
        raise Stale(review)
    rows = Attendee.objects.filter(review=review, pk=attendee_id)
    row = rows.select_related("contact", "user").first()
    if row is None:
        return None
    rows.delete()
    if review.is_ahead and row.invited_as:
        uninvite(review, row, by=by)
    return row


@transaction.atomic
def say_who_came(review, came) -> None:
    """Keep who was there: ids of attendees. Those who are not named were not.

    With it is kept who of them decides by now, as the lead's figures are asked of it.
    """
    review = locked(review)
    rows = list(
        Attendee.objects.filter(review=review)
        .select_related("contact")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    for row in rows:
        row.attended = str(row.pk) in {str(pk) for pk in came}
        row.decides = decides(row.contact)
    Attendee.objects.bulk_update(rows, ["attended", "decides"])


def decides(contact: Contact | None) -> bool:
    return contact is not None and "decision_maker" in contact.roles


def _once(review, **who):
    Attendee.objects.bulk_create(
        [Attendee(review=review, **who)], ignore_conflicts=True
    )
    side = who.pop("side")
    return Attendee.objects.get(review=review, side=side, **who)
