"""How a deal ended, and why: two levels and words."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from renewals.models import OutcomeKind, Reason, Result
from renewals.services import Decision, problems_of
from worklist.forms import DateInput

NAMED = 3


class WhichWidget(forms.MultiWidget):
    """A few lines for names of the second level; known ones are offered as one types."""

    def __init__(self):
        places = [
            forms.TextInput(
                attrs={
                    "list": "which-options",
                    "autocomplete": "off",
                    "aria-label": _("Which, %d") % place,
                }
            )
            for place in range(1, NAMED + 1)
        ]
        super().__init__(places)

    def decompress(self, value):
        return [*(value or []), *[""] * NAMED][:NAMED]


class WhichField(forms.MultiValueField):
    """Names of the second level: a list, without the empty ones."""

    def __init__(self, **kwargs):
        fields = [forms.CharField(required=False, max_length=200)] * NAMED
        super().__init__(
            fields, widget=WhichWidget(), required=False, require_all_fields=False
        )
        for name, value in kwargs.items():
            setattr(self, name, value)

    def compress(self, titles):
        return tuple(title for title in titles or () if title)


class WhyForm(forms.Form):
    """Why a deal was lost, in whole or in part."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", _("Why was it lost?"))] + Reason.choices,
    )
    which = WhichField(
        label=_("Which exactly"),
        help_text=_(
            "The features, the competitor, what it was. Known ones are offered; a new"
            " one joins the list."
        ),
    )
    detail = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was said, and what would have changed it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("reason", "which", "detail"):
            # Needed or not as the outcome is: no word about it at the field.
            self.fields[name].is_conditional = True
        # Under one reason only its own names are offered; without scripts all are.
        self.fields["reason"].widget.attrs |= {
            "hx-get": reverse("renewals:which-list"),
            "hx-target": "#which-options",
            "hx-swap": "outerHTML",
        }

    def clean(self):
        said = super().clean()
        if self.wants_reason(said):
            problems = problems_of(
                said.get("reason", ""), said.get("detail", ""), said.get("which", ())
            )
            for name, sentence in problems.items():
                if name not in self.errors:
                    self.add_error(name, sentence)
        return said

    def wants_reason(self, said):
        return True


class OutcomeForm(WhyForm):
    """How it ended. A loss wants a reason and words, a renewal its new amount."""

    result = forms.ChoiceField(
        label=_("Outcome"), choices=OutcomeKind, widget=forms.RadioSelect
    )
    amount = forms.DecimalField(
        label=_("Amount a year"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
    )
    seats = forms.IntegerField(
        label=_("Seats"), required=False, min_value=0, max_value=10**9
    )
    starts_on = forms.DateField(
        label=_("New term from"),
        required=False,
        widget=DateInput,
        help_text=_("Earlier than the old end: the customer renewed early."),
    )
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=DateInput,
        help_text=_("The first day that is no longer paid for. Empty: no end."),
    )
    writes_contract = forms.BooleanField(
        label=_("Write the new term into the contract"),
        required=False,
        help_text=_(
            "Revenue follows from the first day of the term. Leave it off if billing"
            " tells us of it; if both do, it counts once."
        ),
    )
    field_order = [
        "result", "amount", "seats", "starts_on", "ends_on", "writes_contract",
        "reason", "which", "detail",
    ]  # fmt: skip

    def __init__(self, *args, renewal, **kwargs):
        # Other forms of the page ask for an amount, too.
        super().__init__(*args, auto_id="id_outcome_%s", **kwargs)
        self.renewal = renewal
        self.fields["amount"].is_conditional = True

    def term_fields(self):
        names = ("amount", "seats", "starts_on", "ends_on", "writes_contract")
        return [self[name] for name in names]

    def why_fields(self):
        return [self[name] for name in ("reason", "which", "detail")]

    def wants_reason(self, said):
        kind = said.get("result")
        return bool(kind) and OutcomeKind(kind).wants_reason

    def clean(self):
        said = super().clean()
        if said.get("result") and not self.errors:
            for name, sentence in self.decision().problems(self.renewal).items():
                self.add_error(name, sentence)
        return said

    def decision(self) -> Decision:
        said = dict(self.cleaned_data)
        kind = OutcomeKind(said.pop("result"))
        said["writes_contract"] &= kind.result == Result.RENEWED
        return Decision(result=kind.result, kind=kind, **said)
