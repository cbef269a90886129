from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import FeatureRequest
from tenants.forms import TenantModelForm


class RequestForm(TenantModelForm):
    """What is missing, and where it stands with the product team."""

    class Meta:
        model = FeatureRequest
        fields = ["title", "description", "state", "plan"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "title": _("What is missing"),
            "description": _("Description"),
            "state": _("State"),
            "plan": _("Plan that has it"),
        }
        help_texts = {"plan": _("Who asks for it asks for this plan.")}


class VoteForm(forms.Form):
    """What an account asks for: known, or new."""

    title = forms.CharField(
        label=_("What they miss"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "wanted-titles", "autocomplete": "off"}),
    )
    words = forms.CharField(label=_("In their words"), max_length=1000, required=False)

    def __init__(self, *args, **kwargs):
        # Stands beside other forms on the account's card.
        super().__init__(*args, auto_id="id_vote_%s", **kwargs)


class RequestFilters(forms.Form):
    """What the address asks for. What it cannot read narrows nothing."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.CharField(required=False, max_length=8)
    sort = forms.ChoiceField(
        required=False, choices=[(n, n) for n in ("-mrr", "-count", "title")]
    )

    def chosen(self):
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
