"""One box that finds accounts, contacts and tasks, among what one may see."""

from dataclasses import dataclass, field

from django.db.models import Case, IntegerField, Q, Value, When

from accounts.models import Contact
from accounts.queries import visible_accounts
from worklist.queries.lists import visible_tasks

SHOWN = 6


@dataclass(frozen=True)
class Found:
    accounts: list = field(default_factory=list)
    contacts: list = field(default_factory=list)
    tasks: list = field(default_factory=list)

    def __bool__(self):
        return bool(self.accounts or self.contacts or self.tasks)


def search(membership, text: str, *, shown=SHOWN) -> Found:
    """What has the words in it, names that begin with them first: three queries."""
    if not text:
        return Found()
    visible = visible_accounts(membership)
    accounts = visible.filter(
        Q(name__icontains=text)
        | Q(domain__icontains=text)
        | Q(external_id__icontains=text)
    )
    contacts = Contact.objects.filter(
        Q(name__icontains=text) | Q(email__icontains=text), account__in=visible
    )
    tasks = visible_tasks(membership).open().filter(title__icontains=text)
    tasks = tasks.annotate(leads_there=Q(account__in=visible))
    return Found(
        list(_best_first(accounts, "name", text)[:shown]),
        list(_best_first(contacts, "name", text).select_related("account")[:shown]),
        list(tasks.select_related("account").order_by("due_on", "id")[:shown]),
    )


def _best_first(rows, name, text):
    begins = Case(
        When(**{f"{name}__istartswith": text}, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return rows.order_by(begins, name, "id")
