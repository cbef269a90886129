"""What a person or a program does to a contract after it was signed."""

from accounts.services.contracts.changing import change_contract, remove_change
from accounts.services.contracts.crediting import add_credit, remove_credit
from accounts.services.contracts.ending import (
    co_term,
    give_notice,
    renew_early,
    withdraw_notice,
)
from accounts.services.contracts.pausing import (
    move_resumption,
    pause_contract,
    remove_pause,
    resume_contract,
)
from accounts.services.contracts.rolling import roll_over

__all__ = [
    "add_credit",
    "change_contract",
    "co_term",
    "give_notice",
    "move_resumption",
    "pause_contract",
    "remove_change",
    "remove_credit",
    "remove_pause",
    "renew_early",
    "resume_contract",
    "roll_over",
    "withdraw_notice",
]
