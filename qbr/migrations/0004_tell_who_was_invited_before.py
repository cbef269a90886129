from django.db import migrations

# Who stood on the list when the last invitation went out has it, at the address known.
TABLES = ("qbr_attendee", "qbr_review", "accounts_contact")
OPEN = ";".join(f"ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY" for t in TABLES)
CLOSE = ";".join(f"ALTER TABLE {t} FORCE ROW LEVEL SECURITY" for t in TABLES)
FILL = """
UPDATE qbr_attendee a
SET invited_as = coalesce(
    (SELECT c.email FROM accounts_contact c
      WHERE c.tenant_id = a.tenant_id AND c.id = a.contact_id),
    (SELECT u.email FROM tenants_user u WHERE u.id = a.user_id),
    a.email)
FROM qbr_review r
WHERE r.tenant_id = a.tenant_id AND r.id = a.review_id
    AND r.status IN ('planned', 'preparing') AND a.created_at <= r.invited_at;
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [
        ("qbr", "0003_know_who_was_invited"),
        ("accounts", "0015_find_tickets_by_their_solution"),
    ]

    operations = [
        migrations.RunSQL(f"{OPEN};{FILL};{CLOSE}", migrations.RunSQL.noop),
    ]
