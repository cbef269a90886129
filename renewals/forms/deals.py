from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.calendar import PlannedDateInput
from renewals.models import PIPELINE, Stage
from tenants.models import User
from worklist.forms import assignable


class RenewalFilters(forms.Form):
    """What the address asks for. What it cannot read narrows nothing."""

    q = forms.CharField(required=False, max_length=200)
    whose = forms.CharField(required=False, max_length=20)
    due = forms.CharField(required=False, max_length=10)
    stage = forms.CharField(required=False, max_length=12)
    # What a lead looks for: overdue, stuck, without a next step …
    need = forms.CharField(required=False, max_length=12)
    # The day, the month or the quarter of the decision: 2026-11-22, 2026-11, 2026-Q4.
    when = forms.CharField(required=False, max_length=10)

    def chosen(self):
        self.is_valid()
        return self.cleaned_data


class StageForm(forms.Form):
    stage = forms.ChoiceField(choices=[(stage, stage.label) for stage in PIPELINE])
    was = forms.ChoiceField(choices=Stage, required=False)
    # Why it goes on with gaps.
    reason = forms.CharField(required=False, max_length=1000)


class PlanForm(forms.Form):
    """The next step and who takes it."""

    # The plan as it was when the form was opened.
    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=300)
    next_step_on = forms.DateField(
        label=_("By"), required=False, widget=PlannedDateInput
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("As the account"),
    )

    def __init__(self, *args, tenant, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = assignable(tenant)

    def clean(self):
        said = super().clean()
        if said.get("next_step_on") and not said.get("next_step"):
            self.add_error("next_step", _("Say what the next step is."))
        return said
