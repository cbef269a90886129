from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DAYS = 180


class PeriodForm(forms.Form):
    """From a day to a day, both included; the last half year (`days`) unless said."""

    def __init__(self, data, *, today, days=DAYS, **how):
        last = data.get("to") or today.isoformat()
        period = {"from": _days_before(last, today, days), "to": last}
        super().__init__(period | data, **how)
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = forms.DateField(
                label=label, widget=day, input_formats=["%Y-%m-%d"]
            )

    @property
    def first(self) -> date:
        """The first day of a period that `is_valid`."""
        return self.cleaned_data["from"]

    @property
    def last(self) -> date:
        return self.cleaned_data["to"]

    def clean(self):
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and first > last:
            raise ValidationError({"to": _("The end is before the start.")})
        return self.cleaned_data


def _days_before(last, today, days):
    """Where a period begins that only says, perhaps badly, where it ends."""
    try:
        end = date.fromisoformat(last)
    except ValueError:
        end = today
    return max(end, date.min + timedelta(days=days)) - timedelta(days=days - 1)
