"""Codes of currencies (ISO 4217)."""

from babel.numbers import list_currencies

_CODES = frozenset(list_currencies())


def is_currency(code: str) -> bool:
    """Whether it is a code of ISO 4217, in capitals."""
    return code in _CODES
