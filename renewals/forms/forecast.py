from django import forms
from django.utils.translation import gettext_lazy as _

from renewals.forecasting.deals import COUNTED, WHO
from renewals.forecasting.moves import PARTS
from renewals.forecasting.quarter import parse
from renewals.models import Category, ForecastCall, Level
from renewals.queries.forecast import GROUPS


class ForecastFilters(forms.Form):
    """What the address asks for. What it cannot read narrows nothing."""

    quarter = forms.CharField(required=False, max_length=7)
    whose = forms.RegexField(r"^(mine|team|none|all|\d{1,18})$", required=False)
    tier = forms.CharField(required=False, max_length=8)
    segment = forms.CharField(required=False, max_length=60)
    by = forms.ChoiceField(required=False, choices=[(name, name) for name in GROUPS])
    who = forms.ChoiceField(required=False, choices=[(who, who) for who in WHO])
    case = forms.ChoiceField(required=False, choices=[(c, c) for c in COUNTED])
    part = forms.ChoiceField(required=False, choices=[(p, p) for p in PARTS])
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def chosen(self):
        self.is_valid()
        return self.cleaned_data

    def clean_quarter(self):
        return parse(self.cleaned_data["quarter"])


class CallForm(forms.ModelForm):
    """What a person says will become of a deal; as whom, where one may choose."""

    level = forms.ChoiceField(label=_("As"), choices=Level)

    class Meta:
        model = ForecastCall
        fields = ["level", "category", "amount", "note"]
        help_texts = {
            "amount": _("For the next term. Empty: the same as now."),
        }

    def __init__(self, *args, levels, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("Choose one")), *Category.choices]
        self.fields["level"].choices = [(one, Level(one).label) for one in levels]
        if len(levels) == 1:
            self.fields["level"].widget = forms.HiddenInput()
            self.fields["level"].initial = levels[0]
