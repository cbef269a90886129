from django import forms
from django.utils.translation import gettext_lazy as _

from renewals.models import Reason, Result


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
