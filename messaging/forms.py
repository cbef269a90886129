from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.models import Channel, Preference, QuietHours, Topic
from tenants.forms import TenantModelForm, zone_choices


class PreferencesForm(forms.Form):
    """A box for every topic and channel: ticked, the person is told."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        kept = {
            (one.kind, one.channel): one.is_wanted
            for one in Preference.objects.filter(user=user)
        }
        for topic in Topic:
            for channel in Channel:
                self.fields[f"{topic}-{channel}"] = forms.BooleanField(
                    required=False,
                    initial=kept.get((topic, channel), True),
                    label=f"{topic.label}: {channel.label}",
                )

    def rows(self):
        """The topics, each with its boxes."""
        return [
            (topic.label, [self[f"{topic}-{channel}"] for channel in Channel])
            for topic in Topic
        ]

    def wanted(self):
        return {
            (topic.value, channel.value): self.cleaned_data[f"{topic}-{channel}"]
            for topic in Topic
            for channel in Channel
        }


class QuietHoursForm(TenantModelForm):
    """When no mail is to come; without the first box ticked: it may at any time."""

    is_on = forms.BooleanField(required=False, label=_("Hold mail back"))
    timezone = forms.ChoiceField(required=False, label=_("Time zone"))
    urgent_passes = forms.BooleanField(
        required=False, label=_("Still mail what is urgent")
    )
    field_order = ["is_on", "starts", "ends", "timezone", "urgent_passes"]

    class Meta:
        model = QuietHours
        fields = ["starts", "ends", "timezone", "urgent_passes"]
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("starts", "ends")
        }

    def __init__(self, *args, zone, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("starts", "20:00")
        self.initial.setdefault("ends", "08:00")
        self.initial["is_on"] = not self.instance._state.adding
        as_workspace = _("As the workspace (%s)") % zone
        self.fields["timezone"].choices = [("", as_workspace), *zone_choices()]

    def clean(self):
        said = super().clean()
        if not said.get("is_on"):
            # Whatever the times are, they do not count.
            self._errors.clear()
        return said

    def hours(self):
        """What is to be kept; None when mail may come at any time."""
        said = dict(self.cleaned_data)
        return said if said.pop("is_on") else None
