from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.calendar import PlannedDateInput
from renewals.models import RiskPlan
from tenants.models import User
from worklist.forms import assignable


class TickForm(forms.Form):
    """By what one can see that an item is done."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    evidence = forms.CharField(label=_("What shows it"), max_length=500)
    link = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https"
    )


class RiskForm(forms.ModelForm):
    """One problem, and who does what about it by when."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none())

    class Meta:
        model = RiskPlan
        fields = ["problem", "plan", "owner", "due_on"]
        widgets = {
            "plan": forms.Textarea(attrs={"rows": 2}),
            "due_on": PlannedDateInput,
        }

    def __init__(self, *args, tenant, **kwargs):
        # The page has another form with an owner: no two fields share an id.
        super().__init__(*args, auto_id="risk_%s", **kwargs)
        self.fields["owner"].queryset = assignable(tenant)

    def _post_clean(self):
        """What was typed is written by the service; no row is built here."""
