from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from cs_platform.lib.currency import is_currency
from qbr.models import CommitmentState, NoteKind, Side
from renewals.models import OpportunityKind
from tenants.models import User
from worklist.forms import DateInput, assignable


class NotesForm(forms.Form):
    words = forms.CharField(required=False, max_length=10_000, strip=False)
    seen = forms.IntegerField(required=False, min_value=0)
    # The other's words are kept below one's own.
    join = forms.BooleanField(required=False)


class LineForm(forms.Form):
    """A decision, or an idea for more."""

    words = forms.CharField(max_length=2000)
    section = forms.SlugField(max_length=40)
    kind = forms.ChoiceField(
        choices=[(NoteKind.DECISION, ""), (NoteKind.IDEA, "")], required=False
    )


class WishForm(forms.Form):
    """Something they miss in the product."""

    title = forms.CharField(label=_("What they miss"), max_length=200)
    words = forms.CharField(label=_("In their words"), max_length=1000, required=False)


class CommitmentForm(forms.Form):
    """A promise in one line: who, what, until when."""

    words = forms.CharField(label=_("What is promised"), max_length=500)
    side = forms.ChoiceField(label=_("Whose"), choices=Side, initial=Side.OURS)
    owner = forms.ModelChoiceField(
        label=_("Ours"), queryset=User.objects.none(), required=False
    )
    contact = forms.ModelChoiceField(
        label=_("Theirs"), queryset=Contact.objects.none(), required=False
    )
    due_on = forms.DateField(label=_("By"), widget=DateInput)
    section = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args, review, tenant, **kwargs):
        super().__init__(*args, auto_id="id_promise_%s", **kwargs)
        self.fields["owner"].queryset = assignable(tenant)
        self.fields["owner"].empty_label = _("The review's owner")
        contacts = Contact.objects.filter(account=review.account_id).order_by("name")
        self.fields["contact"].queryset = contacts
        self.fields["contact"].empty_label = _("Nobody named")


class StateForm(forms.Form):
    state = forms.ChoiceField(choices=CommitmentState)
    outcome = forms.CharField(required=False, max_length=500)


class HoldForm(forms.Form):
    """Who was there."""

    came = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, attendees, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["came"].choices = [(str(one.pk), str(one)) for one in attendees]


class SummaryForm(forms.Form):
    """The letter, and to whom of the list it goes."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Summary"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 22}),
        error_messages={
            "required": _(
                "The letter is empty, and was not sent. Write it, or let it be prepared"
                " anew."
            )
        },
    )
    to = forms.MultipleChoiceField(
        label=_("To whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, guests, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(one.email, _who(one)) for one in guests]
        self.initial.setdefault("to", [one.email for one in guests])


def _who(guest):
    named = {"name": guest.name, "email": guest.email}
    if guest.attended is False:
        return gettext("%(name)s <%(email)s>, was not there") % named
    return f"{guest.name} <{guest.email}>"


class IdeaForm(forms.Form):
    """What an idea could bring."""

    kind = forms.ChoiceField(label=_("What"), choices=OpportunityKind)
    amount = forms.DecimalField(
        label=_("Amount a year"), min_value=0, max_digits=16, decimal_places=2
    )
    currency = forms.CharField(label=_("Currency"), max_length=3)

    def clean_currency(self):
        value = self.cleaned_data["currency"].upper()
        if not is_currency(value):
            raise forms.ValidationError(
                _("This is no currency code, as in USD or KZT.")
            )
        return value
