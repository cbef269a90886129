"""To whom a survey goes by hand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ContactRole, Tier
from worklist.forms import DateInput


class Several(forms.MultipleChoiceField):
    """Some of a few, ticked; none of them means all."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, choices, **options):
        super().__init__(choices=choices, required=False, **options)


class SendForm(forms.Form):
    """To whom a survey goes by hand, and from which day."""

    tiers = Several(Tier.choices, label=_("Tiers"))
    bands = Several((), label=_("Health"))
    owners = forms.TypedMultipleChoiceField(
        label=_("Owners"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    roles = Several(ContactRole.choices, label=_("Roles"))
    starts_on = forms.DateField(label=_("From"), widget=DateInput)

    def __init__(self, *args, bands, owners, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bands"].choices = bands
        self.fields["owners"].choices = owners
        self.today = today

    def clean_starts_on(self):
        day = self.cleaned_data["starts_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is past."))
        return day

    def segment(self) -> dict:
        names = ("tiers", "bands", "owners", "roles")
        return {
            name: self.cleaned_data[name] for name in names if self.cleaned_data[name]
        }
