import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import accounts.models.calendar
import cs_platform.lib.ids
import tenants.keys
from tenants.wall import TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_keep_the_terms_of_contracts"),
        ("tenants", "0002_tell_when_an_invitation_was_announced"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkCalendar",
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
                ("country", models.CharField(blank=True, max_length=2)),
                ("subdivision", models.CharField(blank=True, max_length=12)),
                (
                    "extra_holidays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=accounts.models.calendar.monday_to_friday,
                        size=None,
                    ),
                ),
                (
                    "dead_months",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "budget_months",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
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
                        fields=("tenant",), name="one_work_calendar_per_workspace"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("subdivision", ""),
                            models.Q(("country", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="subdivision_has_a_country",
                        violation_error_message="Choose the country of the region first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6]),
                            (
                                "dead_months__contained_by",
                                [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
                            ),
                            (
                                "budget_months__contained_by",
                                [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
                            ),
                        ),
                        name="calendar_knows_these_weekdays_and_months",
                    ),
                ],
            },
        ),
        TenantWall("WorkCalendar"),
    ]
