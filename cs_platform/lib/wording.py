"""Numbers, money and time, as the reader's language writes them."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

DASH = "–"
MINUS = "\N{MINUS SIGN}"
# Where CLDR shows only the code in English or Russian.
SIGNS = {"KZT": "₸", "RUB": "₽", "UAH": "₴", "GEL": "₾", "AZN": "₼", "TRY": "₺"}
DAY_PATTERN = "d MMM y"
# format_timedelta moves to a larger unit past its threshold; we choose the unit.
_NEVER = 10**9
_INSTANT_STEPS = (
    (timedelta(hours=1), "minute"),
    (timedelta(days=1), "hour"),
    (timedelta(days=14), "day"),
    (timedelta(days=60), "week"),
    (timedelta(days=700), "month"),
)
_DAY_STEPS = ((timedelta(days=61), "day"), (timedelta(days=700), "month"))


def locale() -> Locale:
    return _locale(get_language() or "en")


@lru_cache(64)
def _locale(language) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def number(value, digits: int | None = None) -> str:
    """12,400; with `digits`, exactly so many after the point."""
    if value is None:
        return DASH
    pattern = "#,##0.###" if digits is None else "#,##0" + _fraction(digits)
    return _minus(numbers.format_decimal(value, format=pattern, locale=locale()))


def compact(value) -> str:
    """12.4K, 3.1M: three figures are enough to compare by eye."""
    if value is None:
        return DASH
    return _minus(
        numbers.format_compact_decimal(
            value, locale=locale(), fraction_digits=_compact_digits(value)
        )
    )


def percent(ratio, digits: int = 1) -> str:
    """0.973 becomes 97.3%."""
    if ratio is None:
        return DASH
    pattern = "#,##0" + _fraction(digits) + "%"
    return _minus(numbers.format_percent(ratio, format=pattern, locale=locale()))


def duration(minutes) -> str:
    """45 min, 3 h, 1 h 5 min."""
    if minutes is None:
        return DASH
    hours, minutes = divmod(round(minutes), 60)
    if not hours:
        return _("%(n)s min") % {"n": minutes}
    if not minutes:
        return _("%(n)s h") % {"n": number(hours)}
    return _("%(hours)s h %(minutes)s min") % {
        "hours": number(hours),
        "minutes": minutes,
    }


def money(amount, currency: str, digits: int | None = None) -> str:
    """The whole amount; cents only where there are any, or exactly `digits`."""
    if amount is None:
        return DASH
    pattern = numbers.parse_pattern(locale().currency_formats["standard"].pattern)
    shown = digits if digits is not None else 0 if amount == int(amount) else 2
    pattern.frac_prec = (shown, shown)
    text = pattern.apply(
        Decimal(amount), locale(), currency=currency, currency_digits=False
    )
    return _marked(text, currency)


def money_short(amount, currency: str) -> str:
    """₸1.25M, for tiles and boards; the exact amount belongs on hover."""
    if amount is None:
        return DASH
    return _money_short(amount, currency, locale())


# A board says the same sums over and over, and each reads the pattern anew.
@lru_cache(4096)
def _money_short(amount, currency, locale) -> str:
    text = numbers.format_compact_currency(
        amount, currency, locale=locale, fraction_digits=_compact_digits(amount)
    )
    return _marked(text, currency)


def day(value: date | None, pattern: str = DAY_PATTERN) -> str:
    if value is None:
        return DASH
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return dates.format_date(value, pattern, locale=locale())


def month(value: date) -> str:
    """November 2026."""
    return dates.format_date(value, "LLLL y", locale=locale())


def period(start: date, end: date) -> str:
    """Its days; of whole months the months: Sep – Nov 2026. `end` is the day after."""
    last = end - timedelta(days=1)
    is_whole = start.day == 1 and end.day == 1
    pattern = "LLL y" if is_whole else DAY_PATTERN
    said = dates.format_date(last, pattern, locale=locale())
    if is_whole and (start.year, start.month) == (last.year, last.month):
        return said
    first = pattern.removesuffix(" y") if start.year == last.year else pattern
    return f"{dates.format_date(start, first, locale=locale())} – {said}"


def instant(at: datetime | None) -> str:
    """12 May 2026, 14:05, in the zone of the person or the workspace."""
    if at is None:
        return DASH
    return dates.format_datetime(
        timezone.localtime(at).replace(tzinfo=None),
        f"{DAY_PATTERN}, HH:mm",
        locale=locale(),
    )


def zone_name() -> str:
    zone = timezone.get_current_timezone()
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)


def ago(value: date | datetime, now: datetime) -> str:
    """How far `value` is from `now`: 3 hours ago, in 12 days, yesterday."""
    if isinstance(value, datetime):
        return _instant_ago(value - now)
    return day_ago((value - timezone.localtime(now).date()).days)


def _instant_ago(delta: timedelta) -> str:
    if abs(delta) < timedelta(minutes=1):
        return _("just now")
    return _distance(delta, _INSTANT_STEPS)


def day_ago(days: int) -> str:
    """How far a day is, that many days from today: in 12 days, yesterday."""
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    return near.get(days) or _distance(timedelta(days=days), _DAY_STEPS)


def _distance(delta, steps):
    unit = next((unit for limit, unit in steps if abs(delta) < limit), "year")
    return dates.format_timedelta(
        delta,
        granularity=unit,
        threshold=_NEVER,
        add_direction=True,
        locale=locale(),
    )


def _marked(text: str, currency: str) -> str:
    """The sign of the currency where it has one; a bare code is parted from digits."""
    text = _minus(text.replace(currency, SIGNS.get(currency, currency)))
    return re.sub(r"([A-Z]{3})(?=\d)", "\\1\N{NO-BREAK SPACE}", text)


def _minus(text: str) -> str:
    """As wide as a plus, and never broken from its number as a hyphen is.

    What rounds to nothing is not below nothing.
    """
    return text.replace("-", MINUS) if re.search("[1-9]", text) else text.lstrip("-")


def _fraction(digits: int) -> str:
    return "." + "0" * digits if digits else ""


def _compact_digits(value) -> int:
    """Two figures after the point for 1.25M, one for 12.5M, none for 125M."""
    size = abs(int(value))
    if size < 1000:
        return 0
    return (len(str(size)) * 2) % 3
