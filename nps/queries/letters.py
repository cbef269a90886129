"""The mail that asks: written when it goes out, as things stand then."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from messaging.letters import File, Letter, message_id_of
from messaging.models import Channel, Message
from nps.addresses import address
from nps.models import Invitation, OptOut, SurveySettings
from nps.queries import asking
from nps.tokens import Named, Purpose, token_of

INVITATION, REMINDER = "survey.invitation", "survey.reminder"
LOGO = "logo@survey"


def letter_of(message, tenant) -> Letter | None:
    """The letter of a message of the outbox; None when it is not to be sent any more:
    answered, expired or withdrawn meanwhile, or its reader wants no more of them."""
    invitation = invitation_of(message)
    if invitation is None or _is_over(invitation):
        return None
    if message.kind == INVITATION and _has_lapsed(invitation, tenant):
        return None
    kept = SurveySettings.objects.select_related("logo").first() or SurveySettings()
    with translation.override(invitation.language):
        return _written(message, invitation, tenant, kept)


def invitation_of(message) -> Invitation | None:
    """Whose letter it is: the outbox knows it by its unique key, `survey:<id>:…`."""
    key = message.unique_key.split(":")[1]
    found = Invitation.objects.select_related("survey").filter(pk=key)
    return found.first()


def with_lost_letter(invitations):
    """Those whose first letter was not delivered, or is not sent any more."""
    return _letters_of(invitations).filter(Exists(_lost()))


def without_lost_letter(invitations):
    return _letters_of(invitations).filter(~Exists(_lost()))


def _letters_of(invitations):
    key = Concat(Value("survey:"), Cast("pk", CharField()), Value(":invitation"))
    return invitations.alias(letter=key)


def _lost():
    return Message.objects.filter(
        tenant=OuterRef("tenant"),
        unique_key=OuterRef("letter"),
        channel=Channel.EMAIL,
        state__in=[Message.State.DEAD, Message.State.RECALLED],
    )


def _is_over(invitation):
    states = (Invitation.State.SENT, Invitation.State.REMINDED)
    if invitation.state not in states:
        return True
    return OptOut.objects.filter(address=invitation.address).exists()


def _has_lapsed(invitation, tenant):
    """A letter that was held up so long that it is too late to ask."""
    return clock.day_of(clock.now(), tenant.timezone) > invitation.lapses_on


def _written(message, invitation, tenant, kept):
    page = asking.page_for(invitation, tenant)
    named = Named(tenant.pk, invitation.pk, invitation.serial)
    stop = address("survey-stop", token_of(Purpose.STOP, named))
    token = token_of(Purpose.ASK, named)
    words = words_of(
        page,
        asking.look_for(tenant),
        to_page=address("survey", token),
        to_score=lambda score: address("survey-score", token, score),
        stop_url=stop,
        logo=f"cid:{LOGO}" if kept.logo else "",
    )
    if message.kind == REMINDER:
        words["subject"] = _("Reminder: %(subject)s") % words
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return framed(message, words, kept, headers)


def words_of(page, look, *, to_page, to_score, stop_url, logo) -> dict:
    """What a letter says: the context of its templates, in the language that is active.

    A link a number; a survey of its own questions has one to its page.
    """
    links = [{"label": str(one), "url": to_score(one)} for one in page.scores]
    links = links or [{"label": _("Answer the questions"), "url": to_page}]
    return {
        "subject": " ".join(page.said.subject.split()),
        "said": page.said,
        "links": links,
        "lowest": links[0]["label"],
        "highest": links[-1]["label"],
        "share": 100 // len(links),
        "whose": _whose(page, look),
        "look": look,
        "stop_url": stop_url,
        "logo": logo,
    }


def framed(message, words, kept, headers) -> Letter:
    """The letter of these words, under the name of the workspace."""
    return Letter(
        address=message.address,
        subject=words["subject"],
        text=render_to_string("nps/mail/letter.txt", words),
        html=render_to_string("nps/mail/letter.html", words),
        message_id=message_id_of(message),
        reply_to=kept.reply_to,
        files=[_picture(kept.logo)] if kept.logo else [],
        sender=_sender(words["look"].name),
        # Or every absent reader's mailbox would answer us.
        headers={"Auto-Submitted": "auto-generated"} | headers,
    )


def _whose(page, look):
    said = {"name": look.name}
    if page.is_anonymous:
        return _("Your answer is anonymous: %(name)s does not learn that it is yours.") % said  # fmt: skip
    return _("%(name)s reads your answer and may reply to you.") % said


def _sender(name):
    """The site's address under the workspace's name."""
    _own, mailbox = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((" ".join(name.split()), mailbox))


def _picture(logo):
    ending = logo.content_type.partition("/")[2]
    return File(f"logo.{ending}", logo.content_type, bytes(logo.content), cid=LOGO)
