"""What a draft would say, beside what is in force: of an account, and of many.

Everything is worked out at the moment of asking, so that only the cards differ.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Func, TextField
from django.db.models.functions import Cast

from accounts.models import Account
from accounts.models.account import AccountQuerySet
from cs_platform.lib import clock
from health.queries.allotment import scored_by
from health.queries.cards import card_names, cards_in_force
from health.queries.moments import Moment, moment
from health.queries.reading import read
from health.queries.receipt import Line, lines
from health.scoring import Card, Definition, Score, score
from health.scoring.patience import patience_of
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

# Of more accounts than this a preview takes a sample, the same one each time.
SAMPLE = 400
EXAMPLES = 8
BANDS = ("green", "amber", "red", "unknown")


@dataclass(frozen=True)
class Pair:
    """A measure by both cards; None where a card does not have it."""

    label: str
    before: Line | None
    after: Line | None


@dataclass(frozen=True)
class AccountPreview:
    account: Account
    card: str
    before: Score
    after: Score
    pairs: list[Pair]


@dataclass(frozen=True)
class Shifted:
    """An account that would change colour."""

    pk: UUID
    name: str
    mrr: Decimal
    before: Score
    after: Score


@dataclass
class PortfolioPreview:
    """Many accounts by both cards. `total` of them there are; `seen` were asked."""

    total: int
    seen: int
    # Whether the draft's card is for them now; else they are of all accounts.
    is_own: bool
    before: list[int | None] = field(default_factory=list)
    after: list[int | None] = field(default_factory=list)
    moves: Counter = field(default_factory=Counter)
    bands: dict[str, list[int]] = field(default_factory=dict)
    shifted: list[Shifted] = field(default_factory=list)

    @property
    def mrr(self) -> Decimal:
        return sum((one.mrr for one in self.shifted), Decimal(0))

    @property
    def examples(self) -> list[Shifted]:
        return sorted(self.shifted, key=lambda one: (-one.mrr, one.name))[:EXAMPLES]


def preview_account(account: Account, draft: Definition) -> AccountPreview:
    """The receipt of one account under a draft, beside that of the card in force."""
    cards = cards_in_force()
    name = card_names([account], cards)[account.pk]
    before = cards[name].definition
    said = _judge([account], {account.pk: Card(before)}, Card(draft), _now())
    was, becomes = said[account.pk]
    old = {line.key: line for line in lines(before, was.measures)}
    new = {line.key: line for line in lines(draft, becomes.measures)}
    pairs = [
        Pair((new.get(key) or old[key]).label, old.get(key), new.get(key))
        for key in [*new, *(key for key in old if key not in new)]
    ]
    return AccountPreview(account, str(cards[name]), was, becomes, pairs)


def preview_portfolio(
    accounts: AccountQuerySet, name: str, draft: Definition
) -> PortfolioPreview:
    """What would change for the accounts that a card is for; for all when for none.

    Asks at most `SAMPLE` of them.
    """
    asked = scored_by(accounts.current(), name)
    total = asked.count()
    is_own = total > 0
    if not is_own:
        asked = accounts.current()
        total = asked.count()
    rows = _sample(asked)
    cards = cards_in_force()
    names = card_names(rows, cards)
    ready = {one: Card(cards[one].definition) for one in set(names.values())}
    said = _judge(
        rows, {pk: ready[one] for pk, one in names.items()}, Card(draft), _now()
    )
    found = PortfolioPreview(total=total, seen=len(rows), is_own=is_own)
    for row in rows:
        _count(found, row, *said[row.pk])
    return found


def _sample(accounts: Any) -> list[Any]:
    digest = Func(Cast(F("pk"), TextField()), function="md5")
    return list(
        accounts.order_by(digest).only(
            "pk", "name", "mrr", "lifecycle_stage", "tier", "segment", "customer_since"
        )[:SAMPLE]
    )


def _count(found: PortfolioPreview, row: Any, was: Score, becomes: Score) -> None:
    found.before.append(was.score)
    found.after.append(becomes.score)
    found.bands.setdefault(was.band, [0, 0])[0] += 1
    found.bands.setdefault(becomes.band, [0, 0])[1] += 1
    if was.band != becomes.band:
        found.moves[was.band, becomes.band] += 1
        found.shifted.append(Shifted(row.pk, row.name, row.mrr, was, becomes))


def _judge(
    rows: Iterable[Any], cards: dict[UUID, Card], draft: Card, then: Moment
) -> dict[UUID, tuple[Score, Score]]:
    """Each account by its own card and by the draft."""
    rows = list(rows)
    said = {patience_of(one.definition) for one in [*cards.values(), draft]}
    readings = draft.all_readings.union(*(one.all_readings for one in cards.values()))
    # In an order of their own, so that a question is asked the same way each time.
    ordered = sorted(readings, key=repr)
    found = {
        one: read([row.pk for row in rows], ordered, then, patience=one) for one in said
    }

    def judged(card: Card, row: Any) -> Score:
        values = found[patience_of(card.definition)][row.pk]
        since = row.customer_since
        age = None if since is None else (then.day - since).days
        return score(card, values, at=then.at, age_days=age)

    return {row.pk: (judged(cards[row.pk], row), judged(draft, row)) for row in rows}


def _now() -> Moment:
    tenant = Tenant.objects.get(pk=current_tenant_id())
    now = clock.now()
    return moment(tenant, clock.day_of(now, tenant.timezone), now=now)
