"""Invitations to a review: a mail with a calendar file to everybody who is asked."""

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
from qbr.models import Side, Status
from qbr.queries.attendees import addressed
from qbr.services.changing import locked
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit

CALENDAR = "text/calendar; method=%s"


@transaction.atomic
def invite(review, *, by=None, by_key=None, words="") -> int:
    """Ask everybody on the list who has an address, with a file for their calendars.

    Sent again it replaces what they have: the file's sequence goes up. Mails stand in
    the outbox; answers go to the review's owner. In the audit. Returns how many were
    asked. Raises ValidationError without an instant, or without an address at all.
    """
    review = locked(review, ahead=True)
    if review.scheduled_at is None:
        raise ValidationError(_("Say when it is: an invitation has an hour."))
    guests = addressed(review)
    if not guests:
        raise ValidationError(_("Nobody on the list has an e-mail address."))
    review.invitations += 1
    review.invited_at = clock.now()
    if review.status == Status.PLANNED:
        review.status = Status.PREPARING
    review.save(update_fields=["invitations", "invited_at", "status", "updated_at"])
    tenant, host = _tenant(), _host(review, by)
    for guest in guests:
        _write(review, guest, guests, tenant, host, words, method="REQUEST")
    record_audit(
        "review.invited",
        review,
        by=by,
        by_key=by_key,
        after={"to": [guest.email for guest in guests]},
    )
    return len(guests)


@transaction.atomic
def tell_cancellation(review, *, by=None) -> int:
    """Take a cancelled review out of the calendars of those who were invited.

    Nothing when nobody was; safe to repeat. Returns how many are told.
    """
    review = locked(review)
    if review.status != Status.CANCELLED or not review.invited_at:
        return 0
    tenant, host = _tenant(), _host(review, by)
    guests = addressed(review)
    for guest in guests:
        _write(
            review,
            guest,
            guests,
            tenant,
            host,
            review.cancelled_why,
            method="CANCEL",
        )
    return len(guests)


def calendar_file(review) -> bytes:
    """The review as a file for one's own calendar, in the active language."""
    host = ical.Guest(
        str(review.owner or ""), review.owner.email if review.owner else ""
    )
    meeting = _meeting(review, addressed(review), _tenant(), host, "", "REQUEST")
    return ical.entry(meeting, host=urlsplit(settings.SITE_URL).hostname)


def _write(review, guest, guests, tenant, host, words, *, method):
    language = _language(review, guest, tenant)
    with translation.override(language):
        meeting = _meeting(review, guests, tenant, host, words, method)
        say = ical.invitation if method == "REQUEST" else ical.cancellation
        content = say(meeting, host=urlsplit(settings.SITE_URL).hostname)
        subject = _subject(review, tenant, method)
    write_to(
        guest.email,
        kind="review.invitation",
        subject=subject,
        body=meeting.description,
        unique_key=(f"review:{review.pk}:{method}:{review.invitations}:{guest.email}")[
            :200
        ],
        language=language,
        reply_to=host.email,
        files=(File("invite.ics", CALENDAR % method, content),),
    )


def _meeting(review, guests, tenant, host, words, method):
    asked = tuple(ical.Guest(guest.name, guest.email) for guest in guests)
    return ical.Meeting(
        key=str(review.pk),
        # A cancellation replaces the last invitation; before the first it is 0 too.
        sequence=max(0, review.invitations - (method == "REQUEST")),
        starts_at=review.scheduled_at,
        minutes=review.minutes,
        summary=_subject(review, tenant, method),
        description=_body(review, tenant, words, method),
        place=review.place,
        organizer=host,
        guests=asked,
        stamp=clock.now(),
    )


def _subject(review, tenant, method):
    named = {"account": review.account.name, "us": tenant.name}
    if method == "CANCEL":
        return _("Cancelled: business review of %(account)s and %(us)s") % named
    return _("Business review of %(account)s and %(us)s") % named


def _body(review, tenant, words, method):
    lines = [words.strip()] if words.strip() else []
    lines.append(_when(review, tenant))
    if review.place:
        lines.append(review.place)
    if method == "REQUEST":
        lines.append(
            _("What we look back on: %(period)s")
            % {"period": wording.period(review.period_start, review.period_end)}
        )
        lines.append(
            "\n".join(
                _("%(minutes)s min · %(part)s")
                % {"minutes": part.minutes, "part": part.name}
                for part in agenda.parts_of(review.agenda)
            )
        )
    return "\n\n".join(lines)


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


def _host(review, by):
    person = review.owner or by
    if person is None:
        raise ValidationError(_("Give the review an owner: somebody has to invite."))
    return ical.Guest(str(person), person.email)


def _tenant():
    return Tenant.objects.get(pk=current_tenant_id())
