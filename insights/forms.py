from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Band, Stage, Tier
from insights.models import SavedView
from insights.queries.portfolio import SORTABLE
from tenants.forms import TenantModelForm


class PortfolioForm(forms.Form):
    """The address of the list of accounts: what is searched, filtered and sorted.

    A value nobody knows is dropped, not an error: links live long.
    """

    q = forms.CharField(max_length=100, required=False)
    band = forms.MultipleChoiceField(choices=Band, required=False)
    owner = forms.CharField(max_length=20, required=False)
    stage = forms.ChoiceField(choices=[("", ""), *Stage.choices], required=False)
    tier = forms.ChoiceField(choices=[("", ""), *Tier.choices], required=False)
    segment = forms.CharField(max_length=60, required=False)
    country = forms.CharField(max_length=2, required=False)
    industry = forms.CharField(max_length=100, required=False)
    decides = forms.IntegerField(min_value=1, max_value=3650, required=False)
    risk = forms.BooleanField(required=False)
    falling = forms.BooleanField(required=False)
    found = forms.BooleanField(required=False)
    paying = forms.BooleanField(required=False)
    scored = forms.ChoiceField(choices=[("yes", ""), ("no", "")], required=False)
    churned = forms.BooleanField(required=False)
    sort = forms.ChoiceField(
        choices=[(sign + name, "") for name in SORTABLE for sign in ("", "-")],
        required=False,
    )
    cols = forms.MultipleChoiceField(
        choices=[
            (name, "")
            for name in (
                "owner",
                "stage",
                "mrr",
                "decides_on",
                "last_seen_on",
                "task",
                "segment",
                "industry",
                "country",
                "customer_since",
                "external_id",
            )
        ],
        required=False,
    )

    def cleaned(self):
        """The values that hold; nothing for those that do not."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}


class SavedViewForm(TenantModelForm):
    class Meta:
        model = SavedView
        fields = ["name", "query", "is_shared"]
        widgets = {"query": forms.HiddenInput}


class AssignmentForm(forms.Form):
    """Who takes over which accounts."""

    accounts = forms.TypedMultipleChoiceField(
        error_messages={"required": _("Tick the accounts first.")}
    )
    owner = forms.ChoiceField(label=_("New owner"))

    def __init__(self, data, *, accounts, members):
        super().__init__(data)
        self.fields["accounts"].choices = [(str(pk), "") for pk in accounts]
        self.fields["owner"].choices = [
            (str(member.user_id), str(member.user)) for member in members
        ]
