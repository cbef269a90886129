"""Tell people something: rows of the outbox, in the transaction of the fact."""

from django.db import transaction
from django.utils import translation

from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from messaging.models import Channel, Message, Preference, Topic
from tenants.models import Tenant, User
from tenants.scoping import current_tenant_id


@transaction.atomic
def announce(
    *,
    to,
    kind,
    subject,
    unique_key,
    body="",
    path="",
    at=None,
    channels=tuple(Channel),
    is_urgent=False,
):
    """Tell one person, or each of a list, by those of the channels that they want.

    Records one in-app and one e-mail message a person; the sender delivers the mail
    after the commit, and after the quiet hours of the person, unless it is urgent and
    they let that pass. Safe to repeat with the same `unique_key`. A lazy `subject` or
    `body` is said in the language of each recipient, a plain one as it is.
    """
    people = _each_once(to)
    unwanted = _unwanted(people, kind)
    language = Tenant.objects.get(pk=current_tenant_id()).language
    at = at or clock.now()
    messages = []
    for person in people:
        with translation.override(person.language or language):
            said = {"subject": str(subject)[:300], "body": str(body)}
        messages += [
            _message(person, channel, f"{unique_key}:{person.pk}", at)
            | said
            | {"kind": kind, "path": path, "is_urgent": is_urgent}
            for channel in channels
            if (person.pk, channel) not in unwanted
        ]
    Message.objects.bulk_create(
        [Message(**fields) for fields in messages], ignore_conflicts=True
    )
    if any(fields["channel"] == Channel.EMAIL for fields in messages):
        wake("messaging.deliver", tenant_id=current_tenant_id())


@transaction.atomic
def recall(unique_keys):
    """Take back what was announced under these keys and is not mailed yet.

    A waiting mail is never sent; an unread notice is no longer shown. What was sent or
    read stays. Safe to repeat.
    """
    for unique_key in sorted(unique_keys):
        told = Message.objects.filter(unique_key__startswith=f"{unique_key}:")
        told.filter(state=Message.State.WAITING).update(state=Message.State.RECALLED)
        told.filter(channel=Channel.IN_APP, read_at=None).update(
            state=Message.State.RECALLED
        )


def _each_once(to):
    people = [to] if isinstance(to, User) else to
    return sorted({person for person in people if person}, key=lambda one: one.pk)


def _unwanted(people, kind):
    return set(
        Preference.objects.filter(
            user__in=people, kind=Topic.of(kind), is_wanted=False
        ).values_list("user_id", "channel")
    )


def _message(person, channel, unique_key, at):
    is_there = (
        channel == Channel.IN_APP
    )  # an in-app message is delivered by being there
    return {
        "channel": channel,
        "unique_key": unique_key,
        "recipient": person,
        "address": person.email if channel == Channel.EMAIL else "",
        "state": Message.State.SENT if is_there else Message.State.WAITING,
        "sent_at": at if is_there else None,
        "next_attempt_at": at,
    }
