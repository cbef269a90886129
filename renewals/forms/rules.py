from django import forms
from django.utils.translation import gettext_lazy as _

from renewals.checklist import RISK_PLAN, SHIPPED, Rules
from renewals.models import PIPELINE, Need

OWN_ITEMS, OWN_LENGTH = 10, 120


class PipelineForm(forms.Form):
    """How strictly the workspace goes through its stages."""

    may_skip = forms.BooleanField(
        label=_("An owner may go on without the rest, saying why (a lead always may)"),
        required=False,
    )
    is_standard_path = forms.BooleanField(
        label=_(
            "A green deal begins by itself: its owner gets the first task, and it goes"
            " on to initiation when its checklist is complete"
        ),
        required=False,
    )

    def __init__(self, *args, rules: Rules, **kwargs):
        initial = {
            "may_skip": rules.may_skip,
            "is_standard_path": rules.is_standard_path,
        }
        super().__init__(*args, initial=initial, **kwargs)


class StageRuleForm(forms.Form):
    """What one stage wants, and for how long a deal may stand in it."""

    limit_days = forms.IntegerField(
        label=_("Stuck after, days"), min_value=1, max_value=365
    )
    own = forms.CharField(
        label=_("Own items"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "One a line; a person marks them done. A line that begins with * is good to have."
        ),
    )

    def __init__(self, *args, stage, rules: Rules, **kwargs):
        items = [item for item in rules.items if item.stage == stage]
        own = [item for item in items if item.is_own]
        lines = [f"{'' if item.is_required else '* '}{item.title}" for item in own]
        initial = {"limit_days": rules.limits[stage], "own": "\n".join(lines)}
        super().__init__(*args, initial=initial, prefix=stage, **kwargs)
        self.stage, self.label = stage, PIPELINE[PIPELINE.index(stage)].label
        # Asked of red accounts alone, and then always.
        self.shipped = [i for i in SHIPPED if i.stage == stage and i.key != RISK_PLAN]
        needs = {item.key: item.need for item in items}
        for item in self.shipped:
            self.fields[item.key] = forms.ChoiceField(
                label=item.title,
                choices=Need,
                initial=needs[item.key],
                help_text=item.filled_by,
            )
        self.order_fields([*(item.key for item in self.shipped), "own", "limit_days"])

    def clean_own(self):
        lines = [line.strip() for line in self.cleaned_data["own"].splitlines()]
        own = [(_title(line), _need(line)) for line in lines if _title(line)]
        titles = [title for title, need in own]
        if len(own) > OWN_ITEMS or len(set(titles)) < len(titles):
            raise forms.ValidationError(
                _("Up to %d lines, each only once.") % OWN_ITEMS
            )
        if any(len(title) > OWN_LENGTH for title in titles):
            raise forms.ValidationError(
                _("A line has up to %d characters.") % OWN_LENGTH
            )
        return own

    def needs(self) -> dict[str, str]:
        return {item.key: self.cleaned_data[item.key] for item in self.shipped}


def _title(line):
    return line.removeprefix("*").strip()


def _need(line):
    return Need.ADVISORY if line.startswith("*") else Need.REQUIRED
