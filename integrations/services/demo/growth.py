"""How customers of a demo workspace want more: plans, signs, and what came of them."""

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.models import Account, Contract, Span
from integrations.services.demo.cast import Stage
from renewals.models import ExpansionSignal, OpportunityStage, Plan, SignalKind
from renewals.queries.expansion import muted_because, with_risk
from renewals.services import (
    close_opportunity,
    enter_signal,
    find_signals,
    hand_to_sales,
    move_opportunity,
    open_opportunity,
)
from renewals.services.plans import save_plan
from tenants.models import Tenant
from tenants.scoping import tenant_scope
from usage.models import Feature

NEWS = {
    "en": "They raised a round and open a second office in spring.",
    "ru": "Привлекли инвестиции, весной открывают второй офис.",
}
TITLES = {
    "en": {"add_on": "More seats", "upsell": "The next plan"},
    "ru": {"add_on": "Больше мест", "upsell": "Следующий тариф"},
}


def grow(stage: Stage, tenant: Tenant, today: date) -> None:
    """Enter the plans, look for signs of growth, and work on some of them."""
    with tenant_scope(tenant.pk):
        _enter_plans()
        for age in (60, 30, 0):
            find_signals(on=today - timedelta(days=age))
        _hear(stage, today)
        _work(stage, tenant, today)


def _enter_plans():
    """As the contracts name them, by what they cost; what is used least is dearest."""
    costs: dict[str, list] = {}
    for plan, mrr in Contract.objects.exclude(plan="").values_list("plan", "mrr"):
        costs.setdefault(plan, []).append(mrr)
    ranked = sorted(costs, key=lambda name: (sum(costs[name]) / len(costs[name]), name))
    rare = list(
        Feature.objects.filter(is_error=False).order_by("-first_seen_at", "name")
    )
    for rank, name in enumerate(ranked, 1):
        known = Plan.objects.filter(name__iexact=name).first()
        features = rare[:1] if rank == len(ranked) > 1 else []
        save_plan(known or Plan(name=name, rank=rank), features=features)


def _hear(stage, today):
    """Every twelfth customer has news."""
    for account in Account.objects.current().order_by("external_id")[::12]:
        enter_signal(
            account,
            kind=SignalKind.NEWS,
            words=NEWS[stage.language],
            by=account.owner,
            on=today - timedelta(days=5),
        )


def _work(stage, tenant, today):
    """Of the signals that are not muted, some are worked on; some were won."""
    signals = ExpansionSignal.objects.filter(ended_on=None, account__band="green")
    rows = with_risk(signals.select_related("account__owner"))
    ready = [r for r in rows.order_by("account__external_id") if not muted_because(r)]
    for number, signal in enumerate(ready[:18:2]):
        draw = random.Random(f"{signal.account.external_id} {signal.kind}")
        kind = "add_on" if signal.kind in ("seats", "team", "limit") else "upsell"
        owner = signal.account.owner
        day = today - timedelta(days=draw.randint(5, 25))
        deal = open_opportunity(
            signal.account,
            kind=kind,
            title=TITLES[stage.language][kind],
            amount=max(
                Decimal(600),
                (signal.account.mrr * draw.randint(1, 4)).quantize(Decimal(10)),
            ),
            currency=tenant.currency,
            owner=owner,
            by=owner,
            on=day,
            at=_noon(day, stage),
            signal=signal,
        )
        if deal.stage == OpportunityStage.FOUND:  # not told before
            day += timedelta(days=draw.randint(1, 4))
            _move(deal, number % 6, owner, day, _noon(day, stage))


def _move(deal, step, by, day, at):
    if step in (1, 2, 3, 5):
        move_opportunity(deal, stage="talks", by=by, at=at)
    if step == 2:
        end = day + timedelta(days=30)
        move_opportunity(deal, stage="trial", trial_ends_on=end, by=by, at=at)
    if step == 3:
        hand_to_sales(deal, to="sales@example.com", note=deal.title, by=by, at=at)
    if step == 4:
        close_opportunity(deal, is_won=False, reason="not_now", by=by, on=day, at=at)
    if step == 5:
        close_opportunity(
            deal,
            is_won=True,
            amount=deal.amount,
            contract=_contract_on(deal, day),
            by=by,
            on=day,
            at=at,
        )


def _contract_on(deal, day):
    """What runs then in the money of the deal; None: it is paid elsewhere."""
    running = Span.objects.on(day).filter(
        account_id=deal.account_id, currency=deal.currency, is_paused=False
    )
    span = running.order_by("-mrr").first()
    return span and Contract.objects.get(pk=span.contract_id)


def _noon(day, stage):
    return datetime.combine(day, time(12), ZoneInfo(stage.timezone))
