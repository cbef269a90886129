from renewals.services.closing import AlreadyDecided, close_renewal
from renewals.services.firing import fire_reminders, remind_tenant
from renewals.services.moving import StaleMove, change_plan, move_renewal
from renewals.services.syncing import sync_renewals

__all__ = [
    "AlreadyDecided",
    "StaleMove",
    "change_plan",
    "close_renewal",
    "fire_reminders",
    "move_renewal",
    "remind_tenant",
    "sync_renewals",
]
