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
    as_they_run,
    course_of,
    courses,
    foreseen,
    mrr_at_end,
    rises,
)
from accounts.queries.life import Life, life
from accounts.queries.money import known_currencies, rates_on, today
from accounts.queries.timeline import timeline

__all__ = [
    "DayNote",
    "note_on",
    "Life",
    "account_or_404",
    "calendar",
    "as_they_run",
    "course_of",
    "courses",
    "decided_within",
    "foreseen",
    "known_currencies",
    "life",
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
