from django import forms

from accounts.models import Tier
from qbr.models import CommitmentState, Side


class CommitmentFilters(forms.Form):
    """What the address asks for. What it cannot read narrows nothing."""

    whose = forms.RegexField(r"^(mine|team|all|\d{1,18})$", required=False)
    state = forms.ChoiceField(
        required=False,
        choices=[("late", ""), ("any", ""), *CommitmentState.choices],
    )
    side = forms.ChoiceField(required=False, choices=Side)
    tier = forms.ChoiceField(required=False, choices=Tier)
    segment = forms.CharField(required=False, max_length=60)
    account_owner = forms.IntegerField(required=False, min_value=1)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def chosen(self):
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
