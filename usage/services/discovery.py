"""What a claim names for the first time: features, accounts, people."""

import hashlib

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Count
from django.db.models.functions import Lower
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg2 import sql

from accounts.models import Account
from accounts.services import touch
from cs_platform.lib import clock
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from usage.models import Feature, Group
from usage.queries.attribution import OTHER, parameters
from usage.queries.events import claimed
from usage.services.identities import BEGINNING
from worklist.services import open_alert

# How many features a workspace may have. Raised, it would need a recount of all usage:
# what was counted under `OTHER` is taken from there as long as its name is unknown.
MOST_FEATURES = 2000

_KNOWN_FEATURES = """
    SELECT name FROM usage_feature
    WHERE tenant_id = %(tenant)s AND name = ANY(%(names)s::text[])
"""

_KNOWN_GROUPS = """
    SELECT ref FROM usage_group
    WHERE tenant_id = %(tenant)s AND ref = ANY(%(refs)s::text[])
"""

_TOLD_NAMES = """
    SELECT DISTINCT ON (e.group_ref) e.group_ref AS ref,
           left(btrim(e.properties ->> 'name'), 200) AS name,
           e.occurred_at, e.received_at, e.message_key
    FROM ({claimed}) e
    WHERE e.kind = 'group' AND e.group_ref <> ''
      AND jsonb_typeof(e.properties -> 'name') = 'string'
      AND btrim(e.properties ->> 'name') <> ''
    ORDER BY e.group_ref, e.occurred_at DESC, e.received_at DESC, e.message_key DESC
"""

_NAMED_LATER = """
    (t.occurred_at, t.received_at, t.message_key)
      > (g.occurred_at, g.received_at, g.message_key)
"""

# A name that a person has given since is not ours to change.
_NAME_ACCOUNTS = """
    UPDATE accounts_account a SET name = t.name, updated_at = %(now)s
    FROM ({told}) t JOIN usage_group g ON g.tenant_id = %(tenant)s AND g.ref = t.ref
    WHERE a.tenant_id = %(tenant)s AND a.id = g.account_id AND a.is_discovered
      AND a.name IN (a.external_id, g.name) AND a.name <> t.name AND {later}
"""

_NAME_GROUPS = """
    UPDATE usage_group g
    SET name = t.name, occurred_at = t.occurred_at, received_at = t.received_at,
        message_key = t.message_key
    FROM ({told}) t WHERE g.tenant_id = %(tenant)s AND g.ref = t.ref AND {later}
"""

_PEOPLE = """
    INSERT INTO usage_person AS p
        (tenant_id, ref, name, email, occurred_at, received_at, message_key)
    SELECT DISTINCT ON (e.user_ref) %(tenant)s, e.user_ref,
           left(coalesce(e.properties ->> 'name', concat_ws(' ',
                e.properties ->> 'firstName', e.properties ->> 'lastName'), ''), 200),
           left(coalesce(e.properties ->> 'email', ''), 254),
           e.occurred_at, e.received_at, e.message_key
    FROM ({claimed}) e
    WHERE e.kind = 'identify' AND e.user_ref <> ''
      AND e.properties ?| ARRAY['name', 'firstName', 'lastName', 'email']
    ORDER BY e.user_ref, e.occurred_at DESC, e.received_at DESC, e.message_key DESC
    ON CONFLICT (tenant_id, ref) DO UPDATE
    SET name = coalesce(nullif(excluded.name, ''), p.name),
        email = coalesce(nullif(excluded.email, ''), p.email),
        occurred_at = excluded.occurred_at, received_at = excluded.received_at,
        message_key = excluded.message_key
    WHERE (excluded.occurred_at, excluded.received_at, excluded.message_key)
        > (p.occurred_at, p.received_at, p.message_key)
"""


def discover_features(names: list[str]) -> int:
    """Make a feature of every event name that is new, as long as there is room.

    A product has dozens; thousands of names mean that ids are written into them. The
    events of a name without a feature of its own are kept, and counted under `OTHER`,
    which is made once, with an alert. Returns how many were made.
    """
    known = _known(_KNOWN_FEATURES, names=[*names, OTHER])
    new = [name for name in names if name not in known]
    if not new:
        return 0
    room = max(0, MOST_FEATURES - Feature.objects.exclude(name=OTHER).count())
    now = clock.now()
    made = [Feature(name=name, first_seen_at=now) for name in new[:room]]
    Feature.objects.bulk_create(made, ignore_conflicts=True)
    if len(new) > room and OTHER not in known:
        _make_other(now)
    return len(made)


def _make_other(now):
    tenant = Tenant.objects.get(pk=current_tenant_id())
    with translation.override(tenant.language):
        Feature.objects.create(name=OTHER, label=_("All others"), first_seen_at=now)
        open_alert(
            kind="usage.many_features",
            subject="features",
            title=_("Events have too many different names"),
            owner=None,
            because=_(
                "There are as many features as can be told apart. Events of new names"
                " are kept and counted together as “All others”. Most often an id or an"
                " address is written into the name: it belongs into a property."
            ),
            path="/settings/features/",
            at=now,
        )


def discover_accounts(groups: list[str]) -> int:
    """Give every new group id its account: the one of that external id, or a new one.

    A new account is marked as discovered; one that differs from another only in case
    opens an alert and is not merged. Returns how many accounts were made.
    """
    known_refs = _known(_KNOWN_GROUPS, refs=groups)
    refs = [ref for ref in groups if ref not in known_refs]
    if not refs:
        return 0
    ids = {ref: external_id_of(ref) for ref in refs}
    known = _accounts(ids.values())
    made = [ref for ref in refs if ids[ref] not in known]
    Account.objects.bulk_create(
        [
            Account(external_id=ids[ref], name=ids[ref], is_discovered=True)
            for ref in made
        ],
        ignore_conflicts=True,
    )
    accounts = _accounts(ids.values())
    Group.objects.bulk_create(
        [
            Group(
                tenant_id=current_tenant_id(),
                ref=ref,
                account_id=accounts[ids[ref]],
                occurred_at=BEGINNING,
                received_at=BEGINNING,
                message_key="0" * 32,
            )
            for ref in refs
        ]
    )
    if made:
        touch([accounts[ids[ref]] for ref in made], reason="usage")
        _report_case([ids[ref] for ref in made])
    return len(made)


def external_id_of(group_ref: str) -> str:
    """The group id itself; a longer one than an account can have keeps its own end."""
    if len(group_ref) <= 200:
        return group_ref
    digest = hashlib.sha256(group_ref.encode()).hexdigest()
    return f"{group_ref[:183]}…{digest[:16]}"


def name_accounts(claim: dict) -> None:
    """Let the traits of group calls name discovered accounts; the last one wins."""
    told = sql.SQL(_TOLD_NAMES).format(claimed=_claimed())
    later = sql.SQL(_NAMED_LATER)
    for statement in (_NAME_ACCOUNTS, _NAME_GROUPS):
        _execute(statement, claim | {"now": clock.now()}, told=told, later=later)


def describe_people(claim: dict) -> None:
    """Keep the names and addresses that identify calls told."""
    _execute(_PEOPLE, claim)


def _accounts(external_ids):
    found = Account.objects.filter(external_id__in=list(external_ids))
    return dict(found.values_list("external_id", "pk"))


def _report_case(external_ids):
    """Open an alert for each new id of which another spelling exists."""
    spelled = Account.objects.annotate(folded=Lower("external_id")).values("folded")
    several = spelled.annotate(ids=ArrayAgg("external_id", order_by="external_id"))
    made = set(external_ids)
    pairs = [
        (new, next(other for other in ids if other != new))
        for ids in several.annotate(n=Count("pk"))
        .filter(n__gt=1)
        .values_list("ids", flat=True)
        for new in ids
        if new in made
    ]
    language = Tenant.objects.get(pk=current_tenant_id()).language if pairs else ""
    for new, other in pairs:
        with translation.override(language):
            open_alert(
                kind="account_id_case",
                subject=f"group:{new}",
                title=_("“%(made)s” and “%(other)s” differ only in case")
                % {"made": new, "other": other},
                owner=None,
                because=_(
                    "Usage named a new account whose id differs from another one only"
                    " in upper and lower case. They are kept apart: ids match exactly."
                ),
                path="/accounts/",
            )


def _claimed():
    return claimed(
        sql.SQL(
            "e.kind, e.name, e.user_ref, e.group_ref, e.properties, e.occurred_at,"
            " e.received_at, e.message_key"
        )
    )


def _execute(statement, given, **parts):
    with connection.cursor() as cursor:
        query = sql.SQL(statement).format(claimed=_claimed(), **parts)
        cursor.execute(query, parameters(current_tenant_id(), **given))


def _known(statement, **given):
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": current_tenant_id()} | given)
        return {found for (found,) in cursor.fetchall()}
