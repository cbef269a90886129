"""Features by the name of an event, in SQL: setting `event`.

An event that was merged since it was named is counted under what it counts as.
"""

FEATURE = """
SELECT f.id FROM usage_feature f
  LEFT JOIN usage_feature main ON main.tenant_id = {tenant} AND main.id = f.merged_into_id
 WHERE f.tenant_id = {tenant} AND {event} IN (f.name, main.name)
UNION ALL
SELECT counted_as_id FROM usage_feature
 WHERE tenant_id = {tenant} AND name = {event}
"""
# Features that stand for themselves and are part of the product.
OWN = "tenant_id = {tenant} AND merged_into_id IS NULL AND NOT is_error"
KEYS = f"SELECT id FROM usage_feature WHERE {OWN} AND is_key AND NOT is_hidden"
ERRORS = "SELECT id FROM usage_feature WHERE tenant_id = {tenant} AND is_error"
