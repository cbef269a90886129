from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from cs_platform.lib.currency import is_currency
from qbr.models import Goal, GoalState
from tenants.forms import TenantModelForm
from usage.models import Feature
from worklist.forms import DateInput


class GoalForm(TenantModelForm):
    """What a customer wants to reach, by what one sees it, and what it is worth."""

    class Meta:
        model = Goal
        fields = [
            "objective",
            "measure",
            "unit",
            "baseline",
            "target",
            "due_on",
            "source",
            "feature",
            "value_amount",
            "value_currency",
            "value_hours",
            "value_formula",
        ]
        help_texts = {
            "objective": _("In the customer's words: win more of the deals."),
            "measure": _("What is counted: conversion of deals."),
            "unit": _("%, hours a week, deals."),
            "baseline": _("Where it began."),
            "source": _("Usage is read once a day; other figures a person enters."),
            "value_formula": _("As in: 6 % × 847 deals × 1,200 USD."),
        }
        widgets = {"due_on": DateInput()}

    def __init__(self, *args, currency, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.initial.get("value_currency"):
            self.initial["value_currency"] = currency
        names = Feature.objects.filter(is_hidden=False, merged_into=None)
        known = [(name, name) for name in names.values_list("name", flat=True)[:500]]
        kept = self.instance.feature
        if kept and (kept, kept) not in known:
            known.append((kept, kept))
        self.fields["feature"] = forms.ChoiceField(
            label=_("Feature"), required=False, choices=[("", _("None")), *known]
        )
        self.fields["value_currency"].required = False

    def clean_value_currency(self):
        value = self.cleaned_data["value_currency"].upper()
        if value and not is_currency(value):
            raise forms.ValidationError(
                _("This is no currency code, as in USD or KZT.")
            )
        return value


class ReadingForm(forms.Form):
    """What the measure was on a day."""

    value = forms.DecimalField(label=_("Value"), max_digits=20, decimal_places=4)
    on = forms.DateField(label=_("On"), widget=DateInput)


class VerificationForm(forms.Form):
    """That the customer says so: who, and where."""

    contact = forms.ModelChoiceField(
        label=_("Who says so"), queryset=Contact.objects.none(), required=False
    )
    how = forms.CharField(
        label=_("Where they said it"),
        required=False,
        max_length=300,
        help_text=_("Left empty, both: not verified."),
    )

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        contacts = Contact.objects.filter(account=account).order_by("name")
        self.fields["contact"].queryset = contacts
        self.fields["contact"].empty_label = _("Nobody named")


class GoalStateForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), choices=GoalState)
