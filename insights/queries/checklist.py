"""The first steps of a workspace; each is done when the data shows it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Contract
from tenants.models import Membership, Tenant
from usage.models import FeatureDay, Source
from worklist.models import Task


@dataclass(frozen=True)
class Step:
    title: str
    text: str
    url_name: str
    is_done: bool


# Key, what to do, why, and the page where it is done.
STEPS = (
    ("accounts", _("Import your accounts"),
     _("A CSV file or the API: a name and an id are enough."),
     "integrations:import-list"),
    ("contracts", _("Bring in the contracts"),
     _("Their ends make the renewals; their MRR makes the figures."),
     "integrations:import-list"),
    ("contacts", _("Name the people"),
     _("Who decides, who uses it, who pays."),
     "integrations:import-list"),
    ("source", _("Make a source"),
     _("Your product sends its usage here, with a key."),
     "usage:source-list"),
    ("events", _("Send the first event"),
     _("Within a minute it moves the first score."),
     "usage:source-list"),
    ("team", _("Invite the team"),
     _("Each sees own accounts first."),
     "tenants:member-list"),
    ("owners", _("Give the accounts owners"),
     _("An account without an owner needs nobody."),
     "insights:account-list"),
    ("tasks", _("Finish the first task"),
     _("Tasks come by themselves from renewals and alerts."),
     "worklist:task-list"),
)  # fmt: skip


def checklist(tenant) -> list[Step]:
    """All steps, done or not, in one query."""
    exists = {
        "accounts": Account.objects.all(),
        "contracts": Contract.objects.all(),
        "contacts": Contact.objects.all(),
        "source": Source.objects.filter(revoked_at=None),
        "events": FeatureDay.objects.all(),
        "owners": Account.objects.exclude(owner=None),
        "tasks": Task.objects.exclude(status=Task.Status.OPEN),
    }
    flags = {name: Exists(rows.order_by()) for name, rows in exists.items()}
    flags["team"] = Exists(
        Membership.objects.filter(tenant=OuterRef("pk")).order_by("pk")[1:2]
    )
    done = dict(Tenant.objects.filter(pk=tenant.pk).values(**flags).get())
    return [
        Step(str(title), str(text), url_name, is_done=bool(done[key]))
        for key, title, text, url_name in STEPS
    ]
