"""Days, amounts and words as people write them in tables."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T](.+))?")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_MARKS = re.compile(
    r"[\s\u00a0\u202f\u2009'’]|[$€£₸₽]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])"
)
_IN_THREES = r"-?\d{1,3}(?:,\d{3})+"
YES = frozenset(["true", "yes", "y", "1", "t", "да", "д", "on"])
NO = frozenset(["false", "no", "n", "0", "f", "нет", "н", "off"])

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"


class Unreadable(ValueError):
    """A cell that says nothing of the kind that is asked for; `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def day_order(values) -> tuple[str, bool]:
    """Whether the day or the month comes first, and whether the values say so.

    Only numbers above twelve tell; without any it is the day, and a guess.
    """
    firsts, seconds = 0, 0
    for value in values:
        match = _DAY.fullmatch(value.strip())
        if match:
            firsts += int(match[1]) > 12
            seconds += int(match[2]) > 12
    if seconds and not firsts:
        return MONTH_FIRST, True
    return DAY_FIRST, bool(firsts) or not any(_DAY.match(v.strip()) for v in values)


def to_day(text: str, order: str = DAY_FIRST) -> date:
    """A day: 2026-01-31, 31-01-2026, 31.01.2026 or 01/31/2026."""
    return _moment(text, order).date()


def to_instant(text: str, zone: str, order: str = DAY_FIRST) -> datetime:
    """An instant; in the zone of the workspace unless it says its own offset."""
    moment = _moment(text, order)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def to_amount(text: str) -> Decimal:
    """1234.50, 1234,50, 1 234,50, 1.234,50, 1,234.50, with or without a currency."""
    bare = _MARKS.sub("", text.strip())
    point, comma = bare.count("."), bare.count(",")
    if point and comma:
        decimal = "." if bare.rfind(".") > bare.rfind(",") else ","
        bare = _joined(bare, "," if decimal == "." else ".").replace(decimal, ".")
    elif comma:
        is_grouped = re.fullmatch(_IN_THREES, bare)
        bare = bare.replace(",", "" if is_grouped else ".", -1 if is_grouped else 1)
    elif point > 1:
        bare = _joined(bare, ".")
    elif re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", bare):
        raise Unreadable("ambiguous_amount")
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        raise Unreadable("amount") from None
    if not amount.is_finite() or not re.fullmatch(r"-?\d+(\.\d+)?", bare):
        raise Unreadable("amount")
    return amount


def to_integer(text: str) -> int:
    amount = to_amount(text)
    if amount != int(amount) or abs(amount) > 10**15:
        raise Unreadable("integer")
    return int(amount)


def to_boolean(text: str) -> bool:
    word = text.strip().lower()
    if word in YES | NO:
        return word in YES
    raise Unreadable("boolean")


def to_list(text: str) -> list[str]:
    """Words parted by commas, semicolons or bars, in the form of our own names."""
    words = re.split(r"[,;|]", text)
    return [to_name(word) for word in words if word.strip()]


def to_name(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _joined(text, separator):
    """The number without the separator of its thousands, which parts it in threes."""
    whole = re.split(r"[.,]", text.replace(separator, "_"))[0]
    if not re.fullmatch(r"-?\d{1,3}(_\d{3})+", whole):
        raise Unreadable("amount")
    return text.replace(separator, "")


def _moment(text, order):
    text = text.strip()
    match = _DAY.fullmatch(text)
    try:
        if not match:
            if not _ISO.match(text):
                raise Unreadable("day")
            return datetime.fromisoformat(text)
        first, second, year, time = match.groups()
        day, month = (first, second) if order == DAY_FIRST else (second, first)
        clock = f"T{time.zfill(5) if ':' in time else time}" if time else ""
        return datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}{clock}")
    except ValueError:
        raise Unreadable("day") from None
