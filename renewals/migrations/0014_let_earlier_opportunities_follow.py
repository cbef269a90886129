from django.db import migrations

# Those open now: in the hands of the account's owner means opened for that one.
TABLES = ("renewals_opportunity", "accounts_account")
OPEN = ";".join(f"ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY" for t in TABLES)
CLOSE = ";".join(f"ALTER TABLE {t} FORCE ROW LEVEL SECURITY" for t in TABLES)
FILL = """
UPDATE renewals_opportunity o SET follows_account = true
FROM accounts_account a
WHERE a.tenant_id = o.tenant_id AND a.id = o.account_id
    AND o.stage NOT IN ('won', 'lost')
    AND o.owner_id IS NOT DISTINCT FROM a.owner_id;
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_tell_cut_contracts_apart"),
        ("renewals", "0013_keep_the_accounts_of_forecasts"),
    ]

    operations = [
        migrations.RunSQL(f"{OPEN};{FILL};{CLOSE}", migrations.RunSQL.noop),
    ]
