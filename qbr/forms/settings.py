from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Tier
from qbr.models import FeatureNews
from qbr.queries.planning import Cadences
from tenants.forms import TenantModelForm
from worklist.forms import DateInput

# Two reviews of one month would look back on the same months: the second never came.
LEAST = 31


class PlanningForm(forms.Form):
    """When reviews are planned by themselves."""

    is_on = forms.BooleanField(
        label=_("Plan reviews by themselves"),
        required=False,
        help_text=_("By the cadence of the segment or tier, and before renewals."),
    )
    renewal_days = forms.IntegerField(
        label=_("Days before the decision of a yellow account"),
        min_value=90,
        max_value=365,
        help_text=_("By then its review is held: three months before it, at least."),
    )

    def __init__(self, *args, every: Cadences, segments: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.segments = {f"segment_{n}": name for n, name in enumerate(segments)}
        for tier, label in Tier.choices:
            label = _("%(tier)s: every … days") % {"tier": label}
            words = _("Left empty: never by itself.")
            self.fields[tier] = _days(label, words, every.by_tier.get(tier))
        for field, name in self.segments.items():
            label = _("Segment %(name)s: every … days") % {"name": name}
            words = _("Left empty: as the tier of each account.")
            self.fields[field] = _days(label, words, every.by_segment.get(name))

    def facts(self):
        said = dict(self.cleaned_data)
        every = {tier: said.pop(tier) for tier in Tier.values}
        segments = {name: said.pop(field) for field, name in self.segments.items()}
        return said | {"every": every, "segments": segments}


def _days(label, words, days):
    refusal = _("A review looks back on whole months: 31 days at least.")
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=LEAST,
        max_value=1096,
        initial=days,
        help_text=words,
        error_messages={"min_value": refusal},
    )


class NewsForm(TenantModelForm):
    """Something new in the product."""

    class Meta:
        model = FeatureNews
        fields = ["title", "words", "feature", "plan", "released_on"]
        widgets = {
            "words": forms.Textarea(attrs={"rows": 3}),
            "released_on": DateInput(),
            "feature": forms.TextInput(attrs={"list": "features"}),
            "plan": forms.TextInput(attrs={"list": "plans"}),
        }
        help_texts = {
            "feature": _("As usage names it: who uses it already is not told."),
            "plan": _("Who has this plan, or a higher one, is told; empty: everybody."),
        }
