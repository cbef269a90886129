"""The latest answer of each person, added up where the answers are: one statement."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F
from psycopg2 import sql

from nps import numbers
from nps.models import Kind
from nps.numbers import Nps
from nps.queries.answers import NOBODY, Choice, answers

COLUMNS = ("whose", "tier", "segment", "owner", "mrr", "roles")
CELLS = ("score", "tier", "segment", "owner", "roles", "plan")
# Answers by score: of all, of each group as it is today, of each set of roles and of each
# plan in force (who has two counts in both); and what the money of the accounts says,
# each counted once, shared by those of it who answered.
STATEMENT = sql.SQL("""
WITH latest AS MATERIALIZED ({inner}),
named AS (
    SELECT score, array_to_string(roles, ',') AS roles,
        CASE WHEN whose IS NOT NULL THEN coalesce(nullif(tier, ''), {nobody}) END
            AS tier,
        CASE WHEN whose IS NOT NULL THEN coalesce(nullif(segment, ''), {nobody}) END
            AS segment,
        CASE WHEN whose IS NOT NULL THEN coalesce(owner::text, {nobody}) END AS owner
    FROM latest
),
planned AS (
    SELECT DISTINCT latest.id, score, coalesce(nullif(plan, ''), {nobody}) AS plan
    FROM latest LEFT JOIN accounts_contract AS contract
        ON contract.tenant_id = %(tenant)s AND contract.account_id = latest.whose
        AND contract.starts_on <= %(on)s
        AND (contract.ends_on IS NULL OR contract.ends_on > %(on)s)
    WHERE latest.whose IS NOT NULL
),
paying AS (
    SELECT mrr, count(*) AS n,
        count(*) FILTER (WHERE score >= {promoter}) AS promoter,
        count(*) FILTER (WHERE score < {passive}) AS detractor
    FROM latest WHERE mrr > 0 GROUP BY whose, mrr
)
SELECT CASE WHEN grouping(tier) = 0 THEN 'tier' WHEN grouping(segment) = 0 THEN 'segment'
        WHEN grouping(owner) = 0 THEN 'owner' WHEN grouping(roles) = 0 THEN 'roles'
        ELSE 'score' END,
    coalesce(tier, segment, owner, roles), score, count(*)
FROM named
GROUP BY GROUPING SETS
    ((score), (tier, score), (segment, score), (owner, score), (roles, score))
UNION ALL
SELECT 'plan', plan, score, count(*) FROM planned GROUP BY plan, score
UNION ALL
SELECT 'money', share.name, NULL, share.value
FROM (
    SELECT sum(promoter) AS promoter, sum(detractor) AS detractor, sum(n) AS every,
        sum(mrr * promoter / n) AS of_promoters, sum(mrr * detractor / n) AS of_detractors,
        sum(mrr) AS of_every, sum(mrr * mrr / n) AS squares
    FROM paying
) AS summed, LATERAL (VALUES
    ('promoter', promoter), ('detractor', detractor), ('every', every),
    ('of promoters', of_promoters), ('of detractors', of_detractors),
    ('of every', of_every), ('squares', squares)
) AS share (name, value)
""")


@dataclass
class Voices:
    """How many gave which score, of all and of each group; and what their money says."""

    # By name of the group ("score" is all of them), by its key: by score, how many.
    cells: dict[str, dict] = field(default_factory=dict)
    money: dict[str, float] = field(default_factory=dict)

    @cached_property
    def nps(self) -> Nps:
        return numbers.tally(self.cells["score"].get(None, {}))

    @cached_property
    def by_mrr(self) -> Nps:
        """Each account counts its MRR once, shared by those of it who answered."""
        names = ("promoter", "detractor", "every")
        counts = [int(self.money.get(name, 0)) for name in names]
        names = ("of promoters", "of detractors", "of every")
        weights = [self.money.get(name, 0.0) for name in names]
        return numbers.weighed(
            _kinds(*counts), _kinds(*weights), self.money.get("squares", 0.0)
        )

    @cached_property
    def by_role(self) -> Nps:
        """A decision maker counts three times, a champion twice."""
        counts: Counter[str] = Counter()
        weights: dict[str, float] = defaultdict(float)
        squares = 0.0
        for roles, scores in self.cells["roles"].items():
            weight = numbers.role_weight(roles)
            for score, n in scores.items():
                kind = numbers.kind_of(score)
                counts[kind] += n
                weights[kind] += weight * n
                squares += weight**2 * n
        return numbers.weighed(counts, weights, squares)

    def grouped(self, name: str) -> dict:
        """By role, plan, or what its account says: tier, segment, owner.

        Who has several roles or plans counts in each of them.
        """
        found: dict = defaultdict(Counter)
        for key, scores in self.cells["roles" if name == "role" else name].items():
            for one in (key or (NOBODY,)) if name == "role" else (key,):
                found[one].update(scores)
        return {key: numbers.tally(scores) for key, scores in found.items()}

    @property
    def scores(self) -> list[int]:
        """How many gave 0, 1 … 10."""
        given = self.cells["score"].get(None, {})
        return [given.get(score, 0) for score in range(11)]


def voices(membership, choice: Choice, *, on: date) -> Voices:
    """What NPS is made of, and its groups as they are on a day: one query."""
    rows = (
        latest(membership, choice, on=on)
        .annotate(
            tier=F("account__tier"),
            segment=F("account__segment"),
            owner=F("account__owner"),
            mrr=F("account__mrr"),
            roles=F("contact__roles"),
            whose=F("account_id"),
        )
        .values("id", "score", *COLUMNS)
    )
    cells: dict = {name: defaultdict(Counter) for name in CELLS}
    money: dict[str, float] = {}
    for name, key, score, n in _fetched(rows, membership.tenant.pk, on):
        if name == "money":
            money[key] = float(n or 0)
        elif name == "score":
            cells[name][None][score] = int(n)
        elif name == "roles":
            cells[name][tuple(key.split(",")) if key else ()][score] += int(n)
        elif key is not None:
            cells[name][key][score] = int(n)
    return Voices(cells, money)


def latest(membership, choice: Choice, *, on: date):
    """The NPS answers that are meant, the latest of each person."""
    chosen = replace(choice, kind=Kind.NPS, latest=True)
    return answers(membership, chosen, on=on).order_by()


def _fetched(rows, tenant_id, on) -> list[tuple]:
    try:
        text, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    names = {f"p{n}": value for n, value in enumerate(parameters)}
    inner = sql.SQL(text % tuple(f"%({name})s" for name in names))
    statement = STATEMENT.format(
        inner=inner,
        nobody=sql.Literal(NOBODY),
        promoter=sql.Literal(numbers.PROMOTER_FROM),
        passive=sql.Literal(numbers.PASSIVE_FROM),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, names | {"tenant": tenant_id, "on": on})
        return cursor.fetchall()


def _kinds(promoters, detractors, every) -> dict:
    return {
        numbers.PROMOTER: promoters,
        numbers.PASSIVE: every - promoters - detractors,
        numbers.DETRACTOR: detractors,
    }
