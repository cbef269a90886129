"""The forecast is written down each week, and people say what they think of a deal."""

from datetime import date, datetime, timedelta

from django.db import transaction

from cs_platform.lib import clock
from renewals.forecasting.quarter import monday_of
from renewals.models import ForecastCall, ForecastSnapshot, ForecastWeek, Renewal
from renewals.queries.reckoning import Ground, deals_then, monday_ground
from renewals.services.closing import AlreadyDecided
from renewals.services.versions import keep_versions
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from tenants.services import record_audit

WEEK = timedelta(days=7)
BATCH = 1000


def take_forecasts(tenant_id: int, *, at: datetime | None = None) -> list[date]:
    """Write the forecast of every Monday up to today that has none; returns which.

    A workspace without any begins with this week's. What was missed is caught up, week
    by week, as known when that Monday began there, and marked as late. Opens the scope
    itself; any number may run at once, and each week is written once.
    """
    at = at or clock.now()
    with tenant_scope(tenant_id):
        keep_versions(at=at)
        on = clock.day_of(at, Tenant.objects.get(pk=tenant_id).timezone)
        last = ForecastWeek.objects.order_by("-week").values_list("week", flat=True)
        week = last[0] + WEEK if last else monday_of(on)
    taken = []
    while week <= on:
        with tenant_scope(tenant_id):
            if take_forecast(week, at=at):
                taken.append(week)
        week += WEEK
    return taken


@transaction.atomic
def take_forecast(monday: date, *, at: datetime | None = None) -> ForecastWeek | None:
    """Write the forecast of one Monday, for the tenant in scope; None if it is there.

    It says what was known when the day began, whenever it is taken. The week's row is
    the claim: it commits with its deals.
    """
    at = at or clock.now()
    tenant = Tenant.objects.get(pk=current_tenant_id())
    ground = monday_ground(tenant, monday)
    week, is_new = ForecastWeek.objects.get_or_create(
        week=monday,
        defaults={
            "taken_at": at,
            "is_late": clock.day_of(at, tenant.timezone) > monday,
            "currency": tenant.currency,
            "rates": {code: str(rate) for code, rate in ground.rates.items()},
            "history": ground.history,
        },
    )
    if not is_new:
        return None
    ForecastSnapshot.objects.bulk_create(_rows(week, ground), batch_size=BATCH)
    return week


def _rows(week, ground: Ground):
    return [
        ForecastSnapshot(
            week=week,
            renewal_id=deal.renewal_id,
            account_id=deal.account_id,
            owner_id=deal.owner_id,
            tier=deal.tier,
            segment=deal.segment,
            stage=deal.stage,
            band=deal.band,
            ends_on=deal.ends_on,
            decides_on=deal.decides_on,
            placed_on=deal.placed_on,
            amount=deal.amount,
            currency=deal.currency,
            rate=deal.rate,
            probability=deal.probability,
            csm_category=deal.csm.category if deal.csm else "",
            csm_amount=deal.csm.amount if deal.csm else None,
            lead_category=deal.lead.category if deal.lead else "",
            lead_amount=deal.lead.amount if deal.lead else None,
            result=deal.result,
            result_amount=deal.result_amount,
            decided_on=deal.decided_on,
            is_noticed=deal.is_noticed,
        )
        for deal in deals_then(ground)
    ]


@transaction.atomic
def call_renewal(
    renewal, *, level, category, by, amount=None, note="", at=None, by_key=None
) -> ForecastCall:
    """Say what will become of an open renewal; what was said before is kept.

    Saying the same again, by the same person, changes nothing. In the audit trail, as
    it is money. Raises `AlreadyDecided` when it is decided or stopped.
    """
    renewal = Renewal.objects.select_for_update().get(pk=renewal.pk)
    if not renewal.is_open:
        raise AlreadyDecided(renewal)
    calls = ForecastCall.objects.filter(renewal=renewal, level=level)
    last = calls.order_by("-at", "-id").first()
    said = {"category": category, "amount": amount, "note": note, "by": by}
    if last and all(getattr(last, name) == value for name, value in said.items()):
        return last
    call = ForecastCall.objects.create(
        renewal=renewal, level=level, at=at or clock.now(), **said
    )
    record_audit(
        "renewal.called",
        renewal,
        by=by,
        by_key=by_key,
        before=_plain(last),
        after=_plain(call),
    )
    return call


def _plain(call):
    if call is None:
        return None
    said = {"level": call.level, "category": call.category, "note": call.note}
    amount = None if call.amount is None else f"{call.amount:.2f}"
    return {name: value for name, value in (said | {"amount": amount}).items() if value}
