"""What the figures of coverage were made of: accounts, and decided renewals."""

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
from qbr.queries.coverage import covered, customers, decided


def accounts(membership, *, on: date, by: str, key: str | None, is_covered=None):
    """The customers of a group (None: of all) with `is_covered`, the day of their last
    review and of the next; those not covered first.
    """
    rows = customers(membership)
    if key is not None:
        rows = _of_group(rows, by, key)
    rows = rows.annotate(
        is_covered=Case(
            When(covered(on), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
        last_review=_day(HELD, Max),
        next_review=_day(AHEAD, Min),
    )
    if is_covered is not None:
        rows = rows.filter(is_covered=is_covered)
    return rows.select_related("owner").order_by("is_covered", "name", "pk")


def renewals(membership, *, start: date, end: date, is_reviewed: bool):
    """The decided renewals of one line of the effect, the latest first."""
    rows = decided(membership, start=start, end=end).filter(is_reviewed=is_reviewed)
    return rows.select_related("renewal__account").order_by("-decided_on", "pk")


def _day(statuses, first_or_last):
    own = Review.objects.filter(
        tenant=OuterRef("tenant"), account=OuterRef("pk"), status__in=statuses
    )
    days = own.order_by().values("account").annotate(found=first_or_last("day"))
    return Subquery(days.values("found"))


def _of_group(rows, by, key):
    if by == "owner":
        return rows.filter(owner=int(key) if key.isdecimal() else None)
    return rows.filter(**{by: key})
