"""What another currency is worth."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from cs_platform.lib.currency import is_currency

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RateForm(forms.Form):
    currency = forms.CharField(label=_("Currency"), max_length=3)
    rate = forms.DecimalField(
        label=_("Is worth"), max_digits=18, decimal_places=8, min_value=Decimal("1e-8")
    )
    valid_from = forms.DateField(label=_("From"), widget=DAY)

    def __init__(self, *args, own: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.own = own
        self.fields["rate"].help_text = _("One unit, in %s.") % own

    def clean_currency(self):
        currency = self.cleaned_data["currency"].strip().upper()
        if not is_currency(currency):
            raise forms.ValidationError(
                _("This is no currency code, as in USD or KZT.")
            )
        if currency == self.own:
            raise forms.ValidationError(_("This is the workspace's own currency."))
        return currency
