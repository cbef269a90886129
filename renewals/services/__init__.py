from renewals.services.closing import AlreadyDecided, close_renewal
from renewals.services.deciding import Decision
from renewals.services.explaining import (
    StaleExplanation,
    correct_reason,
    problems_of,
)
from renewals.services.firing import fire_reminders, remind_tenant
from renewals.services.forecasting import call_renewal, take_forecast, take_forecasts
from renewals.services.ladders import set_ladders
from renewals.services.letters import keep_template, keep_wording
from renewals.services.moving import StaleMove, change_plan, move_renewal
from renewals.services.offers import (
    EmptyOffer,
    StaleOffer,
    answer_offer,
    change_offer,
    discard_offer,
    draft_offer,
    lines_of,
    send_offer,
)
from renewals.services.syncing import sync_renewals
from renewals.services.versions import keep_versions

__all__ = [
    "EmptyOffer",
    "StaleOffer",
    "answer_offer",
    "change_offer",
    "discard_offer",
    "draft_offer",
    "keep_template",
    "keep_wording",
    "lines_of",
    "send_offer",
    "AlreadyDecided",
    "Decision",
    "StaleExplanation",
    "StaleMove",
    "call_renewal",
    "change_plan",
    "close_renewal",
    "correct_reason",
    "fire_reminders",
    "keep_versions",
    "move_renewal",
    "problems_of",
    "remind_tenant",
    "set_ladders",
    "sync_renewals",
    "take_forecast",
    "take_forecasts",
]
