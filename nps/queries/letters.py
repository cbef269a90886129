"""The mail that asks: written when it goes out, as things stand then."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from messaging.letters import File, Letter, message_id_of
from nps.addresses import address
from nps.models import Invitation, Kind, OptOut, SurveySettings
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
    kept = SurveySettings.objects.select_related("logo").first() or SurveySettings()
    with translation.override(invitation.language):
        return _written(message, invitation, tenant, kept)


def invitation_of(message) -> Invitation | None:
    """Whose letter it is: the outbox knows it by its unique key, `survey:<id>:…`."""
    key = message.unique_key.split(":")[1]
    found = Invitation.objects.select_related("survey").filter(pk=key)
    return found.first()


def _is_over(invitation):
    states = (Invitation.State.SENT, Invitation.State.REMINDED)
    if invitation.state not in states:
        return True
    return OptOut.objects.filter(address=invitation.address).exists()


def _written(message, invitation, tenant, kept):
    page = asking.page_of(invitation.survey, tenant, invitation.language)
    look = asking.look_for(tenant)
    named = Named(tenant.pk, invitation.pk, invitation.serial)
    stop = address("survey-stop", token_of(Purpose.STOP, named))
    links = _links(page, token_of(Purpose.ASK, named))
    subject = " ".join(page.said.subject.split())
    if message.kind == REMINDER:
        subject = _("Reminder: %(subject)s") % {"subject": subject}
    context = {
        "subject": subject,
        "said": page.said,
        "links": links,
        "lowest": links[0]["label"],
        "highest": links[-1]["label"],
        "share": 100 // len(links),
        "whose": _whose(page, look),
        "look": look,
        "stop_url": stop,
        "logo_cid": LOGO if kept.logo else "",
    }
    return Letter(
        address=message.address,
        subject=subject,
        text=render_to_string("nps/mail/letter.txt", context),
        html=render_to_string("nps/mail/letter.html", context),
        message_id=message_id_of(message),
        reply_to=kept.reply_to,
        files=[_picture(kept.logo)] if kept.logo else [],
        sender=_sender(look.name),
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # Or every absent reader's mailbox would answer us.
            "Auto-Submitted": "auto-generated",
        },
    )


def _links(page, token):
    """One a number; a survey of its own questions has one to its page."""
    if page.survey.kind == Kind.FREE:
        return [{"label": _("Answer the questions"), "url": address("survey", token)}]
    return [
        {"label": str(score), "url": address("survey-score", token, score)}
        for score in page.scores
    ]


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
