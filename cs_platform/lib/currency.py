"""Codes of currencies (ISO 4217)."""

from babel.core import get_global
from babel.numbers import get_currency_name, list_currencies

from cs_platform.lib.wording import locale

_CODES = frozenset(list_currencies())
# Paid with today, somewhere: the last element says whether it is legal tender.
_TODAYS = frozenset(
    code
    for currencies in get_global("territory_currencies").values()
    for code, _since, until, is_tender in currencies
    if until is None and is_tender
)
_OFTEN = ("USD", "EUR", "GBP", "KZT", "RUB", "UZS", "KGS", "AED", "TRY", "CHF")


def is_currency(code: str) -> bool:
    """Whether it is a code of ISO 4217, in capitals."""
    return code in _CODES


def currency_choices() -> list[tuple[str, str]]:
    """Today's currencies with their names, those often chosen first."""
    codes = [*_OFTEN, *sorted(_TODAYS.difference(_OFTEN))]
    return [
        (code, f"{code} · {get_currency_name(code, locale=locale())}") for code in codes
    ]
