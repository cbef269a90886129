"""Who contradicts whom, of each account: kept by workers, soon after it was scored.

An account is compared once more whenever it was scored again (a changed fact, a CSM's
sentiment, the night) and after the learned model has judged everybody.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from accounts.models import Account
from accounts.queries import today
from cs_platform.lib import clock
from health.models import Comparison, Contradiction
from health.queries.disagreements import speakers
from health.queries.learning import settled
from health.scoring.disagreement import STRONG
from tenants.scoping import current_tenant_id

SLICE = 2000
# A score of the day before yesterday contradicts nobody.
FRESH = timedelta(days=1)
# An older judgement of a CSM is no longer one.
JUDGED = timedelta(days=180)


def compare_accounts(*, limit: int = SLICE) -> bool:
    """Compare the next accounts that were scored; False: nothing is left.

    What is found and how far it got commit together, in the transaction of the scope.
    """
    Comparison.objects.get_or_create()
    at = Comparison.objects.select_for_update(skip_locked=True).first()
    if at is None:
        return False
    accounts = Account.objects.filter(_after(at), scored_at__lte=settled())
    in_order = accounts.order_by("scored_at", "pk").values_list("pk", "scored_at")
    found = list(in_order[:limit])
    if found:
        _compare([pk for pk, _ in found])
        at.through = found[-1][1]
    at.reached = found[-1][0] if len(found) == limit else None
    at.save(update_fields=["through", "reached"])
    return at.reached is not None


def compare_anew() -> None:
    """Let everybody be compared once more."""
    Comparison.objects.update(through=None, reached=None)


def _after(at: Comparison) -> Q:
    if at.through is None:
        return Q(scored_at__isnull=False)
    later = Q(scored_at__gt=at.through)
    if at.reached is None:
        return later
    return later | Q(scored_at=at.through, pk__gt=at.reached)


def _compare(account_ids: list[UUID]) -> None:
    """Write anew who contradicts whom, of these accounts."""
    Contradiction.objects.filter(account__in=account_ids).delete()
    said = speakers()
    if not said:
        return
    with connection.cursor() as cursor:
        cursor.execute(SQL, _parameters(account_ids, said))


def _parameters(account_ids, said) -> dict[str, Any]:
    cards, keys, sides = zip(*said, strict=True)
    return {
        "tenant": current_tenant_id(),
        "accounts": [str(pk) for pk in account_ids],
        "cards": list(cards),
        "keys": list(keys),
        "sides": list(sides),
        "since": today() - FRESH,
        "judged": clock.now() - JUDGED,
        "strong": STRONG,
    }


SQL = """
WITH sides AS (
  SELECT * FROM unnest(%(cards)s::uuid[], %(keys)s::text[], %(sides)s::text[])
      AS s (card, key, side)
), newest AS (
  SELECT DISTINCT ON (account_id) account_id, scorecard_id, measures
    FROM health_snapshot
   WHERE tenant_id = %(tenant)s AND day >= %(since)s
     AND account_id = ANY(%(accounts)s::uuid[])
   ORDER BY account_id, day DESC
), said AS (
  SELECT n.account_id, s.side,
         100 * sum(greatest(0, least(1, m.share)) * m.worth) / sum(m.worth) AS value
    FROM newest n
   CROSS JOIN LATERAL (
     SELECT coalesce(m ->> 0, m ->> 'key') AS key,
            coalesce(m ->> 1, m ->> 'state') AS state,
            coalesce(m ->> 6, m ->> 'share')::float8 AS share,
            coalesce(m ->> 3, m ->> 'worth')::float8 AS worth
       FROM jsonb_array_elements(n.measures) AS kept (m)
   ) AS m
    JOIN sides s ON s.card = n.scorecard_id AND s.key = m.key
   WHERE m.state <> 'missing' AND m.worth > 0
   GROUP BY 1, 2
  UNION ALL
  SELECT * FROM (
    SELECT DISTINCT ON (account_id) account_id, 'sentiment', 25.0 * (level - 1)
      FROM health_sentiment
     WHERE tenant_id = %(tenant)s AND at >= %(judged)s
       AND account_id = ANY(%(accounts)s::uuid[])
     ORDER BY account_id, at DESC, id DESC
  ) AS judged
  UNION ALL
  SELECT * FROM (
    SELECT DISTINCT ON (account_id) account_id, 'model', 100 * (1 - probability)
      FROM health_risk
     WHERE tenant_id = %(tenant)s AND day >= %(since)s
       AND account_id = ANY(%(accounts)s::uuid[])
     ORDER BY account_id, day DESC
  ) AS foreseen
)
INSERT INTO health_contradiction (tenant_id, account_id, spread, said)
SELECT %(tenant)s, account_id, max(value) - min(value),
       jsonb_object_agg(side, round(value::numeric, 1))
  FROM said GROUP BY account_id
HAVING count(*) > 1 AND max(value) - min(value) >= %(strong)s
"""
