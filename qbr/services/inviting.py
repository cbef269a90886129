"""Invitations to a review: asked, told of a change, taken off, called off; by mail with a
calendar file."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from babel.dates import format_datetime, get_timezone
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import clock, wording
from messaging.letters import File
from messaging.services import write_to
from qbr import agenda, ical
from qbr.models import Attendee, Review, Side, Status
from qbr.queries.attendees import (
    Addressed,
    address_of,
    addressed,
    attendees_of,
    invited,
)
from qbr.services.locking import locked
from tenants.models import Tenant, User
from tenants.scoping import current_tenant_id
from tenants.services import record_audit

CALENDAR = "text/calendar; method=%s"
ASKED, CHANGED, CALLED_OFF, TAKEN_OFF = "asked", "changed", "called_off", "taken_off"
METHODS = {
    ASKED: ("REQUEST", ical.invitation),
    CHANGED: ("REQUEST", ical.invitation),
    CALLED_OFF: ("CANCEL", ical.cancellation),
    TAKEN_OFF: ("CANCEL", ical.withdrawal),
}


@transaction.atomic
def invite(review, *, by=None, by_key=None, words="") -> int:
    """Ask everybody on the list who has an address, with a file for their calendars.

    Sent again it replaces what they have: the file's sequence goes up. An address that
    somebody had before loses it. Mails stand in the outbox; answers go to the review's
    owner. In the audit. Returns how many were asked. Raises ValidationError without an
    instant, or without an address at all.
    """
    review = locked(review, ahead=True)
    if review.scheduled_at is None:
        raise ValidationError(_("Say when it is: an invitation has an hour."))
    guests = addressed(review)
    if not guests:
        raise ValidationError(_("Nobody on the list has an e-mail address."))
    if not (review.owner or by):
        raise ValidationError(_("Give the review an owner: somebody has to invite."))
    known = {guest.email.lower() for guest in guests}
    gone = [one for one in invited(review) if one.email.lower() not in known]
    if gone:
        _tell(review, gone, TAKEN_OFF, by=by)
    review.invited_at = clock.now()
    if review.status == Status.PLANNED:
        review.status = Status.PREPARING
    review.save(update_fields=["invited_at", "status", "updated_at"])
    _tell(review, guests, ASKED, by=by, words=words)
    _keep_addresses(review, known)
    record_audit(
        "review.invited",
        review,
        by=by,
        by_key=by_key,
        after={"to": [guest.email for guest in guests]},
    )
    return len(guests)


@transaction.atomic
def tell_change(review, *, was, by=None) -> int:
    """Put another hour, length, place or host into the calendars of those invited.

    `was` is the review before it. A new owner has it in the calendar as well. Nothing
    when nobody was invited. Returns how many are told.
    """
    if not (review.invited_at and review.is_ahead):
        return 0
    rows = attendees_of(review)
    has_it = {row.invited_as.lower() for row in rows if row.invited_as}
    hosts = {address_of(row).email.lower() for row in rows if row.user == review.owner}
    guests = invited(review)
    guests += [
        one
        for one in addressed(review)
        if one.email.lower() in hosts and one.email.lower() not in has_it
    ]
    _tell(review, guests, CHANGED, by=by, was=was)
    _keep_addresses(review, hosts)
    return len(guests)


@transaction.atomic
def tell_cancellation(review, *, by=None) -> int:
    """Take a cancelled review out of the calendars of those who were invited.

    Nothing when nobody was. Returns how many are told.
    """
    if review.status != Status.CANCELLED or not review.invited_at:
        return 0
    guests = invited(review)
    _tell(review, guests, CALLED_OFF, by=by, words=review.cancelled_why)
    return len(guests)


@transaction.atomic
def uninvite(review, row, *, by=None) -> None:
    """Take a review out of the calendar of one who is on its list no more.

    Nothing while somebody else on the list has it at the same address.
    """
    guest = replace(address_of(row), email=row.invited_as)
    if guest.email.lower() in {one.email.lower() for one in invited(review)}:
        return
    _tell(review, [guest], TAKEN_OFF, by=by)


def calendar_file(review) -> bytes:
    """The review as a file for one's own calendar, in the active language."""
    letter = _Letter(review, ASKED, addressed(review), review.invitations - 1)
    return ical.entry(letter.meeting(), host=_site())


@dataclass(frozen=True)
class _Letter:
    """What goes out to guests of a review at once, each in their language."""

    review: Review
    occasion: str
    guests: list[Addressed]
    sequence: int
    by: User | None = None
    words: str = ""
    # Of a change: the review before it.
    was: Review | None = None
    tenant: Tenant = field(default_factory=lambda: _tenant())

    @property
    def host(self):
        person = self.review.owner or self.by or self.review.account.owner
        return ical.Guest(str(person), person.email) if person else ical.Guest("", "")

    def meeting(self):
        review = self.review
        return ical.Meeting(
            key=str(review.pk),
            sequence=max(0, self.sequence),
            starts_at=review.scheduled_at,
            minutes=review.minutes,
            summary=self.subject(),
            description=self.body(),
            place=review.place,
            organizer=self.host,
            guests=tuple(ical.Guest(one.name, one.email) for one in self.guests),
            stamp=clock.now(),
        )

    def subject(self):
        named = {"account": self.review.account.name, "us": self.tenant.name}
        return {
            ASKED: _("Business review of %(account)s and %(us)s"),
            CHANGED: _("Changed: business review of %(account)s and %(us)s"),
            CALLED_OFF: _("Cancelled: business review of %(account)s and %(us)s"),
            TAKEN_OFF: _("Without you: business review of %(account)s and %(us)s"),
        }[self.occasion] % named

    def body(self):
        review = self.review
        lines = [*self._opening(), _when(review, self.tenant), review.place]
        if self.occasion in (ASKED, CHANGED):
            period = wording.period(review.period_start, review.period_end)
            lines.append(_("What we look back on: %(period)s") % {"period": period})
            parts = agenda.parts_of(review.agenda)
            lines.append("\n".join(_part(part) for part in parts))
        return "\n\n".join(filter(None, lines))

    def _opening(self):
        yield self.words.strip()
        if self.occasion == TAKEN_OFF:
            yield _("You are not expected there any more: it leaves your calendar.")
        if self.occasion == CHANGED and self.was:
            before = " · ".join(
                filter(None, [_when(self.was, self.tenant), self.was.place])
            )
            yield _("The review has changed. It was: %(before)s") % {"before": before}


def _tell(review, guests, occasion, *, by, words="", was=None):
    """Write to guests; the sequence of their calendar files goes up."""
    letter = _Letter(review, occasion, guests, review.invitations, by, words, was)
    review.invitations += 1
    review.save(update_fields=["invitations", "updated_at"])
    method, say = METHODS[occasion]
    for guest in guests:
        language = _language(review, guest, letter.tenant)
        with translation.override(language):
            meeting = letter.meeting()
            file = File("invite.ics", CALENDAR % method, say(meeting, host=_site()))
        key = f"review:{review.pk}:{method}:{review.invitations}:{guest.email}"
        write_to(
            guest.email,
            kind="review.invitation",
            subject=meeting.summary,
            body=meeting.description,
            unique_key=key[:200],
            language=language,
            reply_to=letter.host.email,
            files=(file,),
        )


def _keep_addresses(review, known):
    """Which address of each has the review in its calendar by now."""
    rows = attendees_of(review)
    for row in rows:
        email = address_of(row).email
        if email.lower() in known:
            row.invited_as = email
    Attendee.objects.bulk_update(rows, ["invited_as"])


def _part(part):
    named = {"minutes": part.minutes, "part": part.name}
    return _("%(minutes)s min · %(part)s") % named


def _when(review, tenant):
    said = format_datetime(
        review.scheduled_at,
        "EEEE, d MMMM y, HH:mm",
        tzinfo=get_timezone(tenant.timezone),
        locale=wording.locale(),
    )
    return _("%(when)s (%(zone)s), %(minutes)s minutes") % {
        "when": said,
        "zone": tenant.timezone,
        "minutes": review.minutes,
    }


def _language(review, guest, tenant):
    if guest.side == Side.THEIRS:
        return review.language
    return guest.language or tenant.language


def _site():
    return urlsplit(settings.SITE_URL).hostname


def _tenant():
    return Tenant.objects.get(pk=current_tenant_id())
