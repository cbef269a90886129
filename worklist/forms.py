import hashlib
import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.calendar import PlannedDateInput
from accounts.queries import visible_accounts
from tenants.forms import TenantModelForm
from tenants.models import Membership, Role, User
from worklist.models import EscalationRule, Priority, Task


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


def assignable(tenant):
    """The people of a workspace who can be given something to do."""
    members = Membership.objects.filter(tenant=tenant, is_active=True).exclude(
        role=Role.VIEWER
    )
    return User.objects.filter(pk__in=members.values("user")).order_by("name", "email")


class TaskFilters(forms.Form):
    """What the address asks for. What it cannot read narrows nothing."""

    q = forms.CharField(required=False, max_length=200)
    whose = forms.CharField(required=False, max_length=20)
    status = forms.ChoiceField(required=False, choices=Task.Status)
    due = forms.ChoiceField(
        required=False,
        choices=[
            ("overdue", _("Overdue")),
            ("today", _("Until today")),
            ("week", _("This week")),
        ],
    )

    def chosen(self):
        self.is_valid()
        return self.cleaned_data


class TaskForm(forms.Form):
    """A task made by hand; the same form sent twice makes it once."""

    form_id = forms.UUIDField(
        required=False, widget=forms.HiddenInput, initial=uuid.uuid4
    )
    title = forms.CharField(label=_("What is to be done"), max_length=300)
    account = forms.CharField(
        label=_("Account"),
        required=False,
        max_length=200,
        help_text=_("Its name or id."),
    )
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none())
    due_on = forms.DateField(label=_("Due"), widget=PlannedDateInput)
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority,
        coerce=int,
        initial=Priority.NORMAL,
    )
    because = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership = membership
        self.fields["owner"].queryset = assignable(membership.tenant)

    def clean_account(self):
        said = self.cleaned_data["account"]
        if not said:
            return None
        accounts = visible_accounts(self.membership)
        found = list(accounts.filter(external_id=said)) or list(
            accounts.filter(name__iexact=said)[:2]
        )
        if not found:
            raise forms.ValidationError(_("No account has this name or id."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several have this name: give the id."))
        return found[0]

    def facts(self) -> dict:
        """What the task says, and the key that makes it one: this form with this in it."""
        facts = dict(self.cleaned_data)
        form_id = facts.pop("form_id")
        if form_id is None:  # a program's, which asks for nothing
            return facts
        said = repr([(name, self.data.get(name)) for name in self.fields])
        said = hashlib.sha256(said.encode()).hexdigest()
        return facts | {"unique_key": f"by-hand:{form_id}:{said}"}


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(queryset=User.objects.none())

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = assignable(membership.tenant)


class DueForm(forms.Form):
    due_on = forms.DateField(widget=DateInput)


class EscalationForm(TenantModelForm):
    class Meta:
        model = EscalationRule
        fields = ["after_hours"]
        help_texts = {
            "after_hours": _("Leave empty and nobody else is told."),
        }
