"""The sender: claims waiting mail, sends it, and says how it went.

At least once with one identity: after a crash between sending and marking a mail goes
out again with the same Message-ID, by which mailboxes drop the second.
"""

import logging
import smtplib
import time
from dataclasses import dataclass
from datetime import timedelta
from email.mime.image import MIMEImage

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils.translation import gettext_lazy, gettext_noop

from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from messaging.letters import CORRESPONDENCES, compose
from messaging.models import Channel, Message
from messaging.queries import quiet_until
from messaging.refusals import End, refusal
from messaging.services.announcing import announce
from messaging.services.inviting import mail_invitations
from tenants.models import Membership, Role, Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from tenants.services import record_audit

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
# After the first attempt; four times as long after each next one. Longer than an
# attempt can last with EMAIL_TIMEOUT, so that nobody else claims a mail in flight.
PATIENCE = timedelta(minutes=2)

# Claimed, and not to be sent now.
HELD = object()

LEFT = gettext_noop("The recipient is no longer a member of this workspace.")
UNDELIVERED = gettext_lazy("Messages could not be delivered")
UNKNOWN_END = gettext_noop("The sender stopped five times while sending this.")


def deliver(tenant_id, *, seconds):
    """Send what is due for one workspace, one mail at a time, for about that long.

    Counts the attempt and sets the next one before it sends, so that a mail that kills
    its sender comes to an end too. A server that cannot be reached ends the slice: what
    is left is due again at the next sweep. Any number may run at once.
    """
    until = time.monotonic() + seconds
    with tenant_scope(tenant_id):
        mail_invitations()
    connection = get_connection()
    try:
        while (message := _claim_in_scope(tenant_id)) is not None:
            is_held = message is HELD
            is_reachable = is_held or _attempt(tenant_id, message, connection)
            if not is_reachable or time.monotonic() > until:
                return
    finally:
        connection.close()


@transaction.atomic
def retry_message(message, *, by):
    """Put a dead message back into the outbox, with all its attempts; in the audit."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state != Message.State.DEAD:
        return
    message.state, message.attempts = Message.State.WAITING, 0
    message.next_attempt_at = clock.now()
    message.save(update_fields=["state", "attempts", "next_attempt_at"])
    record_audit(
        "message.retried", message, by=by, before={"error": message.error}, after={}
    )
    wake("messaging.deliver", tenant_id=current_tenant_id())


def _claim_in_scope(tenant_id):
    with tenant_scope(tenant_id):
        return _claim(clock.now())


def _claim(at):
    """The next due message with its attempt counted; HELD: it is not to be sent now.

    One message a transaction: thousands may be held when their hours are over.
    """
    message = (
        Message.objects.due(at)
        .order_by("next_attempt_at", "pk")
        .select_for_update(skip_locked=True)
        .first()
    )
    if message is None:
        return None
    until = quiet_until(message, at)
    if until is not None:
        # No attempt is counted: nobody tried.
        message.next_attempt_at = until
        message.save(update_fields=["next_attempt_at"])
        return HELD
    if message.attempts >= MAX_ATTEMPTS:
        _mark(message, state=Message.State.DEAD, error=message.error or UNKNOWN_END)
        return HELD
    message.next_attempt_at = at + PATIENCE * 4**message.attempts
    message.attempts += 1
    message.save(update_fields=["attempts", "next_attempt_at"])
    return message


@dataclass(frozen=True)
class _Outcome:
    """How an attempt went; not reachable: there was no server to talk to."""

    state: Message.State
    error: str = ""
    is_reachable: bool = True
    end: End = End.UNSENT


def _attempt(tenant_id, message, connection):
    """Send one claimed message and record how it went; False: no server to talk to."""
    try:
        with tenant_scope(tenant_id):
            mail = _mail(message)
    except Exception as problem:  # noqa: BLE001 (one letter must not stop the others)
        logger.exception("message %s cannot be written", message.pk)
        outcome = _Outcome(Message.State.WAITING, repr(problem))
    else:
        if mail is None:
            return True
        outcome = _send(mail, connection)
    state = outcome.state
    if state == Message.State.WAITING and message.attempts >= MAX_ATTEMPTS:
        state = Message.State.DEAD
    with tenant_scope(tenant_id):
        _mark(message, state=state, error=outcome.error, end=outcome.end)
    return outcome.is_reachable


def _mail(message):
    """The mail, if it is still to be sent: not recalled, its recipient still here."""
    if not Message.objects.filter(pk=message.pk, state=Message.State.WAITING).exists():
        return None
    if message.recipient_id is not None and not _is_here(message.recipient):
        _mark(message, state=Message.State.DEAD, error=LEFT)
        return None
    letter = compose(message, Tenant.objects.get(pk=message.tenant_id))
    if letter is None:
        _mark(message, state=Message.State.RECALLED, error="")
        return None
    return _written(letter)


def _written(letter):
    mail = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        from_email=letter.sender or None,
        to=[letter.address],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": letter.message_id} | letter.headers,
    )
    mail.attach_alternative(letter.html, "text/html")
    for file in letter.files:
        if file.cid:
            mail.attach(_shown_inside(file))
            continue
        if file.is_calendar:
            mail.attach_alternative(file.content.decode(), file.content_type)
        kind = "application/ics" if file.is_calendar else file.content_type
        mail.attach(file.name, file.content, kind)
    return mail


def _shown_inside(file):
    picture = MIMEImage(file.content, _subtype=file.content_type.partition("/")[2])
    picture.add_header("Content-ID", f"<{file.cid}>")
    picture.add_header("Content-Disposition", "inline", filename=file.name)
    return picture


def _is_here(person):
    return (
        person.is_active
        and Membership.objects.filter(
            tenant=current_tenant_id(), user=person, is_active=True
        ).exists()
    )


def _send(mail, connection):
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        return _refused(refusal(code, text, is_of_address=True))
    except smtplib.SMTPDataError as error:
        return _refused(refusal(error.smtp_code, error.smtp_error, is_of_address=False))
    except (smtplib.SMTPException, OSError) as error:
        connection.close()
        return _Outcome(Message.State.WAITING, repr(error), is_reachable=False)
    except ValueError as error:  # a header or an address that no server would take
        return _Outcome(Message.State.DEAD, repr(error))
    return _Outcome(Message.State.SENT)


def _refused(why):
    """A refusal of this one mail: 5xx for good, 4xx for now."""
    state = Message.State.DEAD if why.is_final else Message.State.WAITING
    return _Outcome(state, str(why), end=why.end)


def _mark(message, *, state, error, end=End.UNSENT):
    """Record how an attempt went, unless the message was recalled meanwhile."""
    sent_at = clock.now() if state == Message.State.SENT else None
    marked = Message.objects.filter(pk=message.pk, state=Message.State.WAITING).update(
        state=state, error=error, sent_at=sent_at
    )
    if marked:
        _tell_writer(message, state, end)
    if marked and state == Message.State.DEAD:
        _report_dead()


def _tell_writer(message, state, end):
    """Let the app whose letter it was draw its consequence, in this transaction."""
    correspondence = CORRESPONDENCES.get(message.kind)
    if correspondence is None:
        return
    try:
        with transaction.atomic():
            if state == Message.State.SENT:
                correspondence.sent(message)
            elif state == Message.State.DEAD:
                correspondence.ended(message, end)
    except Exception:  # noqa: BLE001 (the end of the message has to be recorded)
        logger.exception("the end of message %s had no consequence", message.pk)


def _report_dead():
    """Tell who runs the workspace, once a day and not by mail."""
    now = clock.now()
    operators = Membership.objects.filter(
        tenant=current_tenant_id(), is_active=True, role__in=(Role.OPS, Role.ADMIN)
    )
    announce(
        to=[one.user for one in operators.select_related("user")],
        kind="messaging.undelivered",
        subject=UNDELIVERED,
        path="/settings/undelivered/",
        unique_key=f"undelivered:{now.date()}",
        at=now,
        channels=(Channel.IN_APP,),
    )
