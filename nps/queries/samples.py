"""What customers get, as members see it: nobody is asked, and nothing is counted."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from messaging.letters import Letter
from nps.look import Look
from nps.models import Survey, SurveySettings
from nps.queries import asking
from nps.queries.asking import Page
from nps.queries.letters import LOGO, framed, words_of

SAMPLE = "survey.sample"
# Leads nowhere.
NOWHERE = "#"


def sample_letter(message, tenant) -> Letter | None:
    """The letter a member sends to themselves: its links lead to the sample of the page.

    None when the survey is gone. It has no way to unsubscribe: nobody is subscribed.
    """
    key = message.unique_key.split(":")[1]
    survey = Survey.objects.filter(pk=key).first()
    if survey is None:
        return None
    kept = SurveySettings.objects.select_related("logo").first() or SurveySettings()
    page = f"{settings.SITE_URL}/t/{tenant.slug}{message.path}"

    with translation.override(message.language):
        words = words_of(
            asking.page_of(survey, tenant, message.language),
            asking.look_for(tenant),
            to_page=page,
            to_score=lambda score: f"{page}?score={score}",
            stop_url=page,
            logo=f"cid:{LOGO}" if kept.logo else "",
        )
        words["subject"] = _("Test: %(subject)s") % words
        words["note"] = _("A test letter, sent to you alone. Nothing here is counted.")
        return framed(message, words, kept, {})


def shown_letter(page: Page, look: Look, *, nonce: str) -> str:
    """The letter as a document to be shown within a page; its links lead nowhere."""
    words = words_of(
        page,
        look,
        to_page=NOWHERE,
        to_score=lambda _score: NOWHERE,
        stop_url=NOWHERE,
        logo=look.picture,
    )
    return render_to_string("nps/mail/letter.html", words | {"nonce": nonce})
