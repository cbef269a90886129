"""Accounts of which usage, the CSM, money, contacts and the model say different things.

What each says is kept by `health.services.comparing`; a page of it is one statement.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Stage
from health.models import Scorecard, Sentiment
from health.scoring.disagreement import (
    SIDES,
    Disagreement,
    disagreement,
    side_of,
)
from tenants.scoping import current_tenant_id

PAGE_SIZE = 25

NAMES = {
    "usage": gettext_lazy("Usage"),
    "sentiment": gettext_lazy("CSM"),
    "money": gettext_lazy("Money"),
    "contacts": gettext_lazy("Contacts"),
    "model": gettext_lazy("Model"),
}


@dataclass(frozen=True)
class Contradiction:
    """An account with what each side says, 0 to 100, and the two furthest apart."""

    pk: UUID
    name: str
    owner: str
    mrr: Decimal
    score: int | None
    band: str
    said: dict[str, float]
    found: Disagreement

    @property
    def sides(self) -> list[tuple[Any, float | None]]:
        """Who says what, in the order of the table's columns."""
        return [(NAMES[side], self.said.get(side)) for side in SIDES]

    @property
    def why(self) -> str:
        """For example "usage says 85, the CSM says leaving"."""
        return _("%(one)s, %(other)s") % {
            "one": _speech(self.found.high, self.said[self.found.high]),
            "other": _speech(self.found.low, self.said[self.found.low]),
        }


def contradictions(
    *, owner_id: int | None = None, page: int = 1
) -> tuple[list[Contradiction], int]:
    """A page of the accounts where it is strong, and how many there are in all.

    The widest apart first, then by MRR. `owner_id`: only of this owner.
    """
    asked = {
        "tenant": current_tenant_id(),
        "owner": owner_id,
        "churned": Stage.CHURNED.value,
        "size": PAGE_SIZE,
        "offset": (page - 1) * PAGE_SIZE,
    }
    with connection.cursor() as cursor:
        cursor.execute(SQL, asked)
        rows = cursor.fetchall()
    return [_row(row) for row in rows], rows[0][-1] if rows else 0


def speakers() -> list[tuple[str, str, str]]:
    """For whom each measure of each published card speaks: (card, measure, side)."""
    found = []
    for pk, definition in Scorecard.objects.published().values_list("pk", "definition"):
        for measure in definition["measures"]:
            side = side_of(measure)
            if side is not None:
                found.append((str(pk), measure["key"], side))
    return found


def _row(row: tuple) -> Contradiction:
    pk, name, owner, mrr, score, band, text, _total = row
    said = json.loads(text)
    ordered = {side: said[side] for side in SIDES if side in said}
    found = disagreement(ordered)
    assert found is not None
    return Contradiction(pk, name, owner or "", mrr, score, band, ordered, found)


def _speech(side: str, said: float) -> str:
    if side == "sentiment":
        level = Sentiment.Level(round(said / 25) + 1).label
        return _("the CSM says “%(level)s”") % {"level": str(level).lower()}
    number = {"number": round(said)}
    if side == "usage":
        return _("usage says %(number)s") % number
    if side == "money":
        return pgettext("of a score", "money says %(number)s") % number
    if side == "contacts":
        return _("contacts say %(number)s") % number
    return _("the learned model says %(number)s") % number


SQL = """
SELECT a.id, a.name, coalesce(nullif(u.name, ''), u.email), a.mrr, a.score, a.band,
       d.said, count(*) OVER ()
  FROM health_contradiction d
  JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = d.account_id
  LEFT JOIN tenants_user u ON u.id = a.owner_id
 WHERE d.tenant_id = %(tenant)s AND a.archived_at IS NULL
   AND a.lifecycle_stage <> %(churned)s
   AND (%(owner)s::int IS NULL OR a.owner_id = %(owner)s)
 ORDER BY d.spread DESC, a.mrr DESC, a.id
 LIMIT %(size)s OFFSET %(offset)s
"""
