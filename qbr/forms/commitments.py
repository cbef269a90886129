from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact, Tier
from qbr.models import Commitment, CommitmentState, Side
from tenants.models import User
from worklist.forms import DateInput, assignable


class CommitmentFilters(forms.Form):
    """What the address asks for. What it cannot read narrows nothing."""

    whose = forms.RegexField(r"^(mine|team|all|\d{1,18})$", required=False)
    state = forms.ChoiceField(
        required=False,
        choices=[("late", ""), ("any", ""), *CommitmentState.choices],
    )
    side = forms.ChoiceField(required=False, choices=Side)
    tier = forms.ChoiceField(required=False, choices=Tier)
    segment = forms.CharField(required=False, max_length=60)
    account_owner = forms.IntegerField(required=False, min_value=1)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def chosen(self):
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class CommitmentChangeForm(forms.Form):
    """Other words, another day, another person for an open promise."""

    words = forms.CharField(label=_("What is promised"), max_length=500)
    owner = forms.ModelChoiceField(
        label=_("Ours"), queryset=User.objects.none(), required=False
    )
    contact = forms.ModelChoiceField(
        label=_("Theirs"), queryset=Contact.objects.none(), required=False
    )
    due_on = forms.DateField(label=_("By"), widget=DateInput)

    def __init__(self, *args, promise: Commitment, tenant, **kwargs):
        initial = {
            "words": promise.words,
            "owner": promise.owner_id,
            "contact": promise.contact_id,
            "due_on": promise.due_on,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["owner"].queryset = assignable(tenant)
        self.fields["owner"].empty_label = _("The review's owner")
        if promise.side == Side.OURS:
            del self.fields["contact"]
            return
        self.fields["owner"].label = _("Who of us asks for it")
        contacts = Contact.objects.filter(account=promise.account_id).order_by("name")
        self.fields["contact"].queryset = contacts
        self.fields["contact"].empty_label = _("Nobody named")
