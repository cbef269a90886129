"""A person answers what they were asked: once, and again for a while."""

from datetime import datetime

from django.db import transaction
from django.db.models import Model
from django.utils.crypto import salted_hmac

from cs_platform.lib import clock
from nps.models import Invitation, Response, Survey
from nps.queries.asking import is_anonymous, open_invitation, response_of
from nps.services.hearing import hear
from nps.services.releasing import nobodys_id
from nps.services.words import clean_words, read_words
from nps.tokens import Named

SOURCES: dict[str, str] = {
    Invitation.Reason.LINK: Response.Source.LINK,
    Invitation.Reason.SNIPPET: Response.Source.SNIPPET,
}


@transaction.atomic
def answer_invitation(
    named: Named,
    *,
    score: int | None = None,
    answers: list | None = None,
    at: datetime | None = None,
) -> Response | None:
    """Keep what the person of a token answers; None when it takes no answer (any more).

    The first answer makes the response and ends the invitation; another one within the
    survey's time changes it; the same one changes nothing. Waits for who answers with
    the same token at this instant. An anonymous answer keeps no way back to invitation,
    person or account; who was told that theirs is, of them it is. Touches the account.
    """
    at = at or clock.now()
    invitation = open_invitation(named, at=at, lock=True)
    if invitation is None:
        return None
    given = {"score": score, "answers": answers or []}
    response = response_of(invitation)
    if response is None:
        return _first(invitation, given, at)
    return _changed(response, given, at)


@transaction.atomic
def answer_unknown(
    survey: Survey,
    *,
    turn: str,
    source: str,
    language: str,
    score: int | None = None,
    answers: list | None = None,
) -> Response:
    """Keep the anonymous answer of somebody at a kiosk or in front of a snippet.

    A turn is good for one answer: replayed, it changes nothing and the first is returned.
    """
    turn = f"{source}:{_hidden(survey, turn)}"
    fields = _asked(survey, language) | {
        "is_anonymous": True,
        "source": source,
        "score": score,
        "answers": answers or [],
        "answered_at": clock.now(),
    }
    response = Response(id=nobodys_id(), external_id=turn, **fields)
    Response.objects.bulk_create([response], ignore_conflicts=True)
    kept = Response.objects.get(survey=survey, external_id=turn)
    if kept.pk == response.pk:
        hear(kept)
    return kept


@transaction.atomic
def say_why(response: Response, comment: str) -> None:
    """Keep the words to an answer; the same words change nothing. Touches the account."""
    kept = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
    comment = clean_words(comment)
    if kept.comment != comment:
        _write(kept, {"comment": comment} | _read(kept, comment), clock.now())


def _first(invitation, given, at):
    fields = _asked(invitation.survey, invitation.language) | given
    is_nobodys = is_anonymous(invitation)
    if is_nobodys:
        response = Response.objects.create(
            id=nobodys_id(),
            is_anonymous=True,
            source=Response.Source.INVITED,
            answered_at=at,
            **fields,
        )
    else:
        response = Response.objects.create(
            invitation=invitation,
            account=invitation.account,
            contact=invitation.contact,
            source=SOURCES.get(invitation.reason, Response.Source.MAIL),
            answered_at=at,
            **fields,
        )
    # Not save(): the instant of an anonymous answer must not stand at the invitation,
    # in `updated_at` no more than in `answered_at`.
    Invitation.objects.filter(pk=invitation.pk).update(
        state=Invitation.State.ANSWERED,
        answered_at=None if is_nobodys else at,
    )
    hear(response)
    return response


def _changed(response, given, at):
    if all(getattr(response, name) == value for name, value in given.items()):
        return response
    for name, value in given.items():
        setattr(response, name, value)
    # The same words sound different under another score.
    words = _read(response, response.comment) if response.comment else {}
    return _write(response, given | words, at)


def _read(response, comment) -> dict:
    return read_words(
        comment, response.language, kind=response.kind, score=response.score
    )


def _write(response, values, at) -> Model:
    for name, value in values.items():
        setattr(response, name, value)
    response.changed_at = at
    response.save(update_fields=[*values, "changed_at"])
    hear(response)
    return response


def _hidden(survey: Survey, turn: str) -> str:
    """The same for the same turn, and no way back to it: the history of the screen
    tells when each turn was, and in which order."""
    return salted_hmac(
        "nps.turn", f"{survey.pk}:{turn}", algorithm="sha256"
    ).hexdigest()


def _asked(survey, language):
    return {
        "survey": survey,
        "survey_version": survey.version,
        "kind": survey.kind,
        "language": language,
    }
