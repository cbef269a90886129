"""How the workspace asks: how often, when, and in what look."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cs_platform.lib.pictures import NotAPicture, picture_of
from nps.models import SurveySettings

LOGO_BYTES = 256 * 1024


class SettingsForm(forms.ModelForm):
    picture = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG or JPEG, up to 256 KB and 4,000 pixels a side."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    no_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = SurveySettings
        fields = [
            "budget_count",
            "budget_days",
            "send_from",
            "send_to",
            "sends_on_weekends",
            "sends_in_dead_months",
            "sender_name",
            "reply_to",
            "colour",
            "detractor_hours",
            "passive_days",
            "promoter_days",
            "lead_after_hours",
        ]
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}
        labels = {
            "budget_count": _("One person is asked at most, times"),
            "budget_days": _("In so many days"),
            "send_from": _("Mail goes out from, hour"),
            "send_to": _("Until, hour"),
            "sends_on_weekends": _("On weekends, too"),
            "sends_in_dead_months": _("In dead months, too"),
            "sender_name": _("Who asks"),
            "reply_to": _("Answers to the mail go to"),
            "colour": _("Colour"),
            "detractor_hours": _("A detractor is answered within, hours"),
            "passive_days": _("A passive within, days"),
            "promoter_days": _("A promoter is asked for a reference within, days"),
            "lead_after_hours": _("The lead is told when it is late by, hours"),
        }
        help_texts = {
            "budget_count": _("Over all surveys; a reminder is not counted."),
            "sender_name": _("Empty: the name of the workspace."),
            "sends_on_weekends": _("Not on holidays."),
            "sends_in_dead_months": _(
                "They are set in the calendar. What follows a ticket goes out anyway."
            ),
        }

    SECTIONS = (
        (_("How often"), ("budget_count", "budget_days")),
        (
            _("When mail goes out"),
            ("send_from", "send_to", "sends_on_weekends", "sends_in_dead_months"),
        ),
        (_("Look"), ("sender_name", "reply_to", "colour", "picture", "no_logo")),
        (
            _("What follows an answer"),
            ("detractor_hours", "passive_days", "promoter_days", "lead_after_hours"),
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.logo is None:
            del self.fields["no_logo"]

    def sections(self):
        """The fields, grouped: what each group is called, and its fields."""
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in self.SECTIONS
        ]

    def clean_picture(self):
        upload = self.cleaned_data["picture"]
        if not upload:
            return None
        if upload.size > LOGO_BYTES:
            raise forms.ValidationError(_("The picture is larger than 256 KB."))
        try:
            return picture_of(upload.read())
        except NotAPicture:
            raise forms.ValidationError(
                _("This is no PNG or JPEG picture that we can show.")
            ) from None
