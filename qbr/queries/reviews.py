"""Reviews for those who may see their accounts: the list, and one of them."""

from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from accounts.models import ContactRole
from accounts.queries import visible_accounts
from cs_platform.lib.keyset import Order, Page, page_of
from qbr.models import (
    AHEAD,
    Attendee,
    Commitment,
    CommitmentState,
    PreparationItem,
    Review,
    Status,
)
from tenants.models import Role
from worklist.queries.lists import team_of

PAGE_SIZE = 50
LEADS = (Role.LEAD, Role.OPS, Role.ADMIN)
COLUMNS = (
    "id", "day", "due_on", "scheduled_at", "status", "reason", "period_start",
    "period_end", "owner_id", "owner__name", "owner__email", "account_id",
    "account__name", "account__tier", "account__score", "account__band",
    "account__score_change_7d", "account__score_change_28d", "account__direction",
    "account__is_overridden", "prepared", "promised", "has_decider",
)  # fmt: skip
BY_DAY = Order("day")


def visible_reviews(membership):
    return Review.objects.filter(account__in=visible_accounts(membership))


def changeable_reviews(membership):
    """Reviews one may prepare, hold and follow up.

    A lead, ops or admin: all they see. A CSM: those owned, or of owned accounts. A
    viewer: none.
    """
    reviews = visible_reviews(membership)
    if membership.role in LEADS:
        return reviews
    if membership.role == Role.CSM:
        user = membership.user
        return reviews.filter(Q(owner=user) | Q(account__owner=user))
    return reviews.none()


def may_change(review, membership) -> bool:
    """As `changeable_reviews` for one in hand with its account, without a query."""
    if membership.role in LEADS:
        return True
    owners = (review.owner_id, review.account.owner_id)
    return membership.role == Role.CSM and membership.user_id in owners


def review_page(membership, filters, *, after="", before="") -> Page:
    """A page of the list, by day, in one query. Raises BadCursor."""
    status = filters.get("status")
    # What is past is read from its end.
    order = Order("day", descending=status in (Status.HELD, Status.FOLLOWED_UP, "any"))
    return page_of(
        with_counts(listed(membership, filters)),
        order,
        columns=COLUMNS,
        size=PAGE_SIZE,
        after=after,
        before=before,
    )


def listed(membership, filters):
    """The reviews that pass the filters; without a status those that want work."""
    reviews = visible_reviews(membership).filter(
        whose(filters.get("whose"), membership), _in_month(filters.get("when"))
    )
    if filters.get("q"):
        reviews = reviews.filter(account__name__icontains=filters["q"])
    narrowing = {
        "account__tier": filters.get("tier"),
        "account__segment": filters.get("segment"),
        "account__owner": filters.get("account_owner"),
        "account": filters.get("account"),
        "due_on__gte": filters.get("since"),
        "due_on__lt": filters.get("until"),
    }
    given = {name: value for name, value in narrowing.items() if value}
    reviews = reviews.filter(**given)
    if filters.get("need") == "decider":
        return _with_status(reviews, filters).filter(~Exists(_deciders()))
    return _with_status(reviews, filters)


def _with_status(reviews, filters):
    status = filters.get("status")
    if status == "any":
        return reviews
    if status == "done":
        return reviews.held()
    if status in Status.values:
        return reviews.filter(status=status)
    return reviews.filter(status__in=(*AHEAD, Status.HELD))


def with_counts(reviews):
    """With `prepared` (of eight), `promised` (open commitments), `has_decider`."""
    return reviews.annotate(
        prepared=_count(PreparationItem.objects.filter(done_at__isnull=False)),
        promised=_count(Commitment.objects.filter(state=CommitmentState.OPEN)),
        has_decider=Exists(_deciders()),
    )


def whose(chosen, membership):
    """The reviews of a person, a team, or nobody."""
    if chosen == "mine":
        return Q(owner=membership.user)
    if chosen == "team":
        return Q(owner__in=team_of(membership))
    if chosen == "none":
        return Q(owner=None)
    if chosen and chosen.isdecimal():
        return Q(owner=int(chosen))
    return Q()


def months_around(today: date) -> list[date]:
    """The first days of the months one looks for: half a year back, a year ahead."""
    first = today.replace(day=1)
    count = first.year * 12 + first.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(count - 6, count + 13)]


def _in_month(when):
    try:
        first = date.fromisoformat(f"{when}-01")
    except ValueError:
        return Q()
    return Q(day__gte=first, day__lt=(first + timedelta(days=32)).replace(day=1))


def _deciders():
    """Of a held review: who decides and came. Of one ahead: who decides and is asked."""
    asked = Attendee.objects.filter(tenant=OuterRef("tenant"), review=OuterRef("pk"))
    return asked.filter(
        Q(decides=True, attended=True)
        | Q(
            review__held_at=None,
            contact__roles__contains=[ContactRole.DECISION_MAKER],
        )
    )


def _count(rows):
    own = rows.filter(tenant=OuterRef("tenant"), review=OuterRef("pk")).order_by()
    counted = own.values("review").annotate(n=Count("pk")).values("n")
    return Subquery(counted)
