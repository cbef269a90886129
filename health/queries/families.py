"""Families of facts: one statement each over a slice of accounts, into which signals
put their aggregates (`{columns}`). No statement reads the same table twice.

The accounts are named in every part, so that each is one range of its own index.
"""

from dataclasses import dataclass, field

OF_SLICE = "tenant_id = %(tenant)s AND account_id = ANY(%(accounts)s::uuid[])"


@dataclass(frozen=True)
class Family:
    """`{columns}` are the signals' aggregates, `{outer}` what the statement gives of them."""

    sql: str
    # What signals may ask for that is no aggregate: what is taken inside, and outside
    # (`{}`: the inner column).
    special: dict[str, tuple[str, str]] = field(default_factory=dict)


def _plain(rows: str) -> str:
    return (
        f"SELECT account_id::text, {{columns}} FROM ({rows}) AS c GROUP BY account_id"
    )


def _of_all(rows: str) -> str:
    """A row for accounts without a fact too."""
    return f"""
SELECT a.id::text, {{outer}}
  FROM accounts_account a
  LEFT JOIN (
    SELECT account_id, {{columns}} FROM {rows} GROUP BY account_id
  ) AS r ON r.account_id = a.id
 WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(accounts)s::uuid[])
"""


USAGE = Family(
    _of_all(
        f"usage_featureday WHERE {OF_SLICE} AND day BETWEEN %(since)s AND %(until)s"
    ),
    special={
        # The last day with usage, however long ago. None: no event ever.
        "last_on": (
            "max(day)",
            "coalesce({}, (SELECT max(day) FROM usage_featureday"
            " WHERE tenant_id = %(tenant)s AND account_id = a.id AND day <= %(until)s))",
        )
    },
)
# Account by account: a hash of one account's people stays in the processor's cache.
PEOPLE = Family(
    """
SELECT a.id::text, {outer}
  FROM accounts_account a
 CROSS JOIN LATERAL (
    SELECT {columns} FROM (
      SELECT user_ref, max(day) AS last_on FROM usage_userday
       WHERE tenant_id = %(tenant)s AND account_id = a.id
         AND day BETWEEN %(since)s AND %(until)s
       GROUP BY 1
    ) AS c
  ) AS r
 WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(accounts)s::uuid[])
"""
)
# For how long each person was in the product on each day; null where nobody knows.
PRESENCE = Family(
    _plain(
        "SELECT account_id, day, user_ref, bit_count(slots) * 5 AS minutes"
        f" FROM usage_userday WHERE {OF_SLICE} AND day BETWEEN %(since)s AND %(until)s"
    )
)
CONTRACTS = Family(
    _plain(f"SELECT * FROM accounts_contract WHERE {OF_SLICE} AND starts_on <= %(on)s")
)
# What was paid, and for how many seats, from when to when: contracts cut at changes.
SPANS = Family(
    _plain(f"SELECT * FROM accounts_span WHERE {OF_SLICE} AND starts_on <= %(on)s")
)
TICKETS = Family(
    _of_all(f"accounts_ticket WHERE {OF_SLICE} AND opened_at <= %(at)s"),
    special={
        # Whether a customer left any trace that says something about their health. A
        # contract alone does not: it was there before the first day.
        "is_known": (
            "true",
            """CASE WHEN {} THEN true ELSE
               EXISTS (SELECT 1 FROM usage_featureday WHERE tenant_id = %(tenant)s
                         AND account_id = a.id AND day <= %(on)s)
               OR EXISTS (SELECT 1 FROM nps_response WHERE tenant_id = %(tenant)s
                            AND account_id = a.id AND kind = 'nps'
                            AND answered_at <= %(at)s)
               OR EXISTS (SELECT 1 FROM accounts_invoice WHERE tenant_id = %(tenant)s
                            AND account_id = a.id AND issued_on <= %(on)s
                            AND CASE WHEN paid_on <= %(on)s
                                     THEN greatest(paid_on, due_on) > %(half_a_year)s
                                     ELSE due_on < %(on)s END)
               END""",
        )
    },
)
ANSWERS = Family(
    _plain(f"SELECT * FROM nps_response WHERE {OF_SLICE} AND answered_at <= %(at)s")
)
INVOICES = Family(
    _plain(
        "SELECT account_id, due_on, CASE WHEN paid_on <= %(on)s THEN paid_on END"
        f" AS paid_on FROM accounts_invoice WHERE {OF_SLICE} AND issued_on <= %(on)s"
    )
)
SENTIMENTS = Family(
    _plain(f"SELECT * FROM health_sentiment WHERE {OF_SLICE} AND at <= %(at)s")
)
# Whom we know, and the last day each was seen: a person of the product is a contact by
# the id of either, by an id that means the person, or by the e-mail the product told.
CONTACTS = Family(
    _plain(
        f"""
SELECT c.account_id, c.roles, c.created_at,
       greatest(max(p.last_on), max(w.last_on)) AS seen_on
  FROM (
    SELECT id, account_id, roles, created_at, external_id, lower(email) AS email,
           roles && ARRAY['decision_maker', 'champion']::varchar[] AS is_watched
      FROM accounts_contact WHERE {OF_SLICE} AND created_at <= %(known_by)s
  ) AS c
  LEFT JOIN usage_link l ON l.tenant_id = %(tenant)s AND l.ref = c.external_id
       AND c.is_watched
  LEFT JOIN (
    SELECT d.account_id, d.user_ref, lower(who.email) AS email, max(d.day) AS last_on
      FROM usage_userday d
      LEFT JOIN usage_person who ON who.tenant_id = %(tenant)s AND who.ref = d.user_ref
     WHERE d.tenant_id = %(tenant)s AND d.account_id = ANY(%(accounts)s::uuid[])
       AND d.day BETWEEN %(year_ago)s AND %(until)s
     GROUP BY 1, 2, 3
  ) AS p ON p.account_id = c.account_id AND c.is_watched
       AND (p.user_ref IN (c.external_id, l.person)
            OR c.email <> '' AND c.email IN (lower(p.user_ref), p.email))
  LEFT JOIN (
    SELECT account_id, contact_id,
           (max(answered_at) AT TIME ZONE %(zone)s)::date AS last_on
      FROM nps_response WHERE {OF_SLICE} AND answered_at <= %(known_by)s
     GROUP BY 1, 2
  ) AS w ON w.account_id = c.account_id AND w.contact_id = c.id AND c.is_watched
 GROUP BY c.id, c.account_id, c.roles, c.created_at
"""
    )
)

FAMILIES = {
    "usage": USAGE,
    "people": PEOPLE,
    "presence": PRESENCE,
    "contracts": CONTRACTS,
    "spans": SPANS,
    "tickets": TICKETS,
    "answers": ANSWERS,
    "invoices": INVOICES,
    "contacts": CONTACTS,
    "sentiments": SENTIMENTS,
}
