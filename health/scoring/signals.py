"""What a measure reads: one small function each. None: there is nothing to read."""

from collections.abc import Callable

from health.scoring.facts import Facts
from health.scoring.reading import Value


def login_days(facts: Facts) -> Value | None:
    # An account never heard of is not known to be silent: its events may come under
    # another name.
    if facts.usage_days is None:
        return None
    return Value(facts.usage_days, facts.usage_as_of, is_stale=facts.is_usage_stale)


def seat_use(facts: Facts) -> Value | None:
    """People active in the window for each seat bought; may pass 1."""
    if facts.usage_days is None or not facts.seats:
        return None
    return Value(
        facts.active_users / facts.seats,
        facts.usage_as_of,
        is_stale=facts.is_usage_stale,
        detail={"users": facts.active_users, "seats": facts.seats},
    )


def critical_tickets(facts: Facts) -> Value | None:
    # No ticket is good news only from a customer we hear of at all.
    if not facts.is_anything_known:
        return None
    if facts.critical_since is None:
        return Value(0, facts.tickets_as_of)
    return Value(
        facts.critical_open,
        facts.tickets_as_of,
        age=facts.at - facts.critical_since,
        detail={"since": facts.critical_since.isoformat()},
    )


def nps(facts: Facts) -> Value | None:
    if facts.nps is None:
        return None
    return Value(facts.nps, facts.nps_at)


def payments(facts: Facts) -> Value | None:
    """How many bills were late. A bill not yet due says nothing."""
    if not facts.bills:
        return None
    return Value(facts.bills_late, facts.bills_as_of, detail={"bills": facts.bills})


SIGNALS: dict[str, Callable[[Facts], Value | None]] = {
    "login_days": login_days,
    "seat_use": seat_use,
    "critical_tickets": critical_tickets,
    "nps": nps,
    "payments": payments,
}
