"""What who is asked sees: the survey in their language, in the look of the workspace."""

import base64
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from cs_platform.lib import clock
from nps.look import Look, look_of
from nps.models import (
    Invitation,
    Kind,
    Response,
    Survey,
    SurveySettings,
    SurveyVersion,
)
from nps.tokens import Named
from nps.wording import Said, said

# No row has it.
NOBODY = UUID(int=0)
SCORES = {Kind.NPS: range(0, 11), Kind.CSAT: range(1, 6), Kind.FREE: range(0)}


@dataclass(frozen=True)
class Page:
    """One survey as one person is shown it."""

    survey: Survey
    said: Said
    language: str
    scores: list[int]
    is_anonymous: bool
    given: int | None = None
    words: str = ""

    @property
    def most(self) -> int:
        return self.scores[-1] if self.scores else 0


def page_of(survey, tenant, language, *, is_anonymous=None) -> Page:
    """The survey in a language: its own words where it has some."""
    own = survey.wordings.filter(language=language).values(*Said.__annotations__)
    words = said(
        survey.kind, language, name=look_for(tenant).name, own=own.first() or {}
    )
    return Page(
        survey=survey,
        said=words,
        language=language,
        scores=list(SCORES[Kind(survey.kind)]),
        is_anonymous=survey.is_anonymous if is_anonymous is None else is_anonymous,
    )


def page_for(invitation: Invitation, tenant) -> Page:
    """The survey as the person of an invitation is shown it."""
    return page_of(
        invitation.survey,
        tenant,
        invitation.language,
        is_anonymous=is_anonymous(invitation),
    )


def is_anonymous(invitation: Invitation) -> bool:
    """Whether the answer to an invitation is nobody's: so it is if the survey was
    anonymous at any time since the invitation was made. Its letters and pages said so
    then, whatever somebody makes of the survey later. An answer that is somebody's
    already stays theirs.
    """
    survey = invitation.survey
    if invitation.answered_at is not None:
        return False
    if survey.is_anonymous or survey.version == invitation.version:
        return survey.is_anonymous
    return SurveyVersion.objects.filter(
        survey=survey,
        number__gte=invitation.version,
        definition__survey__is_anonymous=True,
    ).exists()


def answered_page(page: Page, response: Response) -> Page:
    """The same with the answer that was given."""
    return replace(page, given=response.score, words=response.comment)


def look_for(tenant) -> Look:
    """How the workspace looks to its customers."""
    kept = SurveySettings.objects.select_related("logo").first() or SurveySettings()
    picture = ""
    if kept.logo is not None:
        content = base64.b64encode(bytes(kept.logo.content)).decode()
        picture = f"data:{kept.logo.content_type};base64,{content}"
    return look_of(kept.sender_name or tenant.name, kept.colour, picture)


def open_invitation(
    named: Named | None, *, at: datetime | None = None, lock: bool = False
) -> Invitation | None:
    """The invitation of a token if it takes an answer, its first or a changed one.

    None when it is unknown, withdrawn, over, or answered too long ago. Asked in vain
    for nothing, too, so that a forged token takes as long as an old one.
    """
    invitations = Invitation.objects.filter(
        pk=named.key if named else NOBODY, serial=named.serial if named else 0
    )
    if lock:
        invitations = invitations.select_for_update(of=("self",))
    invitation = invitations.select_related("survey", "account", "contact").first()
    if invitation is None or not takes_answer(invitation, at or clock.now()):
        return None
    return invitation


def takes_answer(invitation: Invitation, at: datetime) -> bool:
    states = Invitation.State
    if invitation.state in (states.SENT, states.REMINDED):
        return invitation.expires_at is None or at < invitation.expires_at
    if invitation.state != states.ANSWERED or invitation.answered_at is None:
        return False  # an anonymous one says no time: nobody can change it
    window = timedelta(days=invitation.survey.change_within_days)
    return at < invitation.answered_at + window


def response_of(invitation: Invitation) -> Response | None:
    return Response.objects.filter(invitation=invitation).first()


def survey_of(named: Named | None) -> Survey | None:
    """The survey of a kiosk's or snippet's token, unless its links were replaced."""
    return Survey.objects.filter(
        pk=named.key if named else NOBODY, link_serial=named.serial if named else 0
    ).first()


def open_survey(named: Named | None) -> Survey | None:
    """The same while it is on."""
    survey = survey_of(named)
    return survey if survey and survey.is_on else None
