from renewals.services.closing import AlreadyDecided, close_renewal
from renewals.services.deciding import Decision
from renewals.services.explaining import (
    StaleExplanation,
    correct_reason,
    problems_of,
)
from renewals.services.firing import fire_reminders, remind_tenant
from renewals.services.ladders import set_ladders
from renewals.services.moving import StaleMove, change_plan, move_renewal
from renewals.services.syncing import sync_renewals

__all__ = [
    "AlreadyDecided",
    "Decision",
    "StaleExplanation",
    "StaleMove",
    "change_plan",
    "close_renewal",
    "correct_reason",
    "fire_reminders",
    "move_renewal",
    "problems_of",
    "remind_tenant",
    "set_ladders",
    "sync_renewals",
]
