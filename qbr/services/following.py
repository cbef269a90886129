"""After a review: the summary that is prepared, looked at and sent; ideas and wishes."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.services import ask_for_feature
from cs_platform.lib import clock
from messaging.services import write_to
from qbr.models import NoteKind, ReviewNote, Status
from qbr.queries.attendees import addressed
from qbr.queries.facts import trouble_of
from qbr.queries.summary import subject_of
from qbr.services.locking import Stale, locked
from renewals.services import Muted, open_opportunity
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit


@transaction.atomic
def keep_summary(review, words, *, seen=None):
    """Keep the edited words of the summary. Raises `Stale` when somebody else has
    changed the review, or it is not to be followed up; ValidationError without words.
    """
    review = _held(review, seen)
    review.summary = _letter(words)
    review.revision += 1
    review.save(update_fields=["summary", "revision", "updated_at"])
    return review


@transaction.atomic
def send_summary(review, *, to, words, by=None, by_key=None, seen=None, at=None):
    """Send the summary to the chosen addresses of the list, and follow the review up.

    The words are those somebody has looked at: nothing is sent as it was prepared by
    itself. Mails stand in the outbox once; answers go to the owner. In the audit. Raises
    `Stale` unless it is held and not yet followed up, ValidationError without words or
    without anybody of the list.
    """
    review = _held(review, seen)
    review.summary = _letter(words)
    chosen = {address.lower() for address in to}
    guests = [one for one in addressed(review) if one.email.lower() in chosen]
    if not guests:
        raise ValidationError({"to": [_("Say to whom it goes: choose somebody.")]})
    tenant = Tenant.objects.get(pk=current_tenant_id())
    with translation.override(review.language):
        subject = subject_of(review, tenant)
    for guest in guests:
        write_to(
            guest.email,
            kind="review.summary",
            subject=subject,
            body=review.summary,
            unique_key=f"review:{review.pk}:summary:{guest.email}"[:200],
            language=review.language,
            reply_to=review.owner.email if review.owner else "",
        )
    return _followed_up(review, guests, by=by, by_key=by_key, at=at)


@transaction.atomic
def close_without_letter(review, *, by=None, by_key=None, seen=None, at=None):
    """Follow a review up without a mail: its summary was told, or sent otherwise.

    In the audit. Raises `Stale` unless it is held and not yet followed up.
    """
    review = _held(review, seen)
    review.summary = ""
    return _followed_up(review, [], by=by, by_key=by_key, at=at)


@transaction.atomic
def wish(review, *, title, words="", by=None):
    """Record what the account misses, with its vote: weighed by its MRR."""
    review = locked(review)
    if not title.strip():
        raise ValidationError(_("Say what is missing."))
    return ask_for_feature(title[:200], account=review.account, words=words, by=by)


@transaction.atomic
def pursue_idea(review, note, *, kind, amount, currency, by, on, by_key=None):
    """Make an opportunity of an idea, once. Raises `Muted` when the account is in
    trouble: value first, offer second.
    """
    review = locked(review)
    note = ReviewNote.objects.select_for_update().get(
        pk=note.pk, review=review, kind=NoteKind.IDEA
    )
    if note.opportunity_id:
        return note.opportunity
    why = trouble_of(review)
    if why:
        raise Muted(why)
    note.opportunity = open_opportunity(
        review.account,
        kind=kind,
        title=note.words[:200],
        amount=amount,
        currency=currency,
        owner=review.account.owner,
        by=by,
        by_key=by_key,
        on=on,
    )
    note.save(update_fields=["opportunity", "updated_at"])
    return note.opportunity


def _letter(words):
    if not words.strip():
        raise ValidationError(
            {"words": [_("The letter is empty: say something in it.")]}
        )
    return words[:20_000]


def _followed_up(review, guests, *, by, by_key, at):
    review.status, review.sent_at = Status.FOLLOWED_UP, at or clock.now()
    review.sent_by = by
    review.revision += 1
    review.save()
    record_audit(
        "review.followed_up",
        review,
        by=by,
        by_key=by_key,
        before={"status": Status.HELD},
        after={"status": review.status, "to": [one.email for one in guests]},
    )
    return review


def _held(review, seen):
    review = locked(review, seen=seen)
    if review.status != Status.HELD:
        raise Stale(review)
    return review
