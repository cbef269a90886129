import django.db.models.deletion
from django.db import migrations, models

import cs_platform.lib.ids
import tenants.keys
from tenants.wall import TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_tell_when_an_invitation_was_announced"),
        ("worklist", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Escalation",
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
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "The lead"),
                            (2, "Who the lead reports to"),
                            (3, "The admins"),
                        ]
                    ),
                ),
                ("at", models.DateTimeField()),
                ("told", models.CharField(blank=True, max_length=500)),
                (
                    "alert",
                    tenants.keys.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="escalations",
                        to="worklist.alert",
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
                        fields=("tenant", "alert", "level"),
                        name="one_escalation_per_alert_and_level",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EscalationRule",
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
                    "after_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        verbose_name="Hours until the next are told",
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
                        fields=("tenant",), name="one_escalation_rule_per_workspace"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("after_hours", None),
                            ("after_hours__range", (1, 336)),
                            _connector="OR",
                        ),
                        name="escalation_takes_an_hour_to_two_weeks",
                        violation_error_message="Give 1 to 336 hours.",
                    ),
                ],
            },
        ),
        TenantWall("EscalationRule", "Escalation"),
    ]
