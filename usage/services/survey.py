"""What a claim holds, found out in one reading of its messages."""

from dataclasses import dataclass

from django.db import connection
from psycopg2 import sql

from tenants.scoping import current_tenant_id
from usage.queries.attribution import FEATURE_NAME, parameters

# Three groupings at once, of which each row is of one: kinds, names, group ids.
_SURVEY = """
    SELECT e.kind, e.feature, e.group_ref, min(e.occurred_at), max(e.occurred_at)
    FROM (
        SELECT e.kind, e.group_ref, e.occurred_at,
               CASE WHEN e.kind IN %(kinds)s THEN {feature_name} END AS feature
        FROM usage_event e
        WHERE e.tenant_id = %(tenant)s AND e.batch_id = ANY(%(batches)s::uuid[])
    ) e
    GROUP BY GROUPING SETS ((e.kind), (e.feature), (e.group_ref))
"""


@dataclass(frozen=True)
class Survey:
    """The claim as parameters (its bounds in time spare looking into other months),
    and what it names.
    """

    claim: dict
    kinds: frozenset[str]
    features: list[str]
    groups: list[str]

    @property
    def tells_who(self) -> bool:
        """Whether anything in it says who somebody is or where they belong."""
        return not self.kinds.isdisjoint({"identify", "alias", "group"})


def survey(batches: list[str]) -> Survey | None:
    """Read the messages of these batches once; None when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(_SURVEY).format(feature_name=FEATURE_NAME),
            parameters(current_tenant_id(), batches=batches),
        )
        rows = cursor.fetchall()
    kinds = {kind: bounds for kind, _, _, *bounds in rows if kind}
    if not kinds:
        return None
    return Survey(
        claim={
            "batches": batches,
            "first": min(first for first, _ in kinds.values()),
            "last": max(last for _, last in kinds.values()),
        },
        kinds=frozenset(kinds),
        features=sorted(name for _, name, *_ in rows if name),
        groups=sorted(ref for _, _, ref, *_ in rows if ref),
    )
