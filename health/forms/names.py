from django import forms
from django.utils.translation import gettext_lazy as _

from health.models import Scorecard


class NameForm(forms.ModelForm):
    """What a new scorecard is called."""

    class Meta:
        model = Scorecard
        fields = ["name"]
        labels = {"name": _("Name of the new scorecard")}
