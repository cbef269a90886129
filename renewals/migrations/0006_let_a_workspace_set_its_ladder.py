import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import cs_platform.lib.ids
import renewals.models.renewal
import tenants.keys
from tenants.wall import TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("renewals", "0005_forecast_with_what_was_known"),
        ("tenants", "0002_tell_when_an_invitation_was_announced"),
    ]

    operations = [
        migrations.AddField(
            model_name="renewal",
            name="ladder",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(null=True),
                default=renewals.models.renewal.default_ladder,
                size=None,
            ),
        ),
        migrations.CreateModel(
            name="LadderSetting",
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
                (
                    "tier",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("high", "High touch"),
                            ("mid", "Mid touch"),
                            ("tech", "Tech touch"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(null=True),
                        size=None,
                    ),
                ),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "tier"), name="one_ladder_per_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__len", 5)),
                        name="ladder_says_something_of_every_step",
                        violation_error_message="Say for every step when it comes.",
                    ),
                ],
            },
        ),
        TenantWall("LadderSetting"),
    ]
