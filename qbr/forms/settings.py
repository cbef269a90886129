from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Tier
from qbr.models import FeatureNews
from tenants.forms import TenantModelForm
from worklist.forms import DateInput


class PlanningForm(forms.Form):
    """When reviews are planned by themselves."""

    is_on = forms.BooleanField(
        label=_("Plan reviews by themselves"),
        required=False,
        help_text=_("By the cadence of the tier, and before renewals."),
    )
    renewal_days = forms.IntegerField(
        label=_("Days before the decision of a yellow account"),
        min_value=90,
        max_value=365,
        help_text=_("By then its review is held: three months before it, at least."),
    )

    def __init__(self, *args, every: dict, **kwargs):
        super().__init__(*args, **kwargs)
        for tier, label in Tier.choices:
            self.fields[tier] = forms.IntegerField(
                label=_("%(tier)s: every … days") % {"tier": label},
                required=False,
                min_value=14,
                max_value=1096,
                initial=every.get(tier),
                help_text=_("Left empty: never by itself."),
            )

    def facts(self):
        said = dict(self.cleaned_data)
        every = {tier: said.pop(tier) for tier in Tier.values}
        return said | {"every": every}


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
