from django import forms

from messaging.models import Channel, Preference, Topic


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
