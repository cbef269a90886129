from django.db import migrations, models


def _call_alike(apps, schema_editor):
    """What anybody gave has the key of its turn, what an invited person gave has none."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant ORDER BY id")
        for (pk,) in cursor.fetchall():
            cursor.execute("SET LOCAL app.tenant_id = %s", [str(pk)])
            cursor.execute(
                "UPDATE nps_response SET source = 'invited'"
                " WHERE tenant_id = %s AND is_anonymous AND external_id IS NULL",
                [pk],
            )


class Migration(migrations.Migration):
    dependencies = [
        ("nps", "0007_know_the_next_answer_of_each"),
    ]

    operations = [
        migrations.AlterField(
            model_name="response",
            name="source",
            field=models.CharField(
                choices=[
                    ("mail", "Mail"),
                    ("link", "Link"),
                    ("snippet", "In the product"),
                    ("kiosk", "Kiosk"),
                    ("api", "Another system"),
                    ("invited", "By invitation"),
                ],
                db_default="api",
                default="api",
                max_length=7,
            ),
        ),
        migrations.RunPython(_call_alike, migrations.RunPython.noop),
    ]
