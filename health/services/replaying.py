"""The steps of a replay, each a slice of work that commits with how far it got."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Account
from cs_platform.lib import clock
from health.learning.fitting import Seen, foretell
from health.learning.replay import report, undated_in
from health.models import Backtest, ReplayPart, Shift
from health.queries.cards import DEFAULT, card_names, cards_in_force, rules_in_order
from health.queries.habits import first_known
from health.queries.known import columns
from health.queries.moments import moment
from health.queries.replay import Row, before, ends, rows_of, scores_of, slice_of
from health.scoring.cards import Card
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

SLICE = 1000
# Account-days a replay holds at most; with more accounts it takes one in so many.
ROWS = 100_000
# So many days before the first teach the learned model, which stands beside the cards.
WARM_UP = 24
TODAY, REPORT = "today", "report"


def next_step(backtest: Backtest) -> Callable[[Backtest], None]:
    stage = backtest.result.get("stage")
    if stage is None:
        return _plan
    return {TODAY: _judge_today, REPORT: _write_report}.get(stage, _replay)


def _plan(backtest: Backtest) -> None:
    """Which days are gone through, and how many accounts are left out."""
    days = ends(backtest.first, backtest.last, backtest.step)
    first = first_known(_tenant()) or backtest.last
    warm = before(days[0], WARM_UP, backtest.step) if days else []
    warm = [day for day in warm if day >= first]
    rows = Account.objects.count() * len(warm + days)
    backtest.result |= {
        "stage": "replay",
        "days": [day.isoformat() for day in warm + days],
        "warm": len(warm),
        "day": 0,
        "reached": None,
        "number": 0,
        "every": max(1, -(-rows // ROWS)),
        "today": {"matrix": {}, "accounts": 0},
    }


def _replay(backtest: Backtest) -> None:
    at = backtest.result
    if at["day"] >= len(at["days"]):
        at |= {"stage": TODAY, "reached": None}
        return
    account_ids, reached = slice_of(_uuid(at["reached"]), SLICE, every=at["every"])
    # The days before the first teach the learned model; no card is asked.
    cards = [] if at["day"] < at["warm"] else _cards(backtest)
    rows = rows_of(
        account_ids,
        cards,
        moment(_tenant(), date.fromisoformat(at["days"][at["day"]])),
        outcome=backtest.outcome,
        horizon=backtest.horizon_days,
    )
    ReplayPart.objects.create(backtest=backtest, number=at["number"], rows=rows)
    at |= {"number": at["number"] + 1, "reached": reached and str(reached)}
    if reached is None:
        at["day"] += 1
        backtest.progress = 0.8 * at["day"] / len(at["days"])


def _judge_today(backtest: Backtest) -> None:
    """What would change today: who would change colour, and how much money."""
    at = backtest.result
    account_ids, reached = slice_of(_uuid(at["reached"]), SLICE)
    tenant = _tenant()
    now = clock.now()
    current = list(Account.objects.current().filter(pk__in=account_ids))
    accounts = {one.pk: one for one in _scored_by(at["card"], current)}
    said = scores_of(
        {pk: one.customer_since for pk, one in accounts.items()},
        _cards(backtest),
        moment(tenant, clock.day_of(now, tenant.timezone), now=now),
    )
    shifts = []
    for pk, (draft, published) in said.items():
        mrr = accounts[pk].mrr
        _count(at["today"], published.band, draft.band, mrr)
        if draft.band != published.band:
            shifts.append(_shift(backtest, pk, published, draft, mrr))
    Shift.objects.bulk_create(shifts)
    at["reached"] = reached and str(reached)
    if reached is None:
        at |= {"stage": REPORT, "judged_at": now.isoformat()}
        backtest.progress = 0.9


def _shift(backtest, pk, published, draft, mrr) -> Shift:
    return Shift(
        tenant_id=current_tenant_id(),
        backtest=backtest,
        account_id=pk,
        band_before=published.band,
        band_after=draft.band,
        score_before=published.score,
        score_after=draft.score,
        mrr=mrr,
    )


def _count(today: dict[str, Any], was: str, becomes: str, mrr: Decimal) -> None:
    cell = today["matrix"].setdefault(was, {}).setdefault(becomes, [0, "0"])
    cell[0] += 1
    cell[1] = str(Decimal(cell[1]) + mrr)
    today["accounts"] += 1


def _write_report(backtest: Backtest) -> None:
    """Work out the figures of everything gone through, and forget the rows."""
    rows = rows_kept(backtest)
    first = backtest.result["days"][backtest.result["warm"] :][:1]
    told = foretold(rows, backtest.horizon_days)
    replayed = [
        row.replayed(one and one.chance)
        for row, one in zip(rows, told, strict=True)
        if row.said and row.day >= first[0]
    ]
    kept = ("card", "published_name", "today", "judged_at", "every", "days", "warm")
    backtest.result = {name: backtest.result[name] for name in kept}
    backtest.result["undated"] = {
        "draft": undated_in(backtest.definition),
        "published": undated_in(backtest.published),
    }
    backtest.result["report"] = report(
        replayed, backtest.horizon_days, has_published=True
    )
    backtest.state, backtest.progress = Backtest.State.DONE, 1
    backtest.finished_at = clock.now()
    ReplayPart.objects.filter(backtest=backtest).delete()


def rows_kept(backtest: Backtest) -> list[Row]:
    """What was gone through, in the order of accounts and days."""
    parts = ReplayPart.objects.filter(backtest=backtest).order_by("number")
    found = [Row(*row) for rows in parts.values_list("rows", flat=True) for row in rows]
    return sorted(found, key=lambda row: (row.account, row.day))


def foretold(rows: list[Row], horizon: int) -> list:
    """What a learned model would have said of each row, knowing only earlier ones."""
    seen = [
        Seen(row.account, date.fromisoformat(row.day), row.values, row.is_gone)
        for row in rows
    ]
    return foretell(seen, columns(), horizon)


def _cards(backtest: Backtest) -> list[Card]:
    return [Card(backtest.definition), Card(backtest.published)]


def _scored_by(name: str, accounts: list[Account]) -> list[Account]:
    """The accounts that a card scores; all of them when no rule gives it to anybody."""
    if name != DEFAULT and name not in {rule.card for rule in rules_in_order()}:
        return accounts
    names = card_names(accounts, cards_in_force())
    return [one for one in accounts if names[one.pk] == name]


def _tenant() -> Tenant:
    return Tenant.objects.get(pk=current_tenant_id())


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
