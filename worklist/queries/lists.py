"""Which tasks and alerts a member may see, and which of them they may change."""

from datetime import timedelta

from django.db.models import Q

from accounts.queries import may_see, visible_accounts
from cs_platform.lib.keyset import Order, Page, page_of
from tenants.models import Membership, Role
from worklist.models import Alert, Task

PAGE_SIZE = 50
SEE_ALL = (Role.LEAD, Role.OPS, Role.ADMIN)
SORTABLE = {
    "due_on": Order("due_on"),
    "priority": Order("priority"),
    "title": Order("title"),
}
TASK_COLUMNS = (
    "id", "kind", "title", "because", "due_on", "priority", "status", "path",
    "owner_id", "owner__name", "owner__email", "account_id", "account__name",
    "account__owner_id", "account__archived_at",
)  # fmt: skip


def visible_tasks(membership):
    """Own tasks, those of accounts one may see, and for leads those of no account.

    What stands on one's list is read there, also about an account that one may not see
    any more: its title and its reason, without the account and the way there.
    """
    return Task.objects.filter(_visible(membership))


def changeable_tasks(membership):
    """Tasks one may close, give away or put off.

    A lead, ops or admin: all they see. A CSM: own ones, those of own accounts, and
    those that nobody owns. A viewer: none.
    """
    return visible_tasks(membership).filter(_changeable(membership))


def visible_alerts(membership):
    return Alert.objects.filter(_visible(membership))


def changeable_alerts(membership):
    return visible_alerts(membership).filter(_changeable(membership))


def task_page(membership, filters, *, on, sort="due_on", after="", before="") -> Page:
    """A page of the tasks that pass the filters, in one query. Raises BadCursor."""
    return page_of(
        narrowed(visible_tasks(membership), filters, membership, on),
        order_of(sort),
        columns=TASK_COLUMNS,
        size=PAGE_SIZE,
        after=after,
        before=before,
    )


def narrowed(tasks, filters, membership, on):
    """The tasks that pass every filter given; an empty one narrows nothing."""
    named = Q(account__in=visible_accounts(membership))
    chosen = {
        "whose": _whose(filters.get("whose"), membership),
        "status": Q(status=filters.get("status") or Task.Status.OPEN),
        "due": _due(filters.get("due"), on),
        "q": Q(title__icontains=filters.get("q") or "")
        | Q(account__name__icontains=filters.get("q") or "") & named,
    }
    if not filters.get("q"):
        del chosen["q"]
    for choice in chosen.values():
        tasks = tasks.filter(choice)
    return tasks


def order_of(sort: str) -> Order:
    order = SORTABLE.get(sort.removeprefix("-"), SORTABLE["due_on"])
    return Order(order.column, sort.startswith("-"))


def shows_account(row, membership) -> bool:
    """Whether a row of a page may name its account and lead there."""
    return row["account_id"] is not None and may_see(
        membership,
        owner_id=row["account__owner_id"],
        archived_at=row["account__archived_at"],
    )


def may_change(row, membership) -> bool:
    """Whether a row of a page may be changed: as `changeable_tasks`, without a query."""
    if membership.role in SEE_ALL:
        return True
    owners = (row["owner_id"], row["account__owner_id"])
    return membership.role == Role.CSM and (
        membership.user_id in owners or row["owner_id"] is None
    )


def _visible(membership):
    seen = Q(account__in=visible_accounts(membership)) | Q(owner=membership.user_id)
    if membership.role in SEE_ALL:
        seen |= Q(account=None)
    return seen


def _changeable(membership):
    if membership.role in SEE_ALL:
        return Q()
    if membership.role == Role.CSM:
        user = membership.user
        return Q(owner=user) | Q(account__owner=user) | Q(owner=None)
    return Q(pk__in=[])


def _whose(whose, membership):
    if whose == "all":
        return Q()
    if whose == "none":
        return Q(owner=None)
    if whose == "team":
        return Q(owner__in=team_of(membership))
    if whose and whose.isdigit():
        return Q(owner=int(whose))
    return Q(owner=membership.user)


def team_of(membership):
    """The ids of those who report to a lead; of all members when nobody does."""
    here = Membership.objects.filter(tenant=membership.tenant_id, is_active=True)
    own = list(here.filter(reports_to=membership).values_list("user_id", flat=True))
    if own:
        return [*own, membership.user_id]
    return list(here.values_list("user_id", flat=True))


def _due(due, on):
    return {
        "overdue": Q(due_on__lt=on),
        "today": Q(due_on__lte=on),
        "week": Q(due_on__lte=on + timedelta(days=6)),
    }.get(due, Q())
