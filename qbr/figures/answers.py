"""What people answered, in figures."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

PROMOTER, DETRACTOR = 9, 6


def latest(answers: Iterable) -> list:
    """Of each person only the first of these answers; of nobody known, each.

    The newest are given first.
    """
    found, seen = [], set()
    for one in answers:
        if one.contact_id is not None and one.contact_id in seen:
            continue
        seen.add(one.contact_id)
        found.append(one)
    return found


def nps(scores: Sequence[int]) -> Decimal | None:
    """Percent of promoters less percent of detractors; None without an answer."""
    if not scores:
        return None
    promoters = sum(score >= PROMOTER for score in scores)
    detractors = sum(score <= DETRACTOR for score in scores)
    return round(Decimal(100 * (promoters - detractors)) / len(scores), 1)
