"""The questions of a survey with questions of its own, a row each."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from nps.models import Survey, SurveyQuestion

MOST_QUESTIONS, EMPTY_ROWS, MOST_CHOICES = 20, 2, 20


class QuestionForm(forms.Form):
    """One question, in each language, with what can be chosen."""

    id = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=SurveyQuestion.Kind)
    label_en = forms.CharField(
        label=_("Question in English"), max_length=300, required=False
    )
    label_ru = forms.CharField(
        label=_("Question in Russian"), max_length=300, required=False
    )
    choices_en = forms.CharField(
        label=_("Choices in English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line."),
    )
    choices_ru = forms.CharField(
        label=_("Choices in Russian"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_required = forms.BooleanField(label=_("Has to be answered"), required=False)

    def clean(self):
        said = super().clean()
        is_asked = said.get("label_en") or said.get("label_ru")
        wants = said.get("kind") in (
            SurveyQuestion.Kind.CHOICE,
            SurveyQuestion.Kind.MANY,
        )
        if is_asked and wants and len(_choices(said)) < 2:
            self.add_error("choices_en", _("Give at least two to choose from."))
        return said

    def question(self) -> dict | None:
        """As the service takes it; None of an empty row."""
        said = self.cleaned_data
        label = _by_language(said["label_en"], said["label_ru"])
        if not label:
            return None
        return {
            "id": said["id"],
            "kind": said["kind"],
            "label": label,
            "choices": _choices(said),
            "is_required": said["is_required"],
        }


class Questions(forms.BaseFormSet):
    """The questions of a survey; a row without a question is none."""

    def questions(self) -> list[dict]:
        return [asked for form in self.forms if (asked := form.question())]


QuestionsForm = forms.formset_factory(
    QuestionForm,
    formset=Questions,
    extra=EMPTY_ROWS,
    max_num=MOST_QUESTIONS,
    absolute_max=MOST_QUESTIONS,
    validate_max=True,
)


def initial_questions(survey: Survey) -> list[dict]:
    """What the rows of a survey's questions begin with."""
    return [
        {
            "id": str(asked.pk),
            "kind": asked.kind,
            "is_required": asked.is_required,
            "label_en": asked.label.get("en", ""),
            "label_ru": asked.label.get("ru", ""),
            "choices_en": _lines(asked.choices, "en"),
            "choices_ru": _lines(asked.choices, "ru"),
        }
        for asked in survey.questions.all()
    ]


def _lines(choices, language):
    return "\n".join(one["label"].get(language, "") for one in choices)


def _choices(said):
    """Line by line; a key stays with its place."""
    columns = [
        [line.strip() for line in re.split(r"\r?\n", said.get(name, "").strip())]
        for name in ("choices_en", "choices_ru")
    ]
    most = max(len(lines) for lines in columns)
    english, russian = ([*lines, *[""] * (most - len(lines))] for lines in columns)
    pairs = [pair for pair in zip(english, russian, strict=True) if any(pair)]
    return [
        {"key": str(number), "label": _by_language(*pair)}
        for number, pair in enumerate(pairs[:MOST_CHOICES], start=1)
    ]


def _by_language(english, russian):
    said = {"en": english, "ru": russian}
    return {language: text for language, text in said.items() if text}
