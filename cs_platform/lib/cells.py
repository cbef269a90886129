"""Cells of long tables, drawn once: the same score, day or amount looks the same.

Fifty rows of `{% health %}` and `{% ago %}` are most of the time of a list. What is
kept holds nothing of any tenant: a number and how it reads in a language.
"""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import get_language

from cs_platform.lib import wording
from cs_platform.lib.templatetags import ui

KEPT = 8192


def health(score: int | None, band: str, change: int | None, **more) -> str:
    """As the tag; `more`: month, direction, judged, computed."""
    known = tuple(sorted(more.items()))
    return _health(score, band, change, known, get_language())


def ago(day: date | None, today: date) -> str:
    """How far a day is from today, exact on hover."""
    return _ago(day, today, get_language())


def money(amount: Decimal, currency: str) -> str:
    return _money(amount, currency, get_language())


@lru_cache(KEPT)
def _health(score, band, change, more, _language):
    context = ui.health(score, band, change=change, **dict(more))
    return render_to_string("components/health.html", context)


@lru_cache(KEPT)
def _ago(day, today, _language):
    if day is None:
        return wording.DASH
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        day.isoformat(),
        wording.day(day),
        wording.day_ago((day - today).days),
    )


@lru_cache(KEPT)
def _money(amount, currency, _language):
    return wording.money(amount, currency)
