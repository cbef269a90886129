"""Learning from the tenant's own losses, once a month."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import Account
from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from health.learning.fitting import Column, Foretold, Seen, foretell
from health.learning.history import found_something, is_enough, lacking, learned
from health.learning.replay import Replayed, report
from health.models import Loss, RiskModel
from health.queries.cards import scorecard_in_force
from health.queries.habits import first_known
from health.queries.known import columns
from health.queries.learning import DUE, is_due
from health.queries.moments import moment
from health.queries.replay import Row, ends, rows_of, slice_of
from health.scoring.cards import Card
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from tenants.services import record_audit

logger = logging.getLogger(__name__)

HORIZON_DAYS = 90
# How many month ends it looks back, as far as there is anything.
MONTHS = 120
SLICE = 1000
# Account-days it learns from at most; with more accounts it takes one in so many.
ROWS = 60_000


@dataclass(frozen=True)
class _History:
    """Account-days as they were seen, and what was foretold of each beforehand."""

    rows: list[Row]
    seen: list[Seen]
    columns: list[Column]
    told: list[Foretold | None]
    replayed: list[Replayed]
    report: dict[str, Any]


def train_risk_model(*, horizon_days: int = HORIZON_DAYS) -> RiskModel:
    """Learn who is lost from the history of the tenant in scope, as a new version.

    Of losses of revenue when there were enough, else of silence; the version says what
    it learned, and one that learned nothing says why. No account is judged by it before
    a worker's next round. Takes up to minutes: for a worker. Needs scikit-learn.
    """
    return _finish(_begin(horizon_days, at=clock.now()), horizon_days)


def learn_when_due(tenant_id: int) -> bool:
    """Learn a new version unless one is fresh or in the making; opens scopes itself.

    The version is written down before the work, so that a worker that dies or runs out
    of time leaves it behind, with the reason, and is not asked again before tomorrow.
    """
    with tenant_scope(tenant_id):
        model = _begin_when_due()
    if model is None:
        return False
    try:
        with tenant_scope(tenant_id):
            _finish(model, HORIZON_DAYS)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is told)
        logger.exception("learning the risk failed")
        with tenant_scope(tenant_id):
            said = f"{type(error).__name__}: {error}"[:2000]
            RiskModel.objects.filter(pk=model.pk).update(validation={"error": said})
    return True


@transaction.atomic
def ask_to_learn(*, by) -> None:
    """Have a new version learned soon, however fresh the newest is; once is enough."""
    newest = RiskModel.objects.order_by("-version").first()
    if newest is None or newest.state != RiskModel.State.LEARNING:
        newest = _begin(HORIZON_DAYS, at=clock.now() - DUE[RiskModel.State.LEARNING])
    record_audit("risk_model.asked_for", newest, by=by)
    wake("health.learn_risk", tenant_id=current_tenant_id())


def _begin_when_due() -> RiskModel | None:
    """A version to be learned now: one that was left behind, or a new one."""
    newest = RiskModel.objects.order_by("-version").select_for_update().first()
    if not is_due(newest):
        return None
    if newest is not None and newest.state == RiskModel.State.LEARNING:
        newest.trained_at = clock.now()
        newest.save(update_fields=["trained_at"])
        return newest
    return _begin(HORIZON_DAYS, at=clock.now())


def _begin(horizon: int, *, at: datetime) -> RiskModel:
    newest = RiskModel.objects.aggregate(version=Max("version"))["version"] or 0
    return RiskModel.objects.create(
        version=newest + 1,
        state=RiskModel.State.LEARNING,
        outcome=Loss.LOST,
        horizon_days=horizon,
        trained_at=at,
    )


def _finish(model: RiskModel, horizon: int) -> RiskModel:
    found = _best(_learn(outcome, horizon) for outcome in (Loss.LOST, Loss.SILENT))
    for name in ("state", "outcome", "trained_at", "coefficients", "validation"):
        setattr(model, name, getattr(found, name))
    model.save()
    record_audit("risk_model.trained", model)
    return model


def _best(tried: Iterable[RiskModel]) -> RiskModel:
    """The first that learned something; else what says most about why not."""
    models = []
    for model in tried:
        if model.state == RiskModel.State.TRAINED:
            return model
        models.append(model)
    nothing = [one for one in models if one.state == RiskModel.State.NOTHING]
    if nothing:
        return nothing[0]
    return max(models, key=lambda model: model.validation["counts"]["losses"])


def _learn(outcome: str, horizon: int) -> RiskModel:
    history = _history(outcome, horizon)
    counts = lacking(history.replayed, history.report)
    model = RiskModel(
        outcome=outcome,
        horizon_days=horizon,
        trained_at=clock.now(),
        validation={"counts": counts},
    )
    if not is_enough(counts):
        model.state = RiskModel.State.NOT_ENOUGH
        return model
    model.validation["report"] = _without_names(history.report)
    if not found_something(history.report):
        model.state = RiskModel.State.NOTHING
        return model
    model.state = RiskModel.State.TRAINED
    model.coefficients = learned(history.seen, history.told, history.columns)
    return model


def _history(outcome: str, horizon: int) -> _History:
    tenant = Tenant.objects.get(pk=current_tenant_id())
    rows = sorted(
        _rows(tenant, outcome, horizon), key=lambda row: (row.account, row.day)
    )
    seen = [
        Seen(row.account, date.fromisoformat(row.day), row.values, row.is_gone)
        for row in rows
    ]
    weighed = columns()
    told = foretell(seen, weighed, horizon)
    replayed = [
        row.replayed(one and one.chance) for row, one in zip(rows, told, strict=True)
    ]
    found = report(replayed, horizon, has_published=False)
    return _History(rows, seen, weighed, told, replayed, found)


def _rows(tenant: Tenant, outcome: str, horizon: int):
    """Every account at every month end whose outcome is known by now."""
    today = clock.day_of(clock.now(), tenant.timezone)
    last = today - timedelta(days=horizon)
    first = first_known(tenant) or today
    days = ends(first, last, "month")[-MONTHS:]
    every = max(1, -(-Account.objects.count() * len(days) // ROWS))
    cards = [Card(scorecard_in_force().definition)]
    for day in days:
        then, reached = moment(tenant, day), None
        while True:
            ids, reached = slice_of(reached, SLICE, every=every)
            yield from rows_of(ids, cards, then, outcome=outcome, horizon=horizon)
            if reached is None:
                break


def _without_names(found: dict[str, Any]) -> dict[str, Any]:
    """The figures alone: which accounts they were is asked of a backtest."""
    return {name: value for name, value in found.items() if name != "listed"}
