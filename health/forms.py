from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DAYS = 180


class PeriodForm(forms.Form):
    """From a day to a day, both included; the last half year unless said."""

    def __init__(self, data, *, today):
        super().__init__({"from": None, "to": None} | data)
        self.today = today
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=day, input_formats=["%Y-%m-%d"]
            )

    def clean(self):
        last = self.cleaned_data.get("to") or self.today
        first = self.cleaned_data.get("from") or last - timedelta(days=DAYS - 1)
        if first > last:
            raise ValidationError({"to": _("The end is before the start.")})
        return {"from": first, "to": last}


class LoginEventForm(forms.Form):
    event = forms.CharField(
        label=_("Login event"),
        required=False,
        max_length=200,
        help_text=_(
            "The name of the event that means a login. Left empty, a day counts with"
            " any usage event."
        ),
    )
