"""What is foretold of one deal: by the history of the workspace, and by people."""

from datetime import datetime

from renewals.forecasting.odds import Odds, odds
from renewals.models import ForecastCall, Level, Renewal
from renewals.queries.reckoning import history_at
from renewals.queries.weeks import last_week
from tenants.models import Role, Tenant


def levels_of(membership) -> list[str]:
    """As whom this member may call the deals they may change.

    The final call is that of a lead or an admin, who may also call as CSM: their own
    deals, or those of one who is away.
    """
    if membership.role in (Role.LEAD, Role.ADMIN):
        return [Level.LEAD, Level.CSM]
    return [Level.CSM] if membership.role in (Role.CSM, Role.OPS) else []


def calls_of(renewal: Renewal) -> list[ForecastCall]:
    """All that was said, the newest first. One query."""
    calls = ForecastCall.objects.filter(renewal=renewal).select_related("by")
    return list(calls.order_by("-at", "-id"))


def odds_of(renewal: Renewal, tenant: Tenant, at: datetime) -> Odds | None:
    """The automatic forecast of an open deal and what it was made of."""
    if not renewal.is_open:
        return None
    week = last_week()
    history = week.history if week else history_at(tenant, at)
    is_noticed = renewal.noticed_on is not None
    return odds(renewal.stage, renewal.account.band, history, is_noticed=is_noticed)
