from django.db import migrations, models


def _count_from_due(apps, schema_editor):
    """The hours were counted from the answer; the lead is told when they were."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant ORDER BY id")
        for (pk,) in cursor.fetchall():
            cursor.execute("SET LOCAL app.tenant_id = %s", [str(pk)])
            cursor.execute(
                "UPDATE nps_surveysettings SET lead_after_hours ="
                " greatest(lead_after_hours - detractor_hours, 0) WHERE tenant_id = %s",
                [pk],
            )


class Migration(migrations.Migration):
    dependencies = [
        ("nps", "0008_call_invited_anonymous_answers_alike"),
    ]

    operations = [
        migrations.AlterField(
            model_name="surveysettings",
            name="lead_after_hours",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunPython(_count_from_due, migrations.RunPython.noop),
    ]
