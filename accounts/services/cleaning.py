"""Values as they come (JSON, CSV, forms) made into values of a model's fields.

The rules are the model's own: its fields and their validators.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from cs_platform.lib.currency import is_currency

YEARS = range(1900, 2200)
MAX_CUSTOM = 32_000  # characters, as JSON
MAX_TEXT = 20_000

# Control characters, and those that turn the direction of the text around them.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_UNSEEN_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean_field(field: models.Field, value: Any) -> Any:
    """One value for one field. Raises ValidationError with sentences for people."""
    if value is None:
        return _nothing(field)
    value = _coerce(field, value)
    special = _SPECIAL.get(field.name)
    if special:
        value = special(value)
    if value == "" and field.blank:
        return value
    return field.clean(value, None)


def clean_day(value: Any) -> date:
    """A day that no field of the model holds. Raises ValidationError."""
    return _day(None, value)


def clean_external_id(value: Any) -> str:
    """An id of another system. Raises ValidationError."""
    if not isinstance(value, str) or not value.strip():
        raise ValidationError(_("Give the id this has in your system, as text."))
    value = value.strip()
    if len(value) > 200 or _UNSEEN.search(value) or "/" in value or value == "bulk":
        raise ValidationError(
            _("Up to 200 visible characters, no slash, and not the word “bulk”.")
        )
    return value


def _nothing(field):
    if field.null:
        return None
    if isinstance(field, models.CharField | models.TextField) and field.blank:
        return ""
    raise ValidationError(_("This may not be empty."))


def _coerce(field, value):
    for kind, coerce in _COERCIONS:
        if isinstance(field, kind):
            return coerce(field, value)
    return value


def _text(field, value):
    if not isinstance(value, str):
        raise ValidationError(_("This has to be text."))
    if isinstance(field, models.TextField):
        if len(value) > (field.max_length or MAX_TEXT):
            raise ValidationError(_("This is too long."))
        return _UNSEEN_IN_TEXT.sub("", value.replace("\r\n", "\n")).strip()
    return _UNSEEN.sub("", value).strip()


def _day(field, value):
    if isinstance(value, str):
        value = _parsed(parse_date, value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValidationError(_("This has to be a day, as in 2026-01-31."))
    return _in_our_time(value)


def _instant(field, value):
    if isinstance(value, str):
        value = _parsed(parse_datetime, value)
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValidationError(
            _("This has to be an instant with its offset, as in 2026-01-31T09:00:00Z.")
        )
    return _in_our_time(value)


def _parsed(parse, text):
    try:
        return parse(text.strip())
    except ValueError:
        return None


def _in_our_time(value):
    if value.year not in YEARS:
        raise ValidationError(_("The year has to be between 1900 and 2199."))
    return value


def _decimal(field, value):
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValidationError(_("This has to be a number."))
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValidationError(_("This has to be a number, as in 1200.50."))
    return number


def _integer(field, value):
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationError(_("This has to be a whole number."))
    return value


def _boolean(field, value):
    if not isinstance(value, bool):
        raise ValidationError(_("This has to be true or false."))
    return value


def _list(field, value):
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValidationError(_("This has to be a list of texts."))
    return list(dict.fromkeys(value))


def _mapping(field, value):
    if not isinstance(value, dict):
        raise ValidationError(_("This has to be an object with names and values."))
    if len(str(value)) > MAX_CUSTOM:
        raise ValidationError(_("This is too large: 32,000 characters at most."))
    return value


def _currency(value):
    value = value.upper()
    if not is_currency(value):
        raise ValidationError(_("This is no currency code, as in USD or KZT."))
    return value


def _country(value):
    value = value.upper()
    if value and not re.fullmatch(r"[A-Z]{2}", value):
        raise ValidationError(_("Give the country as two letters, as in KZ."))
    return value


_COERCIONS = [
    (ArrayField, _list),
    (models.JSONField, _mapping),
    (models.CharField, _text),
    (models.TextField, _text),
    (models.DateTimeField, _instant),
    (models.DateField, _day),
    (models.DecimalField, _decimal),
    (models.BooleanField, _boolean),
    (models.IntegerField, _integer),
]
_SPECIAL = {"currency": _currency, "country": _country, "domain": str.lower}
