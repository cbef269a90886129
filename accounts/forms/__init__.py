"""What people type about a customer. Its rules are those of accounts.services."""

import uuid

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Account,
    Contact,
    ContactRole,
    Contract,
    Invoice,
    Note,
    NoticeUnit,
    Ticket,
)
from tenants.forms import DefaultChoiceField, TenantModelForm
from tenants.models import Role
from tenants.queries import members

DAY = {"type": "date"}
INSTANT = {"type": "datetime-local"}


def _day():
    return forms.DateInput(attrs=DAY, format="%Y-%m-%d")


def _instant():
    return forms.DateTimeInput(attrs=INSTANT, format="%Y-%m-%dT%H:%M")


class FactForm(TenantModelForm):
    """A form for one fact; what it says is written by `save_item`."""

    external_id = forms.CharField(
        label=_("Id in your system"),
        max_length=200,
        required=False,
        help_text=_("Made for you when left empty."),
    )

    def __init__(self, *args, account=None, **kwargs):
        super().__init__(*args, **kwargs)
        # Whose fact it is: some are about one of its people.
        self.account = account
        if not self.instance._state.adding:
            del self.fields["external_id"]

    def _post_clean(self):
        """The rules are asked once, by the service, which names the fields itself."""

    def item(self) -> dict:
        """What was typed, as the service takes it."""
        known = self.instance.external_id
        item = dict(self.cleaned_data)
        item["external_id"] = item.get("external_id") or known or f"by-hand-{_short()}"
        return item


class AccountForm(FactForm):
    owner = forms.ChoiceField(label=_("Owner"), required=False)

    class Meta:
        model = Account
        fields = [
            "name",
            "external_id",
            "owner",
            "lifecycle_stage",
            "tier",
            "segment",
            "domain",
            "industry",
            "country",
            "language",
            "customer_since",
        ]
        widgets = {"customer_since": _day()}
        labels = {
            "name": _("Name"),
            "lifecycle_stage": _("Stage"),
            "tier": _("Touch"),
            "segment": _("Segment"),
            "domain": _("Domain"),
            "industry": _("Industry"),
            "country": _("Country"),
            "language": _("Language"),
            "customer_since": _("Customer since"),
        }
        help_texts = {"country": _("Two letters, as in KZ.")}

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership = membership
        if membership.role == Role.CSM:
            # Who owns an account is the lead's to say; a CSM's new one is their own.
            del self.fields["owner"]
            return
        people = [member.user for member in members(membership.tenant_id)]
        self.fields["owner"].choices = [
            ("", _("Nobody yet")),
            *((person.email, str(person)) for person in people),
        ]
        owner = self.instance.owner
        self.initial["owner"] = owner.email if owner else ""

    def item(self):
        item = super().item()
        if "owner" not in self.fields and self.instance._state.adding:
            item["owner"] = self.membership.user
        return item


class ContactForm(FactForm):
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=ContactRole,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Contact
        fields = ["name", "email", "phone", "title", "roles", "external_id"]
        labels = {
            "name": _("Name"),
            "email": _("E-mail"),
            "phone": _("Phone"),
            "title": _("Position"),
        }


class ContractForm(FactForm):
    notice_unit = DefaultChoiceField(
        label=_("Days of notice are"), choices=NoticeUnit, initial=NoticeUnit.CALENDAR
    )

    class Meta:
        model = Contract
        fields = [
            "plan",
            "starts_on",
            "ends_on",
            "mrr",
            "currency",
            "seats",
            "auto_renew",
            "term_months",
            "notice_days",
            "notice_unit",
            "uplift_percent",
            "external_id",
        ]
        widgets = {"starts_on": _day(), "ends_on": _day()}
        labels = {
            "plan": _("Plan"),
            "starts_on": _("First day"),
            "ends_on": _("Ends on"),
            "mrr": _("MRR"),
            "currency": _("Currency"),
            "seats": _("Seats"),
            "auto_renew": _("Renews by itself"),
            "term_months": _("For how many months"),
            "notice_days": _("Notice, days"),
            "uplift_percent": _("Yearly rise, %"),
        }
        help_texts = {
            "ends_on": _("The first day that is no longer paid for. Empty: no end."),
            "mrr": _("The value of one month, after discount."),
            "term_months": _("Empty: as long as the first term."),
            "uplift_percent": _("Of the price, at each anniversary. Empty: none."),
        }


class InvoiceForm(FactForm):
    class Meta:
        model = Invoice
        fields = [
            "external_id",
            "amount",
            "currency",
            "issued_on",
            "due_on",
            "paid_on",
        ]
        widgets = {"issued_on": _day(), "due_on": _day(), "paid_on": _day()}
        labels = {
            "amount": _("Amount"),
            "currency": _("Currency"),
            "issued_on": _("Issued on"),
            "due_on": _("Due on"),
            "paid_on": _("Paid on"),
        }


class TicketForm(FactForm):
    # Not of the model: its contacts are asked for at import, where no tenant is.
    requester = forms.ModelChoiceField(
        label=_("Who asked"),
        queryset=None,
        required=False,
        empty_label=_("Nobody named"),
        help_text=_("A survey after the ticket goes to them."),
    )

    class Meta:
        model = Ticket
        fields = [
            "subject",
            "category",
            "severity",
            "status",
            "opened_at",
            "solved_at",
            "csat",
            "tone",
            "external_id",
        ]
        widgets = {"opened_at": _instant(), "solved_at": _instant()}
        labels = {
            "subject": _("Subject"),
            "category": _("Category"),
            "severity": _("Severity"),
            "status": _("Status"),
            "opened_at": _("Opened"),
            "solved_at": _("Solved"),
            "csat": _("CSAT, 1 to 5"),
            "tone": _("Tone, −2 to 2"),
        }
        help_texts = {"solved_at": _("Empty: when you save, if it is solved.")}

    field_order = ["subject", "requester"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _offer_people(self.fields["requester"], self.account)
        self.initial["requester"] = self.instance.requester_id

    def clean(self):
        said = super().clean()
        if said.get("status") in ("solved", "closed") and "solved_at" in said:
            said["solved_at"] = said["solved_at"] or timezone.now()
        return said


class NoteForm(forms.ModelForm):
    # Not of the model: its contacts are asked for at import, where no tenant is.
    contact = forms.ModelChoiceField(
        label=_("With"), queryset=None, required=False, empty_label=_("Nobody named")
    )

    class Meta:
        model = Note
        fields = ["kind", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "kind": _("Kind"),
            "body": _("What happened"),
        }

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        _offer_people(self.fields["contact"], account)

    def item(self, *, author) -> dict:
        return self.cleaned_data | {
            "external_id": f"by-hand-{_short()}",
            "author": author,
            "happened_at": timezone.now(),
        }


FORMS = {
    "contact": ContactForm,
    "contract": ContractForm,
    "invoice": InvoiceForm,
    "ticket": TicketForm,
}


def _offer_people(field, account):
    field.queryset = Contact.objects.filter(account=account).order_by("name", "id")
    field.label_from_instance = _called


def _called(contact):
    """A contact with what they are, so that the one who decides is chosen."""
    roles = ", ".join(str(role) for role in contact.role_labels)
    return f"{contact.name} ({roles})" if roles else contact.name


def _short():
    return uuid.uuid4().hex[:16]
