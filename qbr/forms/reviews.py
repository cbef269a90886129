from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.calendar import PlannedDateInput
from accounts.models import Contact, Tier
from accounts.queries import visible_accounts
from qbr import agenda
from qbr.models import Review, Side, Status
from tenants.models import Language, User
from worklist.forms import DateInput, assignable


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format="%Y-%m-%dT%H:%M")


class ReviewFilters(forms.Form):
    """What the address asks for. What it cannot read narrows nothing."""

    q = forms.CharField(required=False, max_length=200)
    whose = forms.RegexField(r"^(mine|team|none|all|\d{1,18})$", required=False)
    status = forms.ChoiceField(
        required=False,
        choices=[("any", ""), ("done", ""), *Status.choices],
    )
    when = forms.RegexField(r"^\d{4}-\d{2}$", required=False)
    tier = forms.ChoiceField(required=False, choices=Tier)
    segment = forms.CharField(required=False, max_length=60)
    account = forms.UUIDField(required=False)
    account_owner = forms.IntegerField(required=False, min_value=1)
    # Due in these days, the last not included: what a figure was made of.
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    need = forms.ChoiceField(required=False, choices=[("decider", "")])

    def chosen(self):
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class _Period(forms.Form):
    """A period as people say it: both its days belong to it."""

    period_start = forms.DateField(label=_("Looks back from"), widget=DateInput)
    period_last = forms.DateField(label=_("until"), widget=DateInput)

    def clean(self):
        said = super().clean()
        start, last = said.get("period_start"), said.get("period_last")
        if start and last and last < start:
            self.add_error("period_last", _("The period ends after it begins."))
        return said

    def period(self):
        said = self.cleaned_data
        start, last = said.get("period_start"), said.get("period_last")
        return (start, last + timedelta(days=1)) if start and last else None


class PlanForm(_Period):
    """A new review of an account."""

    account = forms.CharField(
        label=_("Account"), max_length=200, help_text=_("Its name or id.")
    )
    due_on = forms.DateField(label=_("Held by"), widget=PlannedDateInput)
    scheduled_at = forms.DateTimeField(
        label=_("Day and hour"),
        required=False,
        widget=InstantInput,
        help_text=_("If it is agreed already."),
    )
    period_start = forms.DateField(
        label=_("Looks back from"),
        required=False,
        widget=DateInput,
        help_text=_("Left empty: the months of the account's cadence before it."),
    )
    period_last = forms.DateField(label=_("until"), required=False, widget=DateInput)

    field_order = ("account", "due_on", "scheduled_at", "period_start", "period_last")

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership = membership

    def clean_account(self):
        said = self.cleaned_data["account"]
        accounts = visible_accounts(self.membership).select_related("owner")
        found = list(accounts.filter(external_id=said)) or list(
            accounts.filter(name__iexact=said)[:2]
        )
        if not found:
            raise forms.ValidationError(_("No account has this name or id."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several have this name: give the id."))
        return found[0]


class SettingsForm(_Period):
    """When and where a review is, who holds it, what it looks back on."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    scheduled_at = forms.DateTimeField(
        label=_("Day and hour"), required=False, widget=InstantInput
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480)
    place = forms.CharField(
        label=_("Room, or address of the call"), required=False, max_length=500
    )
    due_on = forms.DateField(label=_("Held by"), widget=PlannedDateInput)
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False
    )
    language = forms.ChoiceField(label=_("Language of its papers"), choices=Language)

    field_order = (
        "scheduled_at",
        "minutes",
        "place",
        "due_on",
        "owner",
        "period_start",
        "period_last",
        "language",
    )

    def __init__(self, *args, tenant, review: Review, **kwargs):
        initial = {
            "seen": review.revision,
            "scheduled_at": review.scheduled_at,
            "minutes": review.minutes,
            "place": review.place,
            "due_on": review.due_on,
            "owner": review.owner_id,
            "language": review.language,
            "period_start": review.period_start,
            "period_last": review.period_end - timedelta(days=1),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["owner"].queryset = assignable(tenant)
        self.fields["owner"].empty_label = _("Nobody yet")

    def facts(self):
        said = dict(self.cleaned_data)
        seen = said.pop("seen")
        last = said.pop("period_last")
        return said | {"seen": seen, "period_end": last + timedelta(days=1)}


class AttendeeForm(forms.Form):
    """One person more: a contact, a colleague, or a name with an address."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    name = forms.CharField(label=_("or a name"), required=False, max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    side = forms.ChoiceField(
        label=_("Side"), choices=Side, required=False, initial=Side.THEIRS
    )

    def __init__(self, *args, review, tenant, taken=(), **kwargs):
        super().__init__(*args, auto_id="id_attendee_%s", **kwargs)
        contacts = Contact.objects.filter(account=review.account_id).order_by("name")
        self._contacts = {f"contact:{one.pk}": one for one in contacts[:200]}
        self._people = {f"user:{one.pk}": one for one in assignable(tenant)}
        known = {
            f"contact:{row.contact_id}" if row.contact_id else f"user:{row.user_id}"
            for row in taken
        }
        self.fields["who"].choices = [
            ("", _("Choose…")),
            (_("Theirs"), _options(self._contacts, known)),
            (_("Ours"), _options(self._people, known)),
        ]

    def clean(self):
        said = super().clean()
        if not said.get("who") and not said.get("name"):
            raise forms.ValidationError(_("Say who comes."))
        return said

    def person(self):
        """What `services.ask` wants to know."""
        said = self.cleaned_data
        chosen = said.get("who")
        if chosen in self._contacts:
            return {"contact": self._contacts[chosen]}
        if chosen in self._people:
            return {"user": self._people[chosen]}
        side = said.get("side") or Side.THEIRS
        return {"name": said["name"], "email": said["email"], "side": side}


def _options(people, known):
    return [(key, _with_roles(one)) for key, one in people.items() if key not in known]


def _with_roles(one):
    roles = getattr(one, "role_labels", None)
    return f"{one} ({', '.join(map(str, roles))})" if roles else str(one)


class InvitationForm(forms.Form):
    words = forms.CharField(
        label=_("A few words of your own"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They stand above the hour, the place and the agenda."),
    )
    # Only asked while nobody who decides would get it.
    goes_without = forms.BooleanField(
        label=_("Send it without the decision maker"),
        error_messages={
            "required": _(
                "Nobody who decides would get this invitation. Put them on the list, or"
                " say that it goes without them."
            )
        },
    )

    def __init__(self, *args, has_decider, **kwargs):
        super().__init__(*args, **kwargs)
        if has_decider:
            del self.fields["goes_without"]


class CancelForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=300)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        # Stands beside other forms of the review.
        super().__init__(*args, auto_id="id_cancel_%s", **kwargs)


def agenda_of(data) -> list[agenda.Part]:
    """The parts that a form of rows says; an empty row is none."""
    keys, titles = data.getlist("key"), data.getlist("title")
    minutes = data.getlist("minutes")
    parts = []
    for key, title, said in zip(keys, titles, minutes, strict=False):
        if title.strip() or said.strip():
            number = int(said) if said.strip().isdecimal() and len(said) < 5 else 0
            parts.append(agenda.Part(key.strip(), number, title))
    return parts
