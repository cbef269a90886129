"""The one place where scores are made: accounts locked, read, scored, written."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.models import Account, Stage
from health.models import Scorecard
from health.queries.cards import card_names_in_order
from health.queries.moments import Moment, moment
from health.queries.overrides import overrides_on
from health.queries.past import Past, pasts
from health.queries.reading import read_columns
from health.queries.slices import is_one_of
from health.scoring import (
    Bulk,
    Card,
    Reading,
    Score,
    Value,
    attention,
    band,
    direction,
)
from health.scoring.patience import Patience, patience_of
from health.services.falls import record_changes
from health.services.scored import Scored, write_copies, write_snapshots
from health.services.shipped import ensure_cards
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope

# Accounts scored in one transaction: enough that the statements pay, few enough that an
# edit of an account waits for a moment only.
SLICE = 2000


@transaction.atomic
def recompute(account_ids: Iterable[UUID], *, on: date) -> int:
    """Score accounts of the tenant in scope for a day; returns how many were scored.

    Replaces the snapshots of that day. For today it also writes the copies on Account,
    records changes, and opens or heals the alert of a fall; a day that is over gets
    what was known at its end, and touches nothing else. Running it again changes
    nothing but the time. Archived and lost accounts are left as they are. Waits for
    who holds an account. Raises ValueError for a day to come.
    """
    return _score(_lock(account_ids), on)


@transaction.atomic
def recompute_free(account_ids: Iterable[UUID], *, on: date) -> tuple[int, set[UUID]]:
    """Like `recompute`, but never waits: accounts that somebody holds are left out.

    So a worker and somebody who writes many accounts, in whatever order, cannot wait
    for each other for ever. Returns how many were scored, and which are left.
    """
    wanted = set(account_ids)
    locked = _lock(wanted, skip_locked=True)
    held = {row.key for row in locked}
    return _score(locked, on), {pk for pk in wanted if str(pk) not in held}


def recompute_tenant(tenant_id: int, *, on: date) -> int:
    """Score every account of a tenant for a day, in slices that each commit.

    Call it outside any scope. Returns how many were scored.
    """
    total, reached = 0, None
    while True:
        with tenant_scope(tenant_id):
            account_ids = next_accounts(reached)
            total += recompute(account_ids, on=on)
        if len(account_ids) < SLICE:
            return total
        reached = account_ids[-1]


def next_accounts(reached: UUID | None, limit: int = SLICE) -> list[UUID]:
    """The ids of the accounts after `reached`, in the order of ids."""
    accounts = Account.objects.order_by("pk")
    if reached is not None:
        accounts = accounts.filter(pk__gt=reached)
    return list(accounts.values_list("pk", flat=True)[:limit])


def _lock(account_ids: Iterable[UUID], *, skip_locked: bool = False) -> list[Any]:
    """The accounts as they stand, held until the transaction ends.

    Held before their facts and cards are read: whoever scores an account next reads
    them after us, so that the last one to write is the last one to have looked.
    """
    return list(
        Account.objects.filter(is_one_of("accounts_account.id", account_ids))
        .order_by("pk")
        .select_for_update(no_key=True, skip_locked=skip_locked)
        .annotate(key=Cast("pk", TextField()))
        .values_list(
            "key",
            "band",
            "score",
            "score_change_7d",
            "scored_at",
            "lifecycle_stage",
            "tier",
            "segment",
            "archived_at",
            "customer_since",
            named=True,
        )
    )


def _score(locked: list[Any], on: date) -> int:
    then = moment(Tenant.objects.get(pk=current_tenant_id()), on)
    standing = [row for row in locked if _is_scored(row, then)]
    if not standing:
        return 0
    cards = ensure_cards()
    names = card_names_in_order(standing, cards)
    used = {name: _Used(cards[name], then) for name in sorted(set(names))}
    ids = [row.key for row in standing]
    _read(ids, list(used.values()), then)
    past = pasts(ids, then)
    overrides = overrides_on(ids, then)
    scored = []
    for place, row in enumerate(standing):
        override = overrides.get(ids[place]) if overrides else None
        card = used[names[place]]
        scored.append(_scored(row, place, ids[place], card, past[place], override))
    write_snapshots(scored, then)
    if then.is_today:
        write_copies(scored, then)
        record_changes(scored, then)
    return len(scored)


class _Used:
    """A scorecard made ready to score many accounts, with what its readings found."""

    def __init__(self, card: Scorecard, then: Moment):
        self.id, self.day = str(card.pk), then.day
        self.definition = card.definition
        self.ready = Card(card.definition)
        self.bulk = Bulk(self.ready, then.at)
        self.patience = patience_of(card.definition)

    values: list[tuple[Value | None, ...]]
    cap_values: list[tuple[Value | None, ...]]

    def take(self, columns: dict[Reading, list[Value | None]]) -> None:
        self.values = _rows([columns[one] for one in self.ready.readings])
        self.cap_values = _rows([columns[one] for one in self.ready.cap_readings])

    def score(self, place: int, since: date | None) -> Score:
        age_days = None if since is None else (self.day - since).days
        caps = self.cap_values[place] if self.cap_values else ()
        return self.bulk.score(self.values[place], caps, age_days)


def _rows(columns: list[list]) -> list[tuple]:
    return list(zip(*columns, strict=True))


def _read(ids: list[str], used: list[_Used], then: Moment) -> None:
    """Read what the cards read, together where facts may stay away as long."""
    together: dict[Patience, list[_Used]] = {}
    for card in used:
        together.setdefault(card.patience, []).append(card)
    for patience, cards in together.items():
        readings = sorted(set().union(*(card.ready.all_readings for card in cards)))
        columns = read_columns(ids, readings, then, patience=patience)
        for card in cards:
            card.take(columns)


def _scored(row, place: int, pk: str, card: _Used, past: Past, override) -> Scored:
    result = card.score(place, row.customer_since)
    number, colour = result.score, result.band
    if override is not None:
        number, colour = override.score, band(card.definition, override.score)
    heading = direction(
        past.gained(number, 7), past.gained(number, 28), past.noise_7, past.noise_28
    )
    return Scored(
        account=row,
        id=pk,
        result=result,
        score=number,
        band=colour,
        override=override and str(override.pk),
        heading=heading,
        attention=attention(number, heading),
        week_before=past.score_7,
        card=card.id,
    )


def _is_scored(row, then: Moment) -> bool:
    if row.archived_at is not None and row.archived_at <= then.at:
        return False
    if then.is_today:
        return row.lifecycle_stage != Stage.CHURNED
    return row.customer_since is None or row.customer_since <= then.day
