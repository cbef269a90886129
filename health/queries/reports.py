"""A backtest's report and a model's validation, as their pages show them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Band
from cs_platform.lib.wording import number
from health.learning import figures
from health.learning.replay import undated_in
from health.models import Backtest
from health.queries import wording

ORDER = [Band.GREEN, Band.AMBER, Band.RED, Band.UNKNOWN]
LISTED = 50


@dataclass(frozen=True)
class Way:
    """One way to look at accounts, and how well it ranks them."""

    label: str
    auc: str
    between: str
    gain: str
    gain_between: str
    is_reference: bool


@dataclass(frozen=True)
class Loss:
    """A loss and how many days before each card had warned; None: it had not."""

    account: Account | None
    gone_on: date
    draft: int | None
    published: int | None


@dataclass(frozen=True)
class Cell:
    """How many accounts go from one colour to another, and their MRR."""

    was: str
    becomes: str
    accounts: int
    mrr: Decimal

    @property
    def is_same(self) -> bool:
        return self.was == self.becomes


def words_of(draft: str, published: str) -> dict[str, str]:
    """What the ways are called on this report."""
    return {
        "learned": _("Learned model"),
        "draft": draft,
        "published": published,
        "days": _("Active days in 180"),
        "recency": _("Days since last use"),
    }


def ways_of(block: dict[str, Any] | None, words: dict[str, str]) -> list[Way]:
    """The table beside the ranking figure."""
    if block is None:
        return []
    return [
        Way(
            label=words[way["way"]],
            auc=number(way["value"], 3),
            between=_between(way),
            gain=_signed(way["gain"]["value"]),
            gain_between=_between(way["gain"], _signed),
            is_reference=way["way"] == "days",
        )
        for way in block["ways"]
    ]


def is_same(found: dict[str, Any]) -> bool:
    """Whether the learned model stands beside the cards on every row: one table does."""
    learned, whole = found["ranking_learned"], found["ranking"]
    return bool(learned) and learned["rows"] == whole["rows"]


def day_of(found: dict[str, Any] | None, name: str) -> date | None:
    """A day kept as text."""
    text = found and found.get(name)
    return date.fromisoformat(text) if text else None


def losses_of(backtest: Backtest, visible) -> list[Loss]:
    """The newest losses; the account is None to whom it is hidden or who removed it."""
    listed = backtest.result["report"]["listed"][:LISTED]
    accounts = visible.in_bulk([loss["account"] for loss in listed])
    known = {str(pk): account for pk, account in accounts.items()}
    return [
        Loss(
            known.get(loss["account"]),
            date.fromisoformat(loss["gone_on"]),
            loss["draft"],
            loss.get("published"),
        )
        for loss in listed
    ]


def matrix_of(today: dict[str, Any]) -> list[tuple[str, list[Cell]]]:
    """From each colour to each: rows and columns in the order of health."""
    found = today["matrix"]
    return [
        (was, [_cell(found, was, becomes) for becomes in ORDER])
        for was in ORDER
        if was in found
    ]


def moved_of(today: dict[str, Any]) -> tuple[int, Decimal]:
    """How many accounts would change colour, and their MRR."""
    cells = [cell for _was, row in matrix_of(today) for cell in row if not cell.is_same]
    return sum(one.accounts for one in cells), sum(
        (one.mrr for one in cells), Decimal(0)
    )


def figures_of(found: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    """The figures of a report; what has nothing to show is left out."""
    sides = [
        (side, words[side]) for side in ("draft", "published") if side in found["leads"]
    ]
    shown = {
        "ranking": found["ranking"] and figures.ranking(found["ranking"], words),
        "learned": found["ranking_learned"]
        and figures.ranking(found["ranking_learned"], words),
        "calibration": found["learned"] and calibration_of(found["learned"]),
        "scores": figures.shares(
            [(side, name, found["scores"][side]) for side, name in sides], _("Score")
        ),
        "bands": figures.shares(
            [(side, name, found["bands"][side]) for side, name in sides],
            _("Colour"),
            {band.value: str(band.label) for band in Band},
        ),
    }
    if found.get("listed"):
        axis = (_("Months before"), _("not warned"))
        # Reports from before they were counted list the newest only.
        keys = [side for side, _name in sides]
        months = found.get("months") or figures.by_months(found["listed"], keys)
        shown["leads"] = figures.leads(months, sides, axis)
    return {name: figure for name, figure in shown.items() if figure}


def undated_of(backtest: Backtest) -> list[tuple[str, list[str]]]:
    """By card: what it reads of past days as it is today, in words."""
    sides = (
        (_("Replayed: %s") % backtest.draft_name, backtest.definition),
        (_("In force: %s") % backtest.result["published_name"], backtest.published),
    )
    said = [
        (name, [wording.rule_of(key, card) for key in undated_in(card)])
        for name, card in sides
    ]
    return [(name, labels) for name, labels in said if labels]


def calibration_of(tenths: list[dict[str, Any]]) -> dict[str, Any]:
    return figures.calibration(
        tenths,
        _("Tenths of accounts"),
        _("as predicted"),
        (_("Predicted"), _("Came true")),
    )


ERRORS = {
    "died": gettext_lazy(
        "The worker died again and again over the same slice of work."
    ),
}


def error_of(backtest: Backtest) -> str:
    """Why it failed, in words."""
    return str(ERRORS.get(backtest.error, backtest.error))


def _cell(found, was, becomes) -> Cell:
    accounts, mrr = found.get(was, {}).get(becomes, (0, "0"))
    return Cell(was, becomes, accounts, Decimal(mrr))


def _between(interval, told=None) -> str:
    told = told or (lambda value: number(value, 3))
    return _("%(low)s to %(high)s") % {
        "low": told(interval["low"]),
        "high": told(interval["high"]),
    }


def _signed(value: float) -> str:
    text = number(abs(value), 3)
    if round(value, 3) == 0:
        return text
    return f"+{text}" if value > 0 else f"\N{MINUS SIGN}{text}"
