"""The deals of a workspace as they were known at an instant: the ground of a forecast.

Stages, outcomes, calls and versions of a renewal carry the instant they became known at;
health has a row for each day. So the same instant gives the same deals, whenever it is
asked; what was edited later is not in it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db import connection

from accounts.queries import rates_on
from cs_platform.lib import clock
from renewals.forecasting.deals import Call, Deal, placed_on
from renewals.forecasting.odds import SHIPPED, odds
from renewals.forecasting.quarter import quarter_of
from renewals.queries.weeks import last_week
from tenants.models import Tenant

# How far back decided deals tell something about those to come.
REMEMBERED = timedelta(days=3 * 365)

_TODAY = """
    SELECT r.id, r.account_id, r.owner_id, a.tier, a.segment, r.stage, a.band,
        r.ends_on, r.decides_on, r.amount, r.currency,
        r.noticed_on IS NOT NULL AS is_noticed
    FROM renewals_renewal r
    JOIN accounts_account a ON a.tenant_id = r.tenant_id AND a.id = r.account_id
    WHERE r.tenant_id = %(tenant)s
        AND (r.stopped_at IS NULL OR r.stage IN ('renewed', 'lost'))
"""
_THEN = """
    SELECT r.id, r.account_id, v.owner_id, v.tier, v.segment,
        coalesce(s.stage, 'upcoming') AS stage, coalesce(h.band, 'unknown') AS band,
        v.ends_on, v.decides_on, v.amount, v.currency, v.is_noticed
    FROM renewals_renewal r
    JOIN LATERAL (
        SELECT v.* FROM renewals_renewalversion v
        WHERE v.tenant_id = r.tenant_id AND v.renewal_id = r.id AND v.at < %(at)s
        ORDER BY v.at DESC, v.created_at DESC LIMIT 1
    ) v ON true
    LEFT JOIN LATERAL (
        SELECT c.stage FROM renewals_stagechange c
        WHERE c.tenant_id = r.tenant_id AND c.renewal_id = r.id AND c.at < %(at)s
        ORDER BY c.at DESC, c.id DESC LIMIT 1
    ) s ON true
    LEFT JOIN LATERAL (
        SELECT h.band FROM health_snapshot h
        WHERE h.tenant_id = r.tenant_id AND h.account_id = r.account_id
            AND h.day < %(on)s
        ORDER BY h.day DESC LIMIT 1
    ) h ON true
    WHERE r.tenant_id = %(tenant)s
        AND (NOT v.is_stopped OR s.stage IN ('renewed', 'lost'))
        AND (r.decides_on >= %(since)s OR NOT EXISTS (
            SELECT 1 FROM renewals_outcome o WHERE o.tenant_id = r.tenant_id
                AND o.renewal_id = r.id AND o.decided_on < %(since)s
        ))
"""
# What was decided in a quarter that no forecast looks at any more is not read.
_DEALS = """
WITH known AS ({known}), calls AS (
    SELECT DISTINCT ON (renewal_id, level) renewal_id, level, category, amount
    FROM renewals_forecastcall WHERE tenant_id = %(tenant)s AND at < %(at)s
    ORDER BY renewal_id, level, at DESC, id DESC
)
SELECT k.*, csm.category, csm.amount, lead.category, lead.amount,
    o.result, o.amount, o.decided_on
FROM known k
LEFT JOIN renewals_outcome o ON o.tenant_id = %(tenant)s AND o.renewal_id = k.id
    AND o.decided_at < %(at)s
LEFT JOIN calls csm ON csm.renewal_id = k.id AND csm.level = 'csm'
LEFT JOIN calls lead ON lead.renewal_id = k.id AND lead.level = 'lead'
WHERE CASE WHEN o.id IS NULL THEN k.stage NOT IN ('renewed', 'lost')
    ELSE greatest(k.decides_on, o.decided_on) >= %(since)s END
ORDER BY k.id
"""
_HISTORY = """
WITH decided AS (
    SELECT o.renewal_id, o.result, o.decided_at, r.account_id, r.entered_on
    FROM renewals_outcome o
    JOIN renewals_renewal r ON r.tenant_id = o.tenant_id AND r.id = o.renewal_id
    WHERE o.tenant_id = %(tenant)s AND o.decided_at < %(at)s
        AND o.decided_at >= %(since)s
), stood AS (
    SELECT d.renewal_id, d.account_id, d.result, c.stage,
        (min(c.at) AT TIME ZONE %(zone)s)::date AS on_day
    FROM decided d
    JOIN renewals_stagechange c ON c.tenant_id = %(tenant)s
        AND c.renewal_id = d.renewal_id AND c.at < d.decided_at
        AND c.stage IN ('preparation', 'initiation', 'negotiation', 'approval')
    GROUP BY d.renewal_id, d.account_id, d.result, c.stage
    UNION ALL
    SELECT renewal_id, account_id, result, 'upcoming', entered_on FROM decided
)
SELECT s.stage, coalesce(h.band, 'unknown'),
    count(*) FILTER (WHERE s.result = 'renewed'), count(*)
FROM stood s
LEFT JOIN LATERAL (
    SELECT h.band FROM health_snapshot h
    WHERE h.tenant_id = %(tenant)s AND h.account_id = s.account_id
        AND h.day <= s.on_day
    ORDER BY h.day DESC LIMIT 1
) h ON true
GROUP BY 1, 2
UNION ALL
SELECT 'notice', 'given', count(*) FILTER (WHERE d.result = 'renewed'), count(*)
FROM decided d
WHERE EXISTS (
    SELECT 1 FROM renewals_renewalversion v
    WHERE v.tenant_id = %(tenant)s AND v.renewal_id = d.renewal_id
        AND v.is_noticed AND v.at < d.decided_at
)
HAVING count(*) > 0
"""


@dataclass(frozen=True)
class Ground:
    """All that a forecast goes by besides the deals: the day, the rates, the history."""

    tenant: Tenant
    # Known: what happened before this instant; the day counts as not over yet.
    at: datetime
    on: date
    rates: dict[str, Decimal]
    history: dict[str, dict[str, list[int]]]

    @property
    def since(self) -> date:
        """The first day of what is looked at: the quarter before that of the day."""
        return quarter_of(self.on).before.first

    @cached_property
    def chances(self) -> dict[tuple[str, str, bool], Decimal]:
        """The probability of each stage and colour, without a notice and with one."""
        return {
            (stage, band, told): odds(
                stage, band, self.history, is_noticed=told
            ).probability
            for stage, bands in SHIPPED.items()
            for band in bands
            for told in (False, True)
        }


def monday_ground(tenant: Tenant, monday: date) -> Ground:
    """What was known when that day began in the workspace."""
    at = clock.start_of(monday, tenant.timezone)
    return Ground(tenant, at, monday, rates_on(monday), history_at(tenant, at))


def present_ground(tenant: Tenant, at: datetime) -> Ground:
    """What is known now. The history is that of the last written week, so that figures
    of a week differ by its deals alone; reckoned where there is none."""
    on = clock.day_of(at, tenant.timezone)
    week = last_week(by=on)
    history = week.history if week else history_at(tenant, at)
    # What is being said in this very instant counts.
    until = at + timedelta(microseconds=1)
    return Ground(tenant, until, on, rates_on(on), history)


def history_at(tenant: Tenant, at: datetime) -> dict[str, dict[str, list[int]]]:
    """How often deals were renewed that had come into a stage in a colour, by then.

    {stage: {band: [renewed, all]}}; each deal counts once in every stage it came into,
    in the colour of that day. Of the last three years. Those whose notice was known of
    before it was decided are a row of their own, beside.
    """
    found: dict[str, dict[str, list[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _HISTORY,
            {
                "tenant": tenant.pk,
                "at": at,
                "since": at - REMEMBERED,
                "zone": tenant.timezone,
            },
        )
        for stage, band, renewed, of in cursor.fetchall():
            found.setdefault(stage, {})[band] = [renewed, of]
    return found


def deals_then(ground: Ground) -> list[Deal]:
    """The deals as known at an instant of the past. One query."""
    return _deals(ground, _THEN)


def deals_now(ground: Ground) -> list[Deal]:
    """The deals as the rows say now: what `deals_then` will say of this instant, as
    soon as the versions are kept, but read faster. One query."""
    return _deals(ground, _TODAY)


def _deals(ground, known):
    with connection.cursor() as cursor:
        cursor.execute(
            _DEALS.format(known=known),
            {
                "tenant": ground.tenant.pk,
                "at": ground.at,
                "on": ground.on,
                "since": ground.since,
            },
        )
        return [_deal(row, ground) for row in cursor.fetchall()]


def _deal(row, ground):
    (
        pk, account, owner, tier, segment, stage, band, ends_on, decides_on,
        amount, currency, is_noticed, csm, csm_amount, lead, lead_amount,
        result, result_amount, decided_on,
    ) = row  # fmt: skip
    return Deal(
        renewal_id=pk,
        account_id=account,
        owner_id=owner,
        tier=tier,
        segment=segment,
        stage=stage,
        band=band,
        ends_on=ends_on,
        decides_on=decides_on,
        placed_on=placed_on(decides_on, decided_on=decided_on, on=ground.on),
        amount=amount,
        currency=currency,
        rate=ground.rates.get(currency),
        probability=_probability((stage, band, is_noticed), result, ground),
        csm=Call(csm, csm_amount) if csm else None,
        lead=Call(lead, lead_amount) if lead else None,
        result=result or "",
        result_amount=result_amount,
        decided_on=decided_on,
        is_noticed=is_noticed,
    )


def _probability(cell, result, ground):
    if result:
        return Decimal(result == "renewed")
    return ground.chances[cell]
