"""What people say about a contract after it was signed. Rules are those of services."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.course import months_after, months_between
from accounts.models import ChangeKind, Contract
from accounts.queries import course_of, today

SAID = [
    ("", _("Tell from what changes")),
    *(
        choice
        for choice in ChangeKind.choices
        if choice[0] not in (ChangeKind.UPLIFT, ChangeKind.RENEWAL)
    ),
]


def _day():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _reason():
    return forms.CharField(label=_("Why"), max_length=300, required=False)


class DeedForm(forms.Form):
    """A form about one contract; what it says is done by a service."""

    def __init__(self, *args, contract: Contract, **kwargs):
        self.contract = contract
        kwargs["initial"] = self.first_said(contract) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def first_said(self, contract) -> dict:
        """What stands in the fields before anybody typed."""
        return {}


class TermsForm(DeedForm):
    mrr = forms.DecimalField(
        label=_("MRR"),
        max_digits=14,
        decimal_places=2,
        min_value=Decimal(0),
        help_text=_("The value of one month, after discount."),
    )
    seats = forms.IntegerField(
        label=_("Seats"), min_value=0, max_value=2**31 - 1, required=False
    )
    plan = forms.CharField(label=_("Plan"), max_length=100, required=False)

    def first_said(self, contract):
        return {name: getattr(contract, name) for name in ("mrr", "seats", "plan")}


class ChangeForm(TermsForm):
    effective_on = forms.DateField(
        label=_("From"), widget=_day(), help_text=_("The first day of these terms.")
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=SAID, required=False)
    reason = _reason()
    field_order = ["effective_on", "mrr", "seats", "plan", "kind", "reason"]

    def first_said(self, contract):
        on = today()
        running = course_of(contract, list(contract.changes.order_by("effective_on")))
        terms = running.on(on)
        said = {"mrr": terms.mrr, "seats": terms.seats, "plan": terms.plan}
        return said | {"effective_on": on}


class RenewalForm(TermsForm):
    starts_on = forms.DateField(label=_("The new term begins"), widget=_day())
    ends_on = forms.DateField(
        label=_("Ends on"),
        widget=_day(),
        help_text=_("The first day that is no longer paid for."),
    )
    reason = _reason()
    field_order = ["starts_on", "ends_on", "mrr", "seats", "plan", "reason"]

    def first_said(self, contract):
        said = super().first_said(contract) | {"starts_on": today()}
        if contract.ends_on:
            months = contract.term_months or months_between(
                contract.starts_on, contract.ends_on
            )
            said["ends_on"] = months_after(contract.ends_on, months)
        return said


class PauseForm(DeedForm):
    starts_on = forms.DateField(
        label=_("Paused from"),
        widget=_day(),
        help_text=_("The first day not paid for."),
    )
    resumes_on = forms.DateField(
        label=_("Resumes on"),
        widget=_day(),
        required=False,
        help_text=_("The first day paid for again. Empty: not known yet."),
    )
    reason = _reason()

    def first_said(self, contract):
        return {"starts_on": today()}


class ResumptionForm(DeedForm):
    on = forms.DateField(
        label=_("Resumes on"),
        widget=_day(),
        help_text=_("The first day paid for again."),
    )

    def first_said(self, contract):
        return {"on": today()}


class CreditForm(DeedForm):
    amount = forms.DecimalField(
        label=_("Amount"), max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    on = forms.DateField(label=_("On"), widget=_day())
    reason = _reason()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = (
            _("In %s. Once: no recurring revenue changes.") % self.contract.currency
        )

    def first_said(self, contract):
        return {"on": today()}


class NoticeForm(DeedForm):
    on = forms.DateField(
        label=_("Given on"),
        widget=_day(),
        help_text=_("The contract runs to its end and does not renew by itself."),
    )

    def first_said(self, contract):
        return {"on": today()}


class LineUpForm(DeedForm):
    contracts = forms.ModelMultipleChoiceField(
        label=_("Contracts"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
    )
    ends_on = forms.DateField(
        label=_("All end on"),
        widget=_day(),
        help_text=_("The first day that is no longer paid for."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contracts"].queryset = running_beside(self.contract)

    def first_said(self, contract):
        beside = list(running_beside(contract))
        ends = [one.ends_on for one in beside if one.ends_on]
        return {"contracts": beside, "ends_on": max(ends, default=None)}


def running_beside(contract: Contract):
    """The contracts of the account that are not over, this one among them."""
    every = Contract.objects.filter(account=contract.account_id)
    over = every.filter(ends_on__lte=today()).exclude(pk=contract.pk)
    return every.exclude(pk__in=over).order_by("starts_on", "id")
