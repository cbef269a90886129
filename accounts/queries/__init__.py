from accounts.queries.access import (
    account_or_404,
    decided_within,
    may_see,
    may_work,
    sees_all,
    visible_accounts,
    workable_account_or_404,
)
from accounts.queries.calendar import calendar
from accounts.queries.money import known_currencies, rates_on, today
from accounts.queries.timeline import timeline

__all__ = [
    "account_or_404",
    "calendar",
    "decided_within",
    "known_currencies",
    "may_see",
    "may_work",
    "rates_on",
    "sees_all",
    "timeline",
    "today",
    "visible_accounts",
    "workable_account_or_404",
]
