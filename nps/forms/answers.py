"""What narrows answers, and what is said to who gave one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ContactRole, Tier
from nps import numbers
from nps.models import Kind
from nps.queries.answers import NOBODY, TONES, Choice, default_days
from tenants.models import Language

ANY = [("", "")]
BANDS = [
    (numbers.PROMOTER, _("Promoters")),
    (numbers.PASSIVE, _("Passives")),
    (numbers.DETRACTOR, _("Detractors")),
]
TONE_WORDS = {
    "positive": _("Sounds glad"),
    "neutral": _("Sounds neutral"),
    "negative": _("Sounds unhappy"),
    "unknown": _("Not judged"),
}
FOLLOW_UPS = [
    ("any", _("With follow-up")),
    ("open", _("To be followed up")),
    ("late", _("Followed up late, or not in time")),
    ("closed", _("Followed up")),
    ("due", _("Due by now, or followed up")),
    ("in_time", _("Followed up in time")),
    ("none", _("Without follow-up")),
]
ROLES = [*ContactRole.choices, (NOBODY, _("No role"))]
YEARS = range(1990, 2101)
MOST_TAGS, LONGEST_TAG = 10, 40


class AnswerFilters(forms.Form):
    """What the address of answers and of results asks for.

    What it cannot read narrows nothing: links live long.
    """

    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    kind = forms.ChoiceField(choices=[*ANY, *Kind.choices], required=False)
    survey = forms.UUIDField(required=False)
    tier = forms.ChoiceField(choices=[*ANY, *Tier.choices], required=False)
    role = forms.ChoiceField(choices=[*ANY, *ROLES], required=False)
    plan = forms.CharField(max_length=100, required=False)
    segment = forms.CharField(max_length=60, required=False)
    owner = forms.RegexField(r"^([0-9]{1,18}|none)\Z", required=False)
    account = forms.UUIDField(required=False)
    band = forms.ChoiceField(choices=[*ANY, *BANDS], required=False)
    score = forms.IntegerField(min_value=0, max_value=10, required=False)
    tone = forms.ChoiceField(choices=[(key, key) for key in TONES], required=False)
    language = forms.ChoiceField(choices=Language, required=False)
    tag = forms.CharField(max_length=40, required=False)
    follow = forms.ChoiceField(choices=FOLLOW_UPS, required=False)
    loop = forms.ChoiceField(choices=[*ANY, *BANDS], required=False)
    q = forms.CharField(max_length=200, required=False)
    latest = forms.BooleanField(required=False)
    words = forms.BooleanField(required=False)
    topic = forms.CharField(max_length=60, required=False)

    def chosen(self, *, on, **fixed) -> Choice:
        """The answers meant, of the last 90 days where no days are named."""
        self.is_valid()
        said = {name: self.cleaned_data.get(name) for name in self.fields}
        known = {name: value for name, value in said.items() if value not in (None, "")}
        since, until = default_days(on)
        until = _sane(known.get("until"), until)
        since = min(_sane(known.get("since"), since), until)
        return Choice(**known | {"since": since, "until": until} | fixed)


class ReplyForm(forms.Form):
    """What was said to the customer, and what came of it."""

    reply = forms.CharField(
        label=_("What we said"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    result = forms.CharField(
        label=_("What came of it"),
        max_length=500,
        required=False,
        help_text=_("As in: solved, will be asked again, gave a reference."),
    )


class TagsForm(forms.Form):
    """What an answer is about, as people here call it."""

    tags = forms.CharField(
        label=_("Tags"),
        max_length=500,
        required=False,
        help_text=_("Parted by commas, ten at most."),
    )

    def clean_tags(self) -> list[str]:
        said = self.cleaned_data["tags"].split(",")
        tags = list(
            dict.fromkeys(tag for one in said if (tag := " ".join(one.split())))
        )
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(_("Ten tags at most."))
        if any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(_("A tag has 40 characters at most."))
        return tags


def _sane(day, otherwise):
    return day if day and day.year in YEARS else otherwise
