"""Answers to questions of a survey's own, in another language than they were asked in."""

from django.utils import translation
from django.utils.translation import gettext as _

from nps.models import Response, SurveyQuestion
from nps.wording import text_in

Kind = SurveyQuestion.Kind


def in_language(response: Response, language: str) -> list[dict]:
    """The answers with questions and choices as they read in the language.

    What was written freely stays; a question that is gone loses its label, as that would
    be in the language it was asked in. One query, none where nothing was answered.
    """
    if not response.answers:
        return response.answers
    asked = SurveyQuestion.objects.filter(survey=response.survey_id)
    known = {str(question.pk): question for question in asked}
    return [
        _read(one, known.get(one["question"]), language) for one in response.answers
    ]


def _read(one, question, language) -> dict:
    if question is None:
        return one | {"label": "", "shown": _plain(one["value"])}
    return one | {
        "label": text_in(question.label, language),
        "shown": _shown(question, one["value"], language),
    }


def _shown(question, value, language) -> str:
    if question.kind == Kind.YES_NO:
        with translation.override(language):
            return {"yes": _("Yes"), "no": _("No")}.get(value, _plain(value))
    labels = {
        str(choice["key"]): text_in(choice["label"], language)
        for choice in question.choices
    }
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(labels.get(str(one), str(one)) for one in chosen)


def _plain(value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
