"""What the customer wanted to reach, and what it is worth."""

from decimal import Decimal

from django.utils.translation import gettext as _

from cs_platform.lib import wording
from qbr.deck.parts.kept import nothing, said, stats
from qbr.deck.slides import Block, Column, Table
from qbr.deck.written import amount as amount_of
from qbr.deck.written import day, plain
from qbr.figures.figure import HOURS, MONEY


def goals(kept: dict) -> list[Block]:
    found = kept["tables"]["goals"]
    if not found:
        return [
            said(_("No goals are agreed yet: let us agree on the first ones today."))
        ]
    columns = (
        Column(_("Goal"), 3.4),
        Column(_("Measured by"), 2.4),
        Column(_("At the start"), 1.3, is_number=True),
        Column(_("Target"), 1.3, is_number=True),
        Column(_("Now"), 1.3, is_number=True),
        Column(_("Reached"), 1.1, is_number=True),
        Column(_("State"), 1.3),
    )
    rows = tuple(
        (
            one["objective"],
            one["measure"],
            plain(one["baseline"], one["unit"]),
            plain(one["target"], one["unit"]),
            plain(one["actual"], one["unit"]),
            _reached(one),
            one["state"],
        )
        for one in found
    )
    return [*stats(kept, "goals"), Table(columns, rows)]


def value(kept: dict) -> list[Block]:
    found = [one for one in kept["tables"]["goals"] if _is_valued(one)]
    if not found:
        return [nothing(_("No goal has a value in money or hours yet."))]
    columns = (
        Column(_("Goal"), 3),
        Column(_("Value"), 1.6, is_number=True),
        Column(_("How it is reckoned"), 4),
        Column(_("State"), 1.3),
        Column(_("Confirmed"), 1.8),
    )
    rows = tuple(
        (
            one["objective"],
            _value(one),
            one["value_formula"],
            one["state"],
            _confirmed(one),
        )
        for one in found
    )
    return [*stats(kept, "value"), Table(columns, rows)]


def _reached(goal):
    return wording.percent(Decimal(goal["reached"]), 0) if goal["reached"] else "–"


def _is_valued(goal):
    # What was gained after the period is told in the next report.
    return not goal.get("is_later") and (
        goal["value_amount"] is not None or goal["value_hours"] is not None
    )


def _value(goal):
    parts = []
    if goal["value_amount"] is not None:
        unit = MONEY + goal["value_currency"]
        parts.append(amount_of(Decimal(goal["value_amount"]), unit))
    if goal["value_hours"] is not None:
        parts.append(amount_of(Decimal(goal["value_hours"]), HOURS))
    return ", ".join(parts)


def _confirmed(goal):
    if not goal["verified_on"]:
        return _("not yet")
    return ", ".join(
        part for part in (goal["verified_by"], day(goal["verified_on"])) if part
    )
