from accounts.queries.access import (
    account_or_404,
    decided_within,
    may_see,
    may_work,
    sees_all,
    visible_accounts,
    workable_account_or_404,
)
from accounts.queries.calendar import DayNote, calendar, note_on
from accounts.queries.contracts import (
    course_of,
    courses,
    foreseen,
    mrr_at_end,
    rises,
)
from accounts.queries.money import known_currencies, rates_on, today
from accounts.queries.timeline import timeline

__all__ = [
    "DayNote",
    "note_on",
    "account_or_404",
    "calendar",
    "course_of",
    "courses",
    "decided_within",
    "foreseen",
    "known_currencies",
    "may_see",
    "may_work",
    "mrr_at_end",
    "rates_on",
    "rises",
    "sees_all",
    "timeline",
    "today",
    "visible_accounts",
    "workable_account_or_404",
]
