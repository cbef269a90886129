"""What is known of a feature, and which names count as one."""

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.services import touch
from tenants.models import Tenant
from tenants.scoping import current_tenant_id
from tenants.services import record_audit
from usage.identity import Link, resolve
from usage.models import NOBODY, Feature
from usage.services.ledger import give_room, locked_ledger

# What changes the measures of health.
COUNT_FOR_HEALTH = {"is_key", "is_error", "is_hidden"}
# Merging reads all cells of a feature: it may take longer than a page.
TIMEOUT = "60s"

_TAKE = (
    "DELETE FROM usage_featureday WHERE tenant_id = %s AND feature_id = ANY(%s::uuid[])"
)

_PUT = """
    INSERT INTO usage_featureday (tenant_id, account_id, day, feature_id, events, users)
    SELECT %(tenant)s, account_id, day, counted_id, sum(events),
           count(DISTINCT person) FILTER (WHERE person <> '')
    FROM (
        SELECT c.account_id, c.day, c.events,
               coalesce(x.counted_as_id, x.id) AS counted_id,
               coalesce((SELECT l.person FROM usage_link l
                         WHERE l.tenant_id = c.tenant_id AND l.ref = c.ref), c.ref)
                 AS person
        FROM usage_cell c
        JOIN usage_feature x ON x.tenant_id = c.tenant_id AND x.id = c.feature_id
        WHERE c.tenant_id = %(tenant)s AND c.account_id <> %(nobody)s
          AND c.feature_id = ANY(%(features)s::uuid[])
    ) counted
    GROUP BY account_id, day, counted_id ORDER BY account_id, day, counted_id
"""


class MergeRing(Exception):
    """A feature cannot count as one that counts as it already."""

    message = _("This one already counts as the other: choose another feature.")


@transaction.atomic
def change_feature(feature, *, by, **changes) -> Feature:
    """Set label, is_key, is_error or is_hidden, in the audit trail; accounts are scored
    again when what counts for health changes.
    """
    before = {name: getattr(feature, name) for name in changes}
    for name, value in changes.items():
        setattr(feature, name, value)
    after = {name: value for name, value in changes.items() if value != before[name]}
    if after:
        feature.save(update_fields=list(after))
        before = {name: before[name] for name in after}
        record_audit("feature.changed", feature, by=by, before=before, after=after)
    if after.keys() & COUNT_FOR_HEALTH:
        _touch_all()
    return feature


@transaction.atomic
def merge_feature(feature, *, into, by) -> Feature:
    """Let the events of a feature, past and future, count for another one.

    Rewrites the rollups of both in this transaction; waits for a roll-up that is going
    on. Raises `MergeRing` when the other counts as this one. Safe to repeat.
    """
    _lock()
    if into.pk == feature.pk or _counted(into.pk) == _counted(feature.pk) != into.pk:
        raise MergeRing
    return _point(feature, into, by, "feature.merged")


@transaction.atomic
def part_feature(feature, *, by) -> Feature:
    """Take a merge back: its events count for itself again, past ones too."""
    _lock()
    return _point(feature, None, by, "feature.parted")


def _point(feature, into, by, action):
    before = feature.merged_into
    if into == before:
        return feature
    feature.merged_into = into
    feature.save(update_fields=["merged_into"])
    _rewrite(_settle())
    record_audit(
        action,
        feature,
        by=by,
        before={"merged_into": before and before.name},
        after={"merged_into": into and into.name},
    )
    _touch_all()
    return feature


def _lock():
    give_room(TIMEOUT)
    locked_ledger(
        timezone=Tenant.objects.get(pk=current_tenant_id()).timezone, wait=True
    )


def _counted(pk):
    return Feature.objects.values_list("counted_as", flat=True).get(pk=pk) or pk


def _settle():
    """Write the end of each chain of merges; the features whose rollups change."""
    features = list(Feature.objects.order_by("pk"))
    links = [
        Link(str(one.pk), str(one.merged_into_id), one.pk)
        for one in features
        if one.merged_into_id
    ]
    ends = resolve(links)
    changed = set()
    for one in features:
        end = ends.get(str(one.pk))
        before, after = one.counted_as_id and str(one.counted_as_id), end
        if before != after:
            Feature.objects.filter(pk=one.pk).update(counted_as=after)
            changed |= {str(one.pk), before, after} - {None}
    # Everything that counts for an end whose group changed is read again.
    return sorted(changed | {ref for ref, end in ends.items() if end in changed})


def _rewrite(features):
    given = {
        "tenant": current_tenant_id(),
        "features": features,
        "nobody": str(NOBODY),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [given["tenant"], features])
        cursor.execute(_PUT, given)


def _touch_all():
    """Have every account that uses anything scored again: adoption has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM accounts_account WHERE tenant_id = %s"
            " AND last_seen_on IS NOT NULL",
            [current_tenant_id()],
        )
        touch([pk for (pk,) in cursor.fetchall()], reason="usage")
