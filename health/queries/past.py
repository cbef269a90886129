"""Where scores stood before: what a new one is compared with."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection

from health.queries.moments import Moment
from health.queries.slices import array_of
from health.scoring import noise

WEEK = 7
# How much an account usually swings is learned again on one day of four weeks, each
# account on its own: reading half a year of its scores every night would cost more
# than scoring it.
LEARNED_EVERY = 28
# Half a year of moves over four weeks, the newest four left out, a missing day looked
# past for six.
MEMORY = timedelta(days=182 + 28 + 28 + 6)


NOTHING = (None, None, None, None)


class Past(NamedTuple):
    """The newest scores of the weeks that end 7 and 28 days ago; None: there is none."""

    score_7: int | None
    score_28: int | None
    noise_7: int
    noise_28: int

    def gained(self, score: int | None, days: int) -> int | None:
        """Points against so many days ago."""
        before = self.score_7 if days == WEEK else self.score_28
        return None if score is None or before is None else score - before


def pasts(ids: list[str], moment: Moment) -> list[Past]:
    """What is known of the scores of each account before a day, in their order."""
    due = [pk for pk in ids if _is_due(pk, moment.day)]
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, _parameters(ids, moment))
        before = {row[0]: row[1:] for row in cursor.fetchall()}
    unlearned = (noise({}, moment.day, 7), noise({}, moment.day, 28))
    learned = _learned(due, moment)
    found = []
    for pk in ids:
        score_7, score_28, noise_7, noise_28 = before.get(pk, NOTHING)
        if pk in learned:
            noise_7, noise_28 = learned[pk]
        elif noise_7 is None or noise_28 is None:
            noise_7, noise_28 = unlearned
        found.append(Past(score_7, score_28, noise_7, noise_28))
    return found


def _is_due(pk: str, day: date) -> bool:
    return int(pk[-4:], 16) % LEARNED_EVERY == day.toordinal() % LEARNED_EVERY


def _learned(ids: list[str], moment: Moment) -> dict[str, tuple[int, int]]:
    """How much accounts swing in a week and in four, by their own history."""
    histories: dict[str, dict[date, int]] = {pk: {} for pk in ids}
    with connection.cursor() as cursor:
        cursor.execute(
            HISTORY, _parameters(ids, moment) | {"since": moment.day - MEMORY}
        )
        for pk, day, score in cursor.fetchall():
            histories[pk][day] = score
    return {
        pk: (noise(scores, moment.day, 7), noise(scores, moment.day, 28))
        for pk, scores in histories.items()
    }


def _parameters(ids: list[str], moment: Moment) -> dict:
    on = moment.day
    return {
        "tenant": moment.tenant.pk,
        "accounts": array_of(ids),
        "on": on,
        "first_7": on - timedelta(days=13),
        "last_7": on - timedelta(days=7),
        "first_28": on - timedelta(days=34),
        "last_28": on - timedelta(days=28),
    }


# Probes of the key, each of which ends at the first row: the rows are wide.
BEFORE = """
SELECT a.id::text,
       (SELECT score FROM health_snapshot
         WHERE tenant_id = %(tenant)s AND account_id = a.id AND score IS NOT NULL
           AND day BETWEEN %(first_7)s AND %(last_7)s ORDER BY day DESC LIMIT 1),
       (SELECT score FROM health_snapshot
         WHERE tenant_id = %(tenant)s AND account_id = a.id AND score IS NOT NULL
           AND day BETWEEN %(first_28)s AND %(last_28)s ORDER BY day DESC LIMIT 1),
       swing.noise_7d, swing.noise_28d
  FROM accounts_account a
  LEFT JOIN LATERAL (
    SELECT noise_7d, noise_28d FROM health_snapshot
     WHERE tenant_id = %(tenant)s AND account_id = a.id
       AND day >= %(last_7)s AND day < %(on)s
     ORDER BY day DESC LIMIT 1
  ) AS swing ON true
 WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(accounts)s::uuid[])
"""
HISTORY = """
SELECT account_id::text, day, score FROM health_snapshot
 WHERE tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])
   AND day >= %(since)s AND day < %(on)s AND score IS NOT NULL
"""
