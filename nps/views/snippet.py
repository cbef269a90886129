"""The script that a workspace puts into its own product, and what the script asks."""

from functools import cache, wraps
from typing import Annotated

import msgspec
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from msgspec import Meta

from accounts.models import Contact
from cs_platform.lib import clock
from nps import services
from nps.forms.asking import ScoreForm, WordsForm
from nps.identity import is_signed
from nps.models import Kind, Response, SurveySettings
from nps.queries import asking
from nps.services.scheduling import language_of
from nps.tokens import Named, Purpose, new_turn, read_token, read_turn, token_of
from nps.views.entrance import by_token, refusal

SCRIPT = settings.BASE_DIR / "static/js/snippet.js"
MAX_BODY = 2**16
Short = Annotated[str, Meta(max_length=300)]


class Asker(msgspec.Struct):
    """Who stands in front of it; all empty: somebody unknown."""

    language: Annotated[str, Meta(max_length=40)] = ""
    account: Short = ""
    contact: Short = ""
    at: Annotated[int, Meta(ge=0, le=2**40)] = 0
    signature: Annotated[str, Meta(max_length=64)] = ""


class Answer(msgspec.Struct):
    """A score for a turn, or the words to the answer that a turn was."""

    turn: Short = ""
    score: Annotated[int, Meta(ge=0, le=100)] | None = None
    words: Short = ""
    comment: Annotated[str, Meta(max_length=20_000)] = ""


@require_safe
def script(request, token):
    """The same file for everybody: it reads from its own address whose it is."""
    if read_token(token, Purpose.SNIPPET) is None:
        return refusal(request)
    return HttpResponse(
        _script(),
        content_type="text/javascript; charset=utf-8",
        headers={
            "Cache-Control": "public, max-age=3600",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )


@cache
def _script():
    return SCRIPT.read_text("utf-8")


def for_origin(body):
    """A view for the script alone: a survey of ours on a page that may hold it.

    Gets (request, tenant, survey, said) with the body decoded; returns a dict, or None
    for what cannot be so. No cookie is read: an origin learns what its own page sent.
    """

    def wrap(view):
        @wraps(view)
        def answered(request, tenant, named):
            survey = asking.survey_of(named)
            origin = request.headers.get("Origin", "")
            if survey is None or origin not in survey.origins:
                return None
            answer = _answered(view, request, tenant, survey, body)
            answer["Access-Control-Allow-Origin"] = origin
            answer["Access-Control-Allow-Headers"] = "Content-Type"
            answer["Access-Control-Allow-Methods"] = "POST"
            answer["Access-Control-Max-Age"] = "3600"
            patch_vary_headers(answer, ["Origin"])
            return answer

        return by_token(Purpose.SNIPPET, methods=("POST", "OPTIONS"))(answered)

    return wrap


def _answered(view, request, tenant, survey, body):
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    try:
        said = msgspec.json.decode(request.body[: MAX_BODY + 1], type=body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return JsonResponse({"code": "invalid"}, status=400)
    answer = view(request, tenant, survey, said)
    if answer is None:
        return JsonResponse({"code": "refused"}, status=409)
    return JsonResponse(answer)


@for_origin(Asker)
def asking_create(request, tenant, survey, said):
    """Whether to ask now, and in which words."""
    # Questions of its own want a page: they are asked by mail and at kiosks.
    if not survey.is_on or survey.kind == Kind.FREE:
        return {"ask": False}
    language, is_anonymous = language_of(said.language, tenant), True
    if said.account or said.signature:
        invitation = _invitation(tenant, survey, said, language)
        if invitation is None:
            return {"ask": False}
        named = Named(tenant.pk, invitation.pk, invitation.serial)
        turn = token_of(Purpose.ASK, named)
        is_anonymous = asking.is_anonymous(invitation)
    else:
        turn = new_turn(Response.Source.SNIPPET, survey)
    with translation.override(language):
        page = asking.page_of(survey, tenant, language, is_anonymous=is_anonymous)
        return _texts(page, tenant) | {"ask": True, "turn": turn}


@for_origin(Answer)
def answer_create(request, tenant, survey, said):
    """The score, and then the words."""
    if said.words:
        return _keep_words(tenant, survey, said)
    form = ScoreForm({"score": said.score}, scores=asking.SCORES[Kind(survey.kind)])
    if not form.is_valid():
        return None
    response = _keep(tenant, survey, said.turn, form.cleaned_data["score"])
    if response is None:
        return None
    return {"words": token_of(Purpose.WORDS, Named(tenant.pk, response.pk))}


def _keep(tenant, survey, turn, score):
    known = read_token(turn, Purpose.ASK)
    if known is not None and known.tenant_id == tenant.pk:
        asked = asking.open_invitation(known)
        # The score was judged by the scale of this survey, not of another.
        if asked is None or asked.survey_id != survey.pk:
            return None
        return services.answer_invitation(known, score=score)
    source = Response.Source.SNIPPET
    unknown = read_turn(turn, source, survey)
    if unknown is None or not survey.is_on:
        return None
    return services.answer_unknown(
        survey,
        turn=str(unknown),
        source=source,
        language=tenant.language,
        score=score,
    )


def _keep_words(tenant, survey, said):
    own = read_token(said.words, Purpose.WORDS)
    form = WordsForm({"comment": said.comment})
    if own is None or own.tenant_id != tenant.pk or not form.is_valid():
        return None
    # Whom the server signed and who answered anonymously was invited.
    sources = (Response.Source.SNIPPET, Response.Source.INVITED)
    response = Response.objects.filter(
        pk=own.key, survey=survey, source__in=sources
    ).first()
    if response is None:
        return None
    services.say_why(response, form.cleaned_data["comment"])
    return {}


def _invitation(tenant, survey, said, language):
    secret = SurveySettings.objects.values_list("snippet_secret", flat=True).first()
    signed = is_signed(
        secret or "",
        account=said.account,
        contact=said.contact,
        at=said.at,
        signature=said.signature,
        now=clock.now(),
    )
    if not signed:
        return None
    contact = (
        Contact.objects.filter(
            account__external_id=said.account, external_id=said.contact
        )
        .select_related("account")
        .first()
    )
    if contact is None:
        return None
    return services.invite_by_snippet(
        survey, contact, tenant=tenant, language=language if said.language else ""
    )


def _texts(page, tenant):
    look = asking.look_for(tenant)
    words = page.said
    return {
        "language": page.language,
        "question": words.question,
        "low": words.low,
        "high": words.high,
        "why": words.why,
        "thanks": words.thanks,
        "whose": _("Anonymous") if page.is_anonymous else look.name,
        "send": _("Send"),
        "close": _("Close"),
        "of": page.most,
        "scores": page.scores,
        "colour": look.colour,
        "ink": look.ink,
        "snooze_days": page.survey.snooze_days,
        "away_days": page.survey.wait_days,
    }
