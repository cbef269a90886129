"""Figures as the language of the report writes them."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from cs_platform.lib import wording
from qbr.deck.slides import Stat
from qbr.figures.figure import HOURS, MINUTES, MONEY, POINTS, SHARE, Figure, figure_of

PLUS = "+"


def value_of(figure: Figure) -> str:
    if figure.value is not None and figure.of is not None:
        words = {"part": wording.number(figure.value), "all": wording.number(figure.of)}
        return _("%(part)s of %(all)s") % words
    return amount(figure.value, figure.unit)


def amount(value: Decimal | None, unit: str) -> str:
    """Of a unit: 1,204, 45%, 12.5 h, $1,200."""
    if value is None:
        return wording.DASH
    if unit == SHARE:
        return wording.percent(value, 0)
    if unit == MINUTES:
        return wording.duration(value)
    if unit == HOURS:
        return _("%(n)s h") % {"n": wording.number(round(value, 1))}
    if unit.startswith(MONEY):
        return wording.money(value, unit.removeprefix(MONEY))
    if unit == POINTS:
        return minus(wording.number(value))
    return wording.number(value)


def note_of(figure: Figure) -> str:
    """How it moved, and from what; nothing where it was not known before."""
    if figure.value is None or figure.previous is None:
        return ""
    words = {
        "change": _change(figure),
        "before": amount(figure.previous, figure.unit),
    }
    if not words["change"]:
        return _("before: %(before)s") % words
    return _("%(change)s, before: %(before)s") % words


def stat_of(kept: dict) -> Stat:
    figure = figure_of(kept)
    return Stat(kept["label"], value_of(figure), note_of(figure))


def day(text: str | None) -> str:
    """Its parts hold together: no line ends between them."""
    return wording.day(date.fromisoformat(text), "d\xa0MMM\xa0y") if text else ""


def short_day(text: str) -> str:
    return wording.day(date.fromisoformat(text), "d MMM")


def month(text: str) -> str:
    return wording.day(date.fromisoformat(text), "LLL y")


def steps(series: dict) -> tuple[str, ...]:
    """The weeks or months of a chart: each by its first day, or by its name."""
    name = month if series["is_monthly"] else short_day
    return tuple(name(text) for text in series["categories"])


def days(start: date, end: date) -> str:
    """A period as people say it: its last day belongs to it."""
    return f"{wording.day(start)} {wording.DASH} {wording.day(end)}"


def plain(text: str | None, unit: str = "") -> str:
    """A number that was kept as text, with the unit a person gave it."""
    if text is None:
        return wording.DASH
    return f"{minus(wording.number(Decimal(text)))} {unit}".strip()


def minus(text: str) -> str:
    return text.replace("-", wording.MINUS)


def _change(figure):
    """In points or, for what is counted, in percent; from nothing there is no percent."""
    moved = figure.value - figure.previous
    if figure.unit == SHARE:
        points = round(moved * 100)
        return _("%(n)s points") % {"n": _signed(points)} if points else ""
    if figure.unit == POINTS:
        return _signed(moved) if moved else ""
    if not moved or not figure.previous:
        return ""
    share = moved / figure.previous
    # Too little to be told in whole percents.
    if not round(share, 2):
        return ""
    return minus(_plus(moved) + wording.percent(share, 0))


def _signed(number):
    return minus(_plus(number) + wording.number(number))


def _plus(number):
    return PLUS if number > 0 else ""
