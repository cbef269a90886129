"""When reminders come: a row of boxes and days for all accounts, a tier, a segment."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Tier
from renewals import ladder
from renewals.queries.ladders import EVERY_TIER

STEPS = (
    (ladder.CHECK, _("Check the health")),
    (ladder.DEAL, _("Make the deal")),
    (ladder.CALL, _("Call")),
    (ladder.ESCALATE, _("Escalate")),
    (ladder.URGENT, _("Urgent notice")),
)


class LadderForm(forms.Form):
    """The days before the decision of each step, and whether it comes at all."""

    is_own = forms.BooleanField(required=False, label=_("Own days"))

    def __init__(self, *args, tier=EVERY_TIER, days=None, **kwargs):
        super().__init__(*args, **({"prefix": tier or "all"} | kwargs))
        self.tier = tier
        self.initial["is_own"] = self.is_for_all or days is not None
        days = days or list(ladder.STEPS)
        for (step, label), before in zip(STEPS, days, strict=True):
            self.fields[f"on-{step}"] = forms.BooleanField(
                required=False, label=label, initial=before is not None
            )
            self.fields[f"days-{step}"] = forms.IntegerField(
                required=False,
                label=_("Days before: %s") % label,
                min_value=0,
                max_value=999,
                initial=step if before is None else before,
            )

    @property
    def name(self):
        return Tier(self.tier).label if self.tier else _("Every account")

    @property
    def is_for_all(self):
        return self.tier == EVERY_TIER

    def boxes(self):
        """Of each step: its word, its switch and its days."""
        return [
            (label, self[f"on-{step}"], self[f"days-{step}"]) for step, label in STEPS
        ]

    def clean(self):
        said = super().clean()
        if not self.is_said():
            self._errors.clear()
            return said
        for step, label in STEPS:
            name = f"days-{step}"
            if said.get(f"on-{step}") and said.get(name) is None and name in said:
                self.add_error(None, _("Say how many days before: %s.") % label)
        if not self.errors and not ladder.is_falling(self.days()):
            self.add_error(None, _("Each step has to come after the one before it."))
        return said

    def is_said(self):
        """Whether this ladder is to stand on its own: not one that follows all."""
        return self.is_for_all or self.cleaned_data.get("is_own", False)

    def days(self):
        """As the setting keeps it; None when it follows another."""
        if not self.is_said():
            return None
        return [
            self.cleaned_data[f"days-{step}"]
            if self.cleaned_data[f"on-{step}"]
            else None
            for step, _label in STEPS
        ]


class SegmentLadderForm(LadderForm):
    """The ladder of a segment that has one of its own; a row of a page that lists them.

    Without its box it is dropped, and the segment follows its accounts' tiers.
    """

    is_for_all = False

    def __init__(self, *args, segment, days, **kwargs):
        super().__init__(*args, days=days, prefix=segment_prefix(segment), **kwargs)
        self.segment = segment

    @property
    def name(self):
        return self.segment


class NewSegmentForm(LadderForm):
    """A ladder for a segment that has none yet; nothing chosen, nothing kept."""

    is_for_all = False

    def __init__(self, *args, segments, **kwargs):
        super().__init__(*args, prefix="new", **kwargs)
        nobody = [("", _("Another segment …"))]
        self.fields["segment"] = forms.ChoiceField(
            required=False,
            label=_("Segment"),
            choices=nobody + [(name, name) for name in segments],
        )

    @property
    def name(self):
        return _("Another segment")

    def is_said(self):
        return "segment" in self.errors or bool(self.cleaned_data.get("segment"))


def segment_prefix(segment):
    """A name for the fields of a segment, whatever stands in its own."""
    return f"segment-{segment.encode().hex()}"
