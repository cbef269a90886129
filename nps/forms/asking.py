"""What a person sends who was asked: a score, words, or answers to questions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nps.models import SurveyQuestion
from nps.wording import text_in

MAX_WORDS = 5000
Kind = SurveyQuestion.Kind
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class ScoreForm(forms.Form):
    """One of the numbers of the scale."""

    score = forms.IntegerField()

    def __init__(self, *args, scores, **kwargs):
        super().__init__(*args, **kwargs)
        self.scores = scores

    def clean_score(self):
        score = self.cleaned_data["score"]
        if score not in self.scores:
            raise forms.ValidationError(_("Choose one of the numbers."))
        return score


class WordsForm(forms.Form):
    comment = forms.CharField(required=False, max_length=MAX_WORDS)


class QuestionsForm(forms.Form):
    """The questions of a survey of its own, in one language."""

    def __init__(self, *args, questions, language, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        self.language = language
        for question in self.questions:
            self.fields[_name(question)] = self._field(question)

    def answers(self):
        """What was answered: each question as it was asked, with its value."""
        return [
            {
                "question": str(question.pk),
                "label": self.fields[name].label,
                "value": value,
                "shown": self._shown(name, value),
            }
            for question in self.questions
            if (value := self.cleaned_data[name := _name(question)])
            not in ("", [], None)
        ]

    def _field(self, question):
        options = {
            "label": text_in(question.label, self.language),
            "required": question.is_required,
        }
        if question.kind == Kind.TEXT:
            area = forms.Textarea(attrs={"rows": 4, "maxlength": MAX_WORDS})
            field = forms.CharField(max_length=MAX_WORDS, widget=area, **options)
        elif question.kind == Kind.MANY:
            field = forms.MultipleChoiceField(
                choices=self._choices(question),
                widget=forms.CheckboxSelectMultiple,
                **options,
            )
        else:
            field = forms.TypedChoiceField(
                choices=self._choices(question),
                widget=forms.RadioSelect,
                coerce=int if question.kind == Kind.SCORE else str,
                empty_value=None,
                **options,
            )
        field.scale = len(field.choices) if question.kind == Kind.SCORE else 0
        field.has_options = question.kind != Kind.TEXT
        return field

    def _choices(self, question):
        if question.kind == Kind.SCORE:
            return [(str(score), str(score)) for score in range(11)]
        if question.kind == Kind.YES_NO:
            return YES_NO
        return [
            (str(one["key"]), text_in(one["label"], self.language))
            for one in question.choices
        ]

    def _shown(self, name, value):
        field = self.fields[name]
        if not field.has_options:
            return value
        labels = dict(field.choices)
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(labels[str(one)]) for one in chosen)


def _name(question):
    return f"q{question.position}"
