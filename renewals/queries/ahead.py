"""The decisions ahead: by day on a calendar, by quarter with their amounts."""

import calendar
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import ExtractQuarter, ExtractYear, RowNumber

from accounts.models import Band
from renewals.models import Renewal
from renewals.models.renewal import RenewalQuerySet

SHOWN_A_DAY, SHOWN_A_QUARTER = 4, 12
QUARTERS = 6
WHEN = re.compile(r"((?:19|20|21)\d\d)-(?:Q([1-4])|(\d\d)(?:-(\d\d))?)")


@dataclass
class Day:
    """One day of a calendar: decisions and ends of it, the first few by amount."""

    day: date
    is_outside: bool = False
    # No working day of the workspace's calendar.
    is_free: bool = False
    entries: list = field(default_factory=list)
    count: int = 0


@dataclass
class Quarter:
    """The decisions of one quarter; without a start: all before, overdue."""

    name: str
    starts_on: date | None
    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    bands: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Band.values, 0))
    rows: list = field(default_factory=list)


def month_of(text: str, on: date) -> date:
    """The first day of the month an address asks for; of today's without."""
    found = re.fullmatch(r"(\d{4})-(\d\d)", text or "")
    if found and 2000 <= int(found[1]) <= 2100 and 1 <= int(found[2]) <= 12:
        return date(int(found[1]), int(found[2]), 1)
    return on.replace(day=1)


def weeks_of(month: date) -> list[list[Day]]:
    """The whole weeks of a month, Monday first."""
    days = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [
        [Day(day, is_outside=day.month != month.month) for day in week] for week in days
    ]


def month_page(renewals: QuerySet[Renewal], month: date, columns) -> list[list[Day]]:
    """The weeks of a month, filled: two queries, however many renewals there are."""
    weeks = weeks_of(month)
    days = {day.day: day for week in weeks for day in week}
    first, last = min(days), max(days)
    for kind, column in (("decides", "decides_on"), ("ends", "ends_on")):
        within = renewals.filter(**{f"{column}__range": (first, last)})
        if kind == "ends":
            # The end itself is told where it is not the decision, too.
            within = within.exclude(ends_on=F("decides_on"))
        _fill(days, within, kind, column, columns)
    return weeks


def _fill(days, renewals, kind, column, columns):
    place = Window(
        RowNumber(), partition_by=F(column), order_by=[F("amount").desc(), F("pk")]
    )
    count = Window(Count("pk"), partition_by=F(column))
    numbered = renewals.annotate(place=place, of=count)
    shown = numbered.filter(place__lte=SHOWN_A_DAY).order_by(column, "place")
    for row in shown.values(*columns, "place", "of"):
        day = days[row[column]]
        day.entries.append(row | {"kind": kind})
        if row["place"] == 1:
            day.count += row["of"]


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarters_ahead(on: date) -> list[Quarter]:
    """The quarter of today and those that follow."""
    return [Quarter(quarter_of(day), day) for day in _starts(on)[:-1]]


def _starts(on: date) -> list[date]:
    """The first days of the quarters shown, and of the one after them."""
    starts = [date(on.year, (on.month - 1) // 3 * 3 + 1, 1)]
    while len(starts) <= QUARTERS:
        starts.append((starts[-1] + timedelta(days=93)).replace(day=1))
    return starts


def timeline(renewals: RenewalQuerySet, rates, currency, columns, *, on: date):
    """The open decisions by quarter: what was to be decided before today, then the
    quarters ahead with amounts in the workspace's currency and the largest deals. Two
    queries.
    """
    quarters = {quarter.name: quarter for quarter in quarters_ahead(on)}
    past = Quarter("overdue", None)
    open_ones = renewals.open().filter(decides_on__lt=_starts(on)[-1])
    for total in _totals(open_ones, on):
        quarter = past if total["is_past"] else quarters[_name(total)]
        quarter.count += total["count"]
        quarter.bands[total["account__band"]] = (
            quarter.bands.get(total["account__band"], 0) + total["count"]
        )
        worth = total["currency"] in rates
        key = currency if worth else total["currency"]
        amount = total["sum"] * rates[total["currency"]] if worth else total["sum"]
        quarter.sums[key] = quarter.sums.get(key, Decimal(0)) + amount
    for row in _largest(open_ones, on, columns):
        quarter = past if row["is_past"] else quarters[_name(row)]
        quarter.rows.append(row)
    del past.rows[SHOWN_A_QUARTER:]
    return [past, *quarters.values()] if past.count else list(quarters.values())


def _with_quarter(renewals, on):
    return renewals.annotate(
        year=ExtractYear("decides_on"),
        quarter=ExtractQuarter("decides_on"),
        is_past=Q(decides_on__lt=on),
    )


def _totals(renewals, on):
    grouped = _with_quarter(renewals, on).order_by()
    keys = ("year", "quarter", "is_past", "currency", "account__band")
    return grouped.values(*keys).annotate(count=Count("pk"), sum=Sum("amount"))


def _largest(renewals, on, columns):
    place = Window(
        RowNumber(),
        partition_by=[F("is_past"), F("year"), F("quarter")],
        order_by=[F("amount").desc(), F("pk")],
    )
    numbered = _with_quarter(renewals, on).annotate(place=place)
    largest = numbered.filter(place__lte=SHOWN_A_QUARTER)
    rows = largest.values(*columns, "year", "quarter", "is_past", "place")
    return sorted(rows, key=lambda row: (row["decides_on"], str(row["id"])))


def _name(row):
    return f"{row['year']}-Q{row['quarter']}"


def within(when: str) -> Q:
    """The decisions of a day, a month or a quarter; of anything else: all."""
    found = WHEN.fullmatch(when or "")
    if not found:
        return Q()
    year, quarter, month, day = (int(part) if part else 0 for part in found.groups())
    chosen = {"year": year, "quarter": quarter, "month": month, "day": day}
    return Q(
        **{f"decides_on__{name}": value for name, value in chosen.items() if value}
    )
