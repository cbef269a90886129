import zoneinfo

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cs_platform.lib.currency import currency_choices
from tenants.models import ApiKey, Invitation, Language, Membership, Role, Tenant
from tenants.scoping import current_tenant_id
from tenants.services import found_workspace


def zone_choices():
    """The time zones people choose from; the region comes first."""
    return [(name, name) for name in sorted(zoneinfo.available_timezones())]


class TenantModelForm(forms.ModelForm):
    """A form for a row of the tenant in scope: its unique constraints see the tenant."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.tenant_id is None:
            self.instance.tenant_id = current_tenant_id()

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"tenant"}


class DefaultChoiceField(forms.ChoiceField):
    """A choice that is made already: who says nothing gets the first one."""

    def clean(self, value):
        return super().clean(value or self.initial)


class CurrencyField(DefaultChoiceField):
    def __init__(self, **kwargs):
        kwargs |= {"label": _("Currency"), "help_text": _("Totals are shown in it.")}
        super().__init__(choices=currency_choices, **kwargs)

    def to_python(self, value):
        return super().to_python(value).strip().upper()


class PlaceForm(forms.Form):
    """Where a workspace counts its days, and in what its money."""

    timezone = DefaultChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        initial="UTC",
        widget=forms.Select(attrs={"data-time-zone": ""}),
        help_text=_("Days, reminders and months begin and end in it."),
    )
    currency = CurrencyField(initial="USD")


class SignUpForm(PlaceForm):
    """What sign-up asks beyond address and password; found by allauth's setting."""

    name = forms.CharField(label=_("Your name"), max_length=150)
    workspace = forms.CharField(
        label=_("Workspace"),
        max_length=200,
        help_text=_("Usually the name of your company."),
    )
    field_order = [
        "name", "workspace", "timezone", "currency", "email", "password1",
    ]  # fmt: skip

    def clean_workspace(self):
        name = self.cleaned_data["workspace"].strip()
        if not name:
            raise forms.ValidationError(_("Give the workspace a name."))
        return name

    def signup(self, request, user):
        language = (get_language() or "en").partition("-")[0]
        found_workspace(
            self.cleaned_data["workspace"],
            by=user,
            language=language if language in Language.values else Language.ENGLISH,
            timezone=self.cleaned_data["timezone"],
            currency=self.cleaned_data["currency"],
        )


class WorkspaceForm(forms.ModelForm):
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Days, reminders and months begin and end in it."),
    )
    currency = CurrencyField()

    class Meta:
        model = Tenant
        fields = ["name", "timezone", "currency", "language", "is_portfolio_closed"]
        labels = {
            "name": _("Name"),
            "language": _("Language"),
            "is_portfolio_closed": _("A CSM sees only their own accounts"),
        }
        help_texts = {
            "language": _("For generated tasks and messages."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # What a program chose may be none of today's; it stays a choice.
        choices, own = currency_choices(), self.instance.currency
        if own not in dict(choices):
            self.fields["currency"].choices = [(own, own), *choices]


class NewWorkspaceForm(PlaceForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    field_order = ["name", "timezone", "currency"]


class InvitationForm(TenantModelForm):
    class Meta:
        model = Invitation
        fields = ["email", "role"]
        labels = {"email": _("E-mail"), "role": _("Role")}

    def validate_constraints(self):
        """An open invitation is replaced by the new one: no error."""

    def clean_email(self):
        email = self.cleaned_data["email"].strip().lower()
        is_member = Membership.objects.filter(
            tenant_id=current_tenant_id(), user__email=email, is_active=True
        ).exists()
        if is_member:
            raise forms.ValidationError(_("This person is already a member."))
        return email


class JoinForm(forms.Form):
    """What an invited person who is new here fills in."""

    name = forms.CharField(label=_("Your name"), max_length=150)
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class MemberForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ["role", "reports_to"]
        labels = {"role": _("Role"), "reports_to": _("Reports to")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        leads = Membership.objects.filter(
            tenant_id=self.instance.tenant_id, role=Role.LEAD, is_active=True
        ).exclude(pk=self.instance.pk)
        self.fields["reports_to"].queryset = leads.select_related("user")
        self.fields["reports_to"].empty_label = _("Nobody")


class ApiKeyForm(TenantModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=ApiKey.Scope.choices,
        initial=[ApiKey.Scope.READ],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave empty for a key that does not expire."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = ApiKey
        fields = ["name", "scopes"]
        labels = {"name": _("Name")}
        help_texts = {"name": _("Where the key is used, for example “billing”.")}


class AuditFilterForm(forms.Form):
    action = forms.CharField(label=_("What happened"), required=False, max_length=64)
    who = forms.CharField(label=_("Who"), required=False, max_length=254)
