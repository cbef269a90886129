from django import forms
from django.utils.translation import gettext_lazy as _


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
