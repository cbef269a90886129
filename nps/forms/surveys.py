"""What a person sets up: when a survey asks, whom, and in which words."""

from urllib.parse import urlsplit

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.translation import gettext_lazy as _

from accounts.models import ContactRole, Tier
from nps.forms.choosing import Several
from nps.models import Kind, Survey, SurveyWording
from tenants.models import Language

# What a new survey of a kind begins with, where it is not as the model says.
BEGINS = {
    Kind.NPS: {"name": "NPS"},
    Kind.CSAT: {
        "name": "CSAT",
        "starts_after_days": [],
        "after_ticket": True,
        "wait_days": 14,
        "wait_any_days": 7,
        "lapses_after_days": 7,
        "reminder_after_days": 3,
        "expires_after_days": 14,
    },
    Kind.FREE: {"name": "", "starts_after_days": [], "wait_days": 30},
}


def survey_of(kind: str) -> Survey:
    """A new survey of a kind, as it is offered."""
    return Survey(kind=kind, **BEGINS[Kind(kind)])


class SurveyForm(forms.ModelForm):
    """When a survey asks, whom, and what comes then."""

    starts_after_days = SimpleArrayField(
        forms.IntegerField(min_value=0, max_value=3650),
        label=_("Days after the start"),
        required=False,
        max_length=12,
        help_text=_("As in 30, 90, 180. Empty: not by the start."),
    )
    roles = Several(
        ContactRole.choices,
        label=_("Only these roles"),
        help_text=_("None: every role."),
    )
    tiers = Several(
        Tier.choices, label=_("Only these tiers"), help_text=_("None: every tier.")
    )
    origins = forms.CharField(
        label=_("The snippet may stand on"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": "https://app.example.com"}
        ),
        help_text=_("One address a line, without a path."),
    )

    class Meta:
        model = Survey
        fields = [
            "name",
            "is_anonymous",
            "starts_after_days",
            "then_every_days",
            "after_ticket",
            "before_decision_days",
            "spread_days",
            "lapses_after_days",
            "roles",
            "tiers",
            "minimum_use_days",
            "wait_days",
            "wait_any_days",
            "reminder_after_days",
            "expires_after_days",
            "change_within_days",
            "origins",
            "snooze_days",
        ]
        labels = {
            "is_anonymous": _("Anonymous: nobody can find out who said what"),
            "then_every_days": _("And then every so many days"),
            "after_ticket": _("After each closed ticket, whoever asked"),
            "before_decision_days": _("Days before the decision"),
            "spread_days": _("Spread over so many sending days"),
            "lapses_after_days": _("Too late after so many days"),
            "minimum_use_days": _("Days of use in the last 28, at least"),
            "wait_days": _("Days since one of this kind"),
            "wait_any_days": _("Days since any survey"),
            "reminder_after_days": _("Remind once after so many days"),
            "expires_after_days": _("Answers are taken for so many days"),
            "change_within_days": _("An answer can be changed for so many days"),
            "snooze_days": _("The snippet stays away, once closed, for so many days"),
        }
        help_texts = {
            "is_anonymous": _(
                "The answer keeps neither person nor account, and nothing is shown of"
                " fewer than five."
            ),
            "reminder_after_days": _("Empty: nobody is reminded."),
            "spread_days": _("After a ticket it goes out at once."),
            "lapses_after_days": _(
                "Who cannot be asked by then is not asked because of this any more."
            ),
        }

    SECTIONS = (
        (_("Survey"), ("name", "is_anonymous")),
        (
            _("Whom"),
            ("roles", "tiers", "minimum_use_days", "wait_days", "wait_any_days"),
        ),
        (
            _("When"),
            (
                "starts_after_days",
                "then_every_days",
                "before_decision_days",
                "after_ticket",
                "spread_days",
                "lapses_after_days",
            ),
        ),
        (
            _("Once asked"),
            ("reminder_after_days", "expires_after_days", "change_within_days"),
        ),
        (_("In your product"), ("origins", "snooze_days")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["origins"] = "\n".join(self.instance.origins)
        if self.instance.kind == Kind.FREE:
            # Questions of its own want a page.
            del self.fields["origins"], self.fields["snooze_days"]

    def columns(self):
        """The fields in groups, what each is called and its fields, in two columns."""
        groups = [
            (title, fields)
            for title, names in self.SECTIONS
            if (fields := [self[name] for name in names if name in self.fields])
        ]
        return groups[:2], groups[2:]

    def clean_starts_after_days(self):
        return sorted(set(self.cleaned_data["starts_after_days"] or []))

    def clean_origins(self):
        lines = self.cleaned_data["origins"].split()
        for line in lines:
            parts = urlsplit(line)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise forms.ValidationError(
                    _("Write it as in https://app.example.com.")
                )
        return sorted({_origin(line) for line in lines})


def _origin(address):
    parts = urlsplit(address.lower())
    return f"{parts.scheme}://{parts.netloc}"


class WordingForm(forms.ModelForm):
    """What a survey says in one language; what is left empty is said as shipped."""

    class Meta:
        model = SurveyWording
        fields = ["subject", "intro", "question", "low", "high", "why", "thanks"]
        widgets = {
            "intro": forms.Textarea(attrs={"rows": 2}),
            "thanks": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, shipped, language, **kwargs):
        super().__init__(*args, prefix=f"words-{language}", **kwargs)
        self.language = Language(language)
        for name, field in self.fields.items():
            field.widget.attrs["placeholder"] = getattr(shipped, name)
