"""The work calendar of a workspace, and dates that are checked against it."""

from datetime import date

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts import calendar
from accounts.wording import country_name, month_name, weekday_name

MONTHS = [(number, lazy(month_name, str)(number)) for number in range(1, 13)]
WEEKDAYS = [(number, lazy(weekday_name, str)(number)) for number in range(7)]
# More than a century of bridge days.
MOST_DAYS = 1000


class PlannedDateInput(forms.DateInput):
    """A day on which somebody is to do something: the calendar warns of bad ones."""

    input_type = "date"
    is_planned = True

    def __init__(self):
        attrs = {
            "hx-get": reverse_lazy("accounts:day-check"),
            "hx-trigger": "change",
            "hx-target": "next .day-note",
            "hx-swap": "innerHTML",
            "hx-push-url": "false",
        }
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DaysField(forms.CharField):
    """Days, one a line, as 2026-12-31."""

    widget = forms.Textarea(attrs={"rows": 3, "placeholder": "2026-12-31"})

    def prepare_value(self, value):
        if isinstance(value, list):
            return "\n".join(day.isoformat() for day in sorted(value))
        return value

    def clean(self, value):
        words = super().clean(value).replace(",", " ").split()
        try:
            days = sorted({date.fromisoformat(word) for word in words})
        except ValueError:
            raise forms.ValidationError(
                _("Write each day as 2026-12-31, one a line.")
            ) from None
        if len(days) > MOST_DAYS:
            raise forms.ValidationError(_("No more than 1,000 days."))
        return days


def _numbers(choices, **kwargs):
    return forms.TypedMultipleChoiceField(
        choices=choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
        **kwargs,
    )


class CalendarForm(forms.Form):
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        help_text=_("Its public holidays are no working days."),
    )
    subdivision = forms.ChoiceField(label=_("Region"), required=False)
    weekdays = _numbers(WEEKDAYS, label=_("Working days"))
    extra_holidays = DaysField(
        label=_("Other days off"), required=False, help_text=_("One a line.")
    )
    dead_months = _numbers(
        MONTHS,
        label=_("Dead months"),
        help_text=_(
            "Hardly anybody decides in these months; planning into them gives a warning."
        ),
    )
    budget_months = _numbers(
        MONTHS,
        label=_("Budget months"),
        help_text=_(
            "Budgets are closed in these months; planning into them gives a warning."
        ),
    )

    def __init__(self, *args, country, **kwargs):
        """`country` is the one shown: its regions are offered."""
        super().__init__(*args, **kwargs)
        named = sorted((country_name(code), code) for code in calendar.countries())
        self.fields["country"].choices = [("", _("None"))] + [
            (code, name) for name, code in named
        ]
        self.fields["country"].widget.attrs |= {
            "hx-get": reverse_lazy("accounts:calendar"),
            "hx-trigger": "change",
            "hx-target": "#calendar-form",
            "hx-swap": "outerHTML",
        }
        regions = calendar.subdivisions(country)
        if regions:
            self.fields["subdivision"].choices = [("", _("The whole country"))] + [
                (code, code) for code in regions
            ]
        else:
            del self.fields["subdivision"]

    def facts(self) -> dict:
        return {"subdivision": ""} | self.cleaned_data
