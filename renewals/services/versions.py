"""What was known of renewals, and when: written down before it can be edited away."""

from datetime import datetime

from django.db import connection

from cs_platform.lib import clock
from tenants.scoping import current_tenant_id

# Decided ones do not change any more, once they have a version.
_APPEND = """
INSERT INTO renewals_renewalversion (
    id, tenant_id, created_at, renewal_id, at, ends_on, decides_on, amount, currency,
    owner_id, tier, segment, is_stopped, is_noticed
)
SELECT gen_random_uuid(), r.tenant_id, %(now)s, r.id,
    CASE WHEN v.id IS NULL THEN least(r.created_at, %(at)s) ELSE %(at)s END,
    r.ends_on, r.decides_on, r.amount, r.currency, r.owner_id, a.tier, a.segment,
    r.stopped_at IS NOT NULL, r.noticed_on IS NOT NULL
FROM renewals_renewal r
JOIN accounts_account a ON a.tenant_id = r.tenant_id AND a.id = r.account_id
LEFT JOIN LATERAL (
    SELECT v.* FROM renewals_renewalversion v
    WHERE v.tenant_id = r.tenant_id AND v.renewal_id = r.id
    ORDER BY v.at DESC, v.created_at DESC LIMIT 1
) v ON true
WHERE r.tenant_id = %(tenant)s AND (
    v.id IS NULL
    OR r.stage NOT IN ('renewed', 'lost') AND (
        v.ends_on, v.decides_on, v.amount, v.currency, v.owner_id, v.tier, v.segment,
        v.is_stopped, v.is_noticed
    ) IS DISTINCT FROM (
        r.ends_on, r.decides_on, r.amount, r.currency, r.owner_id, a.tier, a.segment,
        r.stopped_at IS NOT NULL, r.noticed_on IS NOT NULL
    )
)
"""


def keep_versions(*, at: datetime | None = None) -> int:
    """Write down every renewal of the tenant in scope that is not as last written.

    Appends; returns how many. What has no version yet was known since it was made. Safe
    to repeat and to run at once: at worst the same is written twice. One statement.
    """
    now = clock.now()
    known = {"tenant": current_tenant_id(), "at": at or now, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, known)
        return cursor.rowcount
