from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from health.models import Backtest, Loss, Scorecard
from health.queries.replay import ends

HORIZON = 90
# Further ends than this take a worker too long for what they add.
MOST = 60


class BacktestForm(forms.Form):
    """Which card is replayed over which past, and what it is to foresee."""

    card = forms.ModelChoiceField(
        label=gettext_lazy("Scorecard"), queryset=None, empty_label=None
    )
    outcome = forms.ChoiceField(label=gettext_lazy("To be foreseen"), choices=Loss)
    horizon_days = forms.IntegerField(
        label=gettext_lazy("Within so many days"),
        min_value=14,
        max_value=365,
        initial=HORIZON,
    )
    step = forms.ChoiceField(label=gettext_lazy("Asked at"), choices=Backtest.Step)
    first = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("To"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, data=None, *, today: date, card=None):
        last = today - timedelta(days=HORIZON)
        initial = {"card": card, "first": last - timedelta(days=730), "last": last}
        super().__init__(data, initial=initial)
        self.today = today
        # Drafts first: they are what is asked about.
        cards = Scorecard.objects.order_by("-published_at", "name", "-version")
        self.fields["card"].queryset = cards
        self.fields["card"].label_from_instance = _named

    def clean(self):
        found = self.cleaned_data
        if not {"first", "last", "horizon_days", "step"} <= found.keys():
            return found
        latest = self.today - timedelta(days=found["horizon_days"])
        if found["last"] > latest:
            raise ValidationError(
                {
                    "last": _(
                        "What became of accounts is known for days up to %(day)s."
                    )
                    % {"day": latest.isoformat()}
                }
            )
        if found["first"] > found["last"]:
            raise ValidationError({"last": _("The end is before the start.")})
        count = len(ends(found["first"], found["last"], found["step"]))
        if not 0 < count <= MOST:
            raise ValidationError(
                {
                    "step": _(
                        "That is %(n)s days to ask at; 1 to %(most)s are possible."
                    )
                    % {"n": count, "most": MOST}
                }
            )
        return found


def _named(card: Scorecard) -> str:
    return str(card) if card.published_at else _("%(card)s, draft") % {"card": card}
