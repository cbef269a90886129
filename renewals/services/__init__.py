from renewals.services.closing import AlreadyDecided, close_renewal
from renewals.services.deciding import Decision
from renewals.services.explaining import (
    StaleExplanation,
    correct_reason,
    problems_of,
)
from renewals.services.feeds import make_feed, mark_used, revoke_feed
from renewals.services.firing import fire_reminders, remind_tenant
from renewals.services.forecasting import call_renewal, take_forecast, take_forecasts
from renewals.services.ladders import set_ladders
from renewals.services.letters import keep_template, keep_wording
from renewals.services.moving import (
    GapsRemain,
    StaleMove,
    StalePlan,
    change_plan,
    move_renewal,
)
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
from renewals.services.opportunities import (
    Muted,
    StaleOpportunity,
    change_opportunity,
    close_opportunity,
    hand_to_sales,
    move_opportunity,
    open_opportunity,
    remind_of_trials,
)
from renewals.services.risking import close_risk, plan_risk
from renewals.services.ruling import StageSaid, set_rules
from renewals.services.signals import dismiss_signal, enter_signal, find_signals
from renewals.services.standard import walk_standard_path
from renewals.services.syncing import sync_renewals
from renewals.services.ticking import NoSuchItem, tick_item, untick_item
from renewals.services.versions import keep_versions

__all__ = [
    "AlreadyDecided",
    "Decision",
    "EmptyOffer",
    "GapsRemain",
    "Muted",
    "NoSuchItem",
    "StageSaid",
    "StaleExplanation",
    "StaleMove",
    "StaleOffer",
    "StaleOpportunity",
    "StalePlan",
    "answer_offer",
    "call_renewal",
    "change_offer",
    "change_opportunity",
    "change_plan",
    "close_opportunity",
    "close_renewal",
    "close_risk",
    "correct_reason",
    "discard_offer",
    "dismiss_signal",
    "draft_offer",
    "enter_signal",
    "find_signals",
    "fire_reminders",
    "hand_to_sales",
    "keep_template",
    "keep_versions",
    "keep_wording",
    "lines_of",
    "make_feed",
    "mark_used",
    "move_opportunity",
    "move_renewal",
    "open_opportunity",
    "plan_risk",
    "problems_of",
    "remind_of_trials",
    "remind_tenant",
    "revoke_feed",
    "send_offer",
    "set_ladders",
    "set_rules",
    "sync_renewals",
    "take_forecast",
    "take_forecasts",
    "tick_item",
    "untick_item",
    "walk_standard_path",
]
