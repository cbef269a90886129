from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.calendar import PlannedDateInput
from cs_platform.lib.currency import is_currency
from renewals.models import (
    ENTERED,
    OPEN_OPPORTUNITY,
    Opportunity,
    OpportunityResult,
    OpportunityStage,
    Plan,
    SalesHandover,
    SignalKind,
)
from usage.models import Feature
from worklist.forms import DateInput, assignable


class ExpansionFilters(forms.Form):
    """What the address asks for. What it cannot read narrows nothing."""

    q = forms.CharField(required=False, max_length=200)
    whose = forms.RegexField(r"^(mine|none|all|\d{1,18})$", required=False)
    signal = forms.ChoiceField(required=False, choices=SignalKind)

    def chosen(self):
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class HeardForm(forms.Form):
    """What a person heard of a customer that may want more."""

    kind = forms.ChoiceField(
        label=_("What"), choices=[(kind, SignalKind(kind).label) for kind in ENTERED]
    )
    words = forms.CharField(
        label=_("In words"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Funding, a new market, a merger; who asked, and for what."),
    )

    def __init__(self, *args, **kwargs):
        # Stands beside other forms on the account's card.
        super().__init__(*args, auto_id="id_heard_%s", **kwargs)


class DismissForm(forms.Form):
    why = forms.CharField(label=_("Why"), required=False, max_length=300)


class OpportunityForm(forms.ModelForm):
    class Meta:
        model = Opportunity
        fields = ["kind", "title", "amount", "currency", "owner"]
        help_texts = {"amount": _("A year of what comes on top.")}

    def __init__(self, *args, tenant, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = assignable(tenant)
        self.fields["owner"].empty_label = _("As the account")

    def clean_currency(self):
        code = self.cleaned_data["currency"].upper()
        if not is_currency(code):
            raise forms.ValidationError(
                _("This is no currency code, as in USD or KZT.")
            )
        return code


class OpportunityChangeForm(OpportunityForm):
    """The same of one that is open; `seen` is what its writer goes by."""

    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.updated_at.isoformat()


class MoveForm(forms.Form):
    stage = forms.ChoiceField(
        choices=[(s, s.label) for s in OPEN_OPPORTUNITY if s != OpportunityStage.SALES]
    )
    was = forms.ChoiceField(choices=OpportunityStage, required=False)
    trial_ends_on = forms.DateField(
        label=_("The trial ends on"), required=False, widget=PlannedDateInput
    )


class HandoverForm(forms.ModelForm):
    class Meta:
        model = SalesHandover
        fields = ["to", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"to": _("A name or an e-mail; they need not work here.")}


class ResultForm(forms.Form):
    """How it ended. What was won wants an amount, what was not a reason."""

    is_won = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", _("Won")), ("no", _("Not bought"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(
        label=_("Amount a year"),
        required=False,
        max_digits=16,
        decimal_places=2,
        help_text=_("When won: a year of what comes on top."),
    )
    contract = forms.ModelChoiceField(
        label=_("Contract"),
        queryset=None,
        required=False,
        empty_label=_("Choose one"),
        help_text=_("When won: where it is paid, so that it counts in NRR."),
    )
    effective_on = forms.DateField(label=_("From"), required=False, widget=DateInput)
    changes_contract = forms.BooleanField(
        label=_("Raise the contract's MRR by it"), required=False, initial=True
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", _("When not bought: why"))] + OpportunityResult.Reason.choices,
    )
    detail = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, contracts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contract"].queryset = contracts
        for field in self.fields.values():
            # Needed or not as the result is: no word about it at the field.
            field.is_conditional = True

    def clean(self):
        said = super().clean()
        if said.get("is_won") is True and not (said.get("amount") or 0) > 0:
            self.add_error("amount", _("Say for how much it was won."))
        if said.get("is_won") is False and not said.get("reason"):
            self.add_error("reason", _("Choose why it was not bought."))
        return said


class PlanForm(forms.ModelForm):
    """A plan with the features it begins to hold, and at most how often."""

    features = forms.ModelMultipleChoiceField(
        label=_("Features that begin with it"),
        queryset=None,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    limited = forms.ModelChoiceField(
        label=_("A feature with a limit"),
        queryset=None,
        required=False,
        empty_label=_("None"),
    )
    uses = forms.IntegerField(
        label=_("Uses in 30 days"), required=False, min_value=1, max_value=2**31 - 1
    )

    class Meta:
        model = Plan
        fields = ["name", "rank"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = Feature.objects.filter(is_hidden=False, is_error=False)
        self.fields["features"].queryset = known.order_by("name")
        self.fields["limited"].queryset = known.order_by("name")

    def clean_name(self):
        # The tenant is not in the form, so its constraint is not looked at.
        name = self.cleaned_data["name"]
        if Plan.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a plan of this name."))
        return name

    def clean(self):
        said = super().clean()
        if bool(said.get("limited")) != bool(said.get("uses")):
            self.add_error("uses", _("A limit is a feature and a number."))
        return said
