"""The account card: a head, and a panel from each part that knows the account."""

from dataclasses import dataclass

from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.queries import account_or_404, may_work
from health.queries import computed_scores
from tenants.access import member_required
from worklist.models import Task

# URL name, heading, whether it stands in the narrow column. Composition by address:
# no part is imported, and one that is not installed is left out.
PANELS = (
    ("health:panel", _("Health"), False),
    ("usage:panel", _("Usage"), False),
    ("accounts:timeline", _("Timeline"), False),
    ("renewals:panel", _("Renewal"), True),
    ("qbr:panel", _("Reviews and goals"), True),
    ("renewals:expansion-panel", _("Expansion"), True),
    ("nps:panel", _("Answers to surveys"), True),
    ("accounts:contacts", _("Contacts"), True),
    ("accounts:money", _("Contracts and invoices"), True),
    ("accounts:tickets", _("Tickets"), True),
    ("accounts:requests", _("Feature requests"), True),
)
TASKS_SHOWN = 5


@dataclass(frozen=True)
class Panel:
    href: str
    heading: str
    slug: str
    is_narrow: bool


@require_GET
@member_required
def account_detail(request, pk):
    account = account_or_404(request.membership, pk)
    tasks = Task.objects.open().filter(account=account).order_by("due_on", "id")
    context = {
        "account": account,
        "owner": account.owner,
        # Beside the score where it is a person's judgement.
        "computed": account.is_overridden
        and computed_scores([account.pk]).get(account.pk),
        "tasks": tasks.select_related("owner")[: TASKS_SHOWN + 1],
        "tasks_shown": TASKS_SHOWN,
        "panels": _panels(account),
        "edit_url": may_work(request.membership, account)
        and _address("accounts:account-edit", account),
    }
    return render(request, "insights/account.html", context)


def _panels(account):
    return [
        Panel(href, heading, name.replace(":", "-"), is_narrow)
        for name, heading, is_narrow in PANELS
        if (href := _address(name, account))
    ]


def _address(name, account):
    try:
        return reverse(name, args=[account.pk])
    except NoReverseMatch:
        return ""
