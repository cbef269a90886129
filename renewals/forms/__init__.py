from django import forms
from django.utils.translation import gettext_lazy as _

from renewals.models import PIPELINE, Reason, Result, Stage
from tenants.models import User
from worklist.forms import DateInput, assignable


class RenewalFilters(forms.Form):
    """What the address asks for. What it cannot read narrows nothing."""

    q = forms.CharField(required=False, max_length=200)
    whose = forms.CharField(required=False, max_length=20)
    due = forms.CharField(required=False, max_length=10)
    stage = forms.CharField(required=False, max_length=12)

    def chosen(self):
        self.is_valid()
        return self.cleaned_data


class StageForm(forms.Form):
    stage = forms.ChoiceField(choices=[(stage, stage.label) for stage in PIPELINE])
    was = forms.ChoiceField(choices=Stage, required=False)


class PlanForm(forms.Form):
    """The next step and who takes it."""

    next_step = forms.CharField(label=_("Next step"), required=False, max_length=300)
    next_step_on = forms.DateField(label=_("By"), required=False, widget=DateInput)
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


class OutcomeForm(forms.Form):
    """How it ended. A loss wants a reason and words, a renewal its new amount."""

    result = forms.ChoiceField(
        label=_("Outcome"), choices=Result, widget=forms.RadioSelect
    )
    amount = forms.DecimalField(
        label=_("Amount a year"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        help_text=_("When renewed: of the new term."),
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", _("When lost: why"))] + Reason.choices,
    )
    detail = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("When lost: which features, which competitor, what was said."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("amount", "reason", "detail"):
            # Needed or not as the outcome is: no word about it at the field.
            self.fields[name].is_conditional = True

    def clean(self):
        said = super().clean()
        has_no_amount = said.get("amount") is None and "amount" not in self.errors
        if said.get("result") == Result.RENEWED and has_no_amount:
            self.add_error("amount", _("Say at what amount it was renewed."))
        if said.get("result") == Result.LOST:
            if not said.get("reason"):
                self.add_error("reason", _("Choose why it was lost."))
            if not said.get("detail", "").strip():
                self.add_error("detail", _("Say in words why it was lost."))
        return said
