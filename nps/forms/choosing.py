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
    segments = Several((), label=_("Segments"))
    owners = forms.TypedMultipleChoiceField(
        label=_("Owners"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    roles = Several(ContactRole.choices, label=_("Roles"))
    starts_on = forms.DateField(label=_("From"), widget=DateInput)

    def __init__(self, *args, bands, segments, owners, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bands"].choices = bands
        self.fields["segments"].choices = [(name, name) for name in segments]
        self.fields["owners"].choices = owners
        if not segments:
            self.fields["segments"].help_text = _("No account is in one yet.")
        self.today = today

    def clean_starts_on(self):
        day = self.cleaned_data["starts_on"]
        if day < self.today:
            raise forms.ValidationError(_("This day is past."))
        return day

    def segment(self) -> dict:
        names = ("tiers", "bands", "segments", "owners", "roles")
        chosen = {name: self.cleaned_data.get(name) for name in names}
        return {name: some for name, some in chosen.items() if some}
