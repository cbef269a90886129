from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from health.models import Sentiment

# How long a judgement holds unless said.
USUAL = timedelta(days=30)


class OverrideForm(forms.Form):
    """A score of one's own, why, and how long it holds."""

    score = forms.IntegerField(
        label=_("Score by your judgement"),
        min_value=0,
        max_value=100,
        help_text=_("0 to 100. The computed score stays beside it."),
    )
    reason = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    expires_on = forms.DateField(
        label=_("Holds through"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=_("At most 180 days ahead; you are told when it ends."),
    )

    def __init__(self, data=None, *, today):
        super().__init__(data, initial={"expires_on": today + USUAL})


class SentimentForm(forms.Form):
    """How one feels about a customer, with a note."""

    level = forms.TypedChoiceField(choices=Sentiment.Level, coerce=int)
    note = forms.CharField(max_length=2000, required=False)
