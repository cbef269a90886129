from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Tier
from renewals.models import Reason

GROUPS = [
    ("quarter", _("Quarter")),
    ("tier", pgettext_lazy("coverage tier", "Touch")),
    ("segment", _("Segment")),
    ("size", _("MRR")),
]
# What a table of each group is called.
BY_GROUP = {
    "quarter": _("By quarter"),
    "tier": _("By touch"),
    "segment": _("By segment"),
    "size": _("By size of MRR"),
}
# In an address: of accounts that are in no segment.
NO_SEGMENT = "-"


class DetailForm(forms.Form):
    """What one of the second level is called."""

    title = forms.CharField(max_length=200)


class ReasonFilters(forms.Form):
    """What the address of the analysis asks for. What it cannot read narrows nothing."""

    since = forms.RegexField(r"^20\d\d-Q[1-4]\Z", required=False)
    until = forms.RegexField(r"^20\d\d-Q[1-4]\Z", required=False)
    tier = forms.ChoiceField(choices=Tier, required=False)
    segment = forms.CharField(max_length=60, required=False)
    size = forms.IntegerField(required=False, min_value=-1, max_value=16)
    reason = forms.ChoiceField(choices=Reason, required=False)
    which = forms.CharField(max_length=200, required=False)
    group = forms.ChoiceField(choices=GROUPS, required=False)

    def chosen(self):
        self.is_valid()
        return self.cleaned_data
