"""All that an offer says, as text in its language: the PDF and the Word file are made
of this alone, so they cannot differ.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cs_platform.lib import wording
from renewals.offering.pricing import ONCE, Line, term_end, totals

# What no document can hold, and what turns the direction of the text around it.
UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True)
class Letter:
    """What an offer says around its figures, and how it looks."""

    title: str
    company: str = ""
    requisites: str = ""
    colour: str = "#1f4e79"
    opening: str = ""
    terms: str = ""
    closing: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Proposal:
    """One offer: to whom, for which term, what and for how much."""

    language: str
    customer: str
    version: int
    on: date
    valid_until: date
    starts_on: date
    term_months: int
    currency: str
    lines: tuple[Line, ...]
    letter: Letter
    tax_percent: Decimal | None = None
    seats: int | None = None
    value: str = ""
    note: str = ""
    # Of the account: what it is called, and how much it is.
    figures: list[tuple[str, str]] = field(default_factory=list)


def document_of(proposal: Proposal) -> dict:
    """The document's text: strings and lists of them, in the offer's language."""
    with translation.override(proposal.language):
        said = _letter(proposal) | _facts(proposal) | _table(proposal)
    return _clean(said)


def money(amount, currency) -> str:
    """Always with cents: amounts of one table stand under each other."""
    return wording.money(amount, currency, 2)


def day(value: date) -> str:
    """With the month written out, as letters do."""
    return wording.day(value, "d MMMM y")


def _letter(proposal):
    letter = proposal.letter
    return {
        "language": proposal.language,
        "title": letter.title,
        "company": letter.company,
        "requisites": _paragraphs(letter.requisites),
        "colour": letter.colour,
        "customer": proposal.customer,
        "opening": _paragraphs(letter.opening),
        "value": _paragraphs(proposal.value),
        "note": _paragraphs(proposal.note),
        "terms": _paragraphs(letter.terms),
        "closing": _paragraphs(letter.closing),
        "signature": _paragraphs(letter.signature),
        "figures": [list(figure) for figure in proposal.figures],
        "words": {
            "figures": _("What you have now"),
            "lines": _("What we propose"),
            "terms": _("Terms"),
        },
    }


def _facts(proposal):
    # People read the last day of a term, not the first one after it.
    last = term_end(proposal.starts_on, proposal.term_months) - timedelta(days=1)
    months = ngettext("%d month", "%d months", proposal.term_months)
    facts = [
        [_("Date"), day(proposal.on)],
        [_("Version"), str(proposal.version)],
        [_("Valid until"), day(proposal.valid_until)],
        [
            _("Term"),
            f"{day(proposal.starts_on)} – {day(last)}"
            f" ({months % proposal.term_months})",
        ],
    ]
    if proposal.seats:
        facts.append([_("Seats"), wording.number(proposal.seats)])
    names = [proposal.letter.company, proposal.customer]
    return {"facts": facts, "foot": " · ".join(name for name in names if name)[:90]}


def _table(proposal):
    return {
        "columns": [
            _("Item"),
            _("Quantity"),
            _("Price"),
            _("Uplift"),
            _("Discount"),
            _("Amount"),
        ],
        "lines": [_line(line, proposal.currency) for line in proposal.lines],
        "totals": _totals(proposal),
    }


def _line(line, currency):
    period = _("once") if line.period == ONCE else _("a month")
    note = f"{period} · {line.note}" if line.note else period
    return {
        "title": line.title,
        "note": note,
        "cells": [
            wording.number(line.quantity),
            money(line.price, currency),
            _percent(line.uplift),
            _percent(line.discount),
            money(line.amount, currency),
        ],
    }


def _totals(proposal):
    """Label, amount, and whether it is what there is to pay."""
    sums = totals(
        proposal.lines, months=proposal.term_months, tax_percent=proposal.tax_percent
    )
    rows = [(_("A month"), sums.monthly), (_("A year"), sums.yearly)]
    if sums.once:
        rows.append((_("Once"), sums.once))
    if sums.saved:
        rows.append((_("You save, over the term"), sums.saved))
    shown = [[label, money(sum_, proposal.currency), False] for label, sum_ in rows]
    is_last = sums.tax is None
    label = _("Total for the term")
    shown.append([label, money(sums.total, proposal.currency), is_last])
    if not is_last:
        tax = _("Tax, %s") % _percent(proposal.tax_percent)
        shown.append([tax, money(sums.tax, proposal.currency), False])
        due = _("Total with tax")
        shown.append([due, money(sums.due, proposal.currency), True])
    return shown


def _percent(value):
    return f"{wording.number(value)}%" if value else wording.DASH


def _paragraphs(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def _clean(said):
    """The same without what no document can hold."""
    if isinstance(said, str):
        return UNWANTED.sub("", said)
    if isinstance(said, list):
        return [_clean(one) for one in said]
    if isinstance(said, dict):
        return {name: _clean(one) for name, one in said.items()}
    return said
