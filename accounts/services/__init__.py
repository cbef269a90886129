from accounts.services.calendar import keep_business_decisions, set_calendar
from accounts.services.contracts import (
    add_credit,
    change_contract,
    co_term,
    give_notice,
    move_resumption,
    pause_contract,
    remove_change,
    remove_credit,
    remove_pause,
    renew_early,
    resume_contract,
    roll_over,
    withdraw_notice,
)
from accounts.services.kinds import (
    ACCOUNTS,
    CONTACTS,
    CONTRACTS,
    INVOICES,
    KINDS,
    NOTES,
    TICKETS,
    Kind,
)
from accounts.services.planning import Change
from accounts.services.rates import set_rate
from accounts.services.removing import archive_account, delete_fact
from accounts.services.requests import ask_for_feature, vote_for, withdraw_vote
from accounts.services.revenue import refresh_mrr
from accounts.services.saving import preview_items, save_item, save_items
from accounts.services.touch import touch

__all__ = [
    "ACCOUNTS",
    "CONTACTS",
    "CONTRACTS",
    "INVOICES",
    "KINDS",
    "NOTES",
    "TICKETS",
    "Change",
    "Kind",
    "add_credit",
    "archive_account",
    "ask_for_feature",
    "change_contract",
    "co_term",
    "delete_fact",
    "give_notice",
    "move_resumption",
    "keep_business_decisions",
    "pause_contract",
    "preview_items",
    "refresh_mrr",
    "remove_change",
    "remove_credit",
    "remove_pause",
    "renew_early",
    "resume_contract",
    "roll_over",
    "save_item",
    "save_items",
    "set_calendar",
    "set_rate",
    "touch",
    "vote_for",
    "withdraw_notice",
    "withdraw_vote",
]
