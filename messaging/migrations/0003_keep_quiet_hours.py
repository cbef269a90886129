import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cs_platform.lib.ids
import tenants.keys
from tenants.wall import TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0002_say_when_a_message_is_recalled"),
        ("tenants", "0002_tell_when_an_invitation_was_announced"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="is_urgent",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="QuietHours",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=cs_platform.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("starts", models.TimeField(verbose_name="From")),
                ("ends", models.TimeField(verbose_name="Until")),
                ("timezone", models.CharField(blank=True, max_length=64)),
                ("urgent_passes", models.BooleanField(default=True)),
                (
                    "tenant",
                    tenants.keys.TenantField(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "user"), name="one_time_of_quiet_per_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts", models.F("ends")), _negated=True),
                        name="quiet_hours_are_not_the_whole_day",
                        violation_error_message="They cannot begin and end at once.",
                    ),
                ],
            },
        ),
        TenantWall("QuietHours"),
    ]
