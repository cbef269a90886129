"""What the figures of coverage were made of: accounts, reviews, promises, renewals."""

from datetime import date

from django.db.models import (
    BooleanField,
    Case,
    Max,
    Min,
    OuterRef,
    Subquery,
    Value,
    When,
)

from qbr.models import AHEAD, HELD, Review
from qbr.queries.counted import (
    DAY,
    PROMISES,
    REVIEWS,
    covered,
    customers,
    decided,
    of_group,
    promises_due,
    reviews_due,
)
from renewals.models import Result


def accounts(
    membership, *, start, end, on: date, by: str, key: str | None, zone, is_covered=None
):
    """The customers of a group (None: of all) with `is_covered`, the day of their last
    review and of the next; those not covered first.
    """
    rows = of_group(customers(membership), by, key, account="")
    rows = rows.annotate(
        is_covered=Case(
            When(covered(min(on, end - DAY), zone), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
        last_review=_day(HELD, Max),
        next_review=_day(AHEAD, Min),
    )
    if is_covered is not None:
        rows = rows.filter(is_covered=is_covered)
    return rows.select_related("owner").order_by("is_covered", "name", "pk")


def reviews(membership, *, start, end, by: str, key: str | None, of: str):
    """The reviews that a figure counts (`planned`, `held`, `cancelled`, `decider`)."""
    rows = reviews_due(membership, start=start, end=end).filter(REVIEWS[of])
    rows = of_group(rows, by, key).select_related("account", "owner")
    return rows.order_by("due_on", "account__name", "pk")


def promises(
    membership, *, start, end, on, zone, by: str, key: str | None, of: str, side: str
):
    """The promises of one side that a figure counts (`due`, `done`, `in_time`)."""
    rows = promises_due(membership, start=start, end=end, on=on, zone=zone)
    rows = of_group(rows.filter(PROMISES[of], side=side), by, key)
    related = ("account", "owner", "contact")
    return rows.select_related(*related).order_by("due_on", "account__name", "pk")


def renewals(membership, *, start: date, end: date, is_reviewed: bool, renewed=False):
    """The decided renewals of one line of the effect, the latest first."""
    rows = decided(membership, start=start, end=end).filter(is_reviewed=is_reviewed)
    if renewed:
        rows = rows.filter(result=Result.RENEWED)
    return rows.select_related("renewal__account").order_by("-decided_on", "pk")


def _day(statuses, first_or_last):
    own = Review.objects.filter(
        tenant=OuterRef("tenant"), account=OuterRef("pk"), status__in=statuses
    )
    days = own.order_by().values("account").annotate(found=first_or_last("day"))
    return Subquery(days.values("found"))
