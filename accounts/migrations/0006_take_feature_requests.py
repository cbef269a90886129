import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import cs_platform.lib.ids
import tenants.keys
from tenants.wall import TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_say_where_a_score_is_going"),
        ("tenants", "0002_tell_when_an_invitation_was_announced"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeatureRequest",
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
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True, max_length=4000)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("planned", "Planned"),
                            ("shipped", "Shipped"),
                            ("declined", "Declined"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("plan", models.CharField(blank=True, max_length=100)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
        ),
        migrations.CreateModel(
            name="FeatureVote",
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
                ("words", models.CharField(blank=True, max_length=1000)),
                (
                    "account",
                    tenants.keys.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    tenants.keys.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="accounts.featurerequest",
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
        ),
        migrations.AddConstraint(
            model_name="featurerequest",
            constraint=models.UniqueConstraint(
                models.F("tenant"),
                django.db.models.functions.text.Lower("title"),
                name="one_feature_request_per_title",
                violation_error_message="There is a request with this title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="featurerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="feature_request_has_a_title",
                violation_error_message="Say what is missing.",
            ),
        ),
        migrations.AddConstraint(
            model_name="featurevote",
            constraint=models.UniqueConstraint(
                fields=("tenant", "request", "account"),
                name="one_vote_per_account_and_request",
                violation_error_message="This account has a vote here already.",
            ),
        ),
        TenantWall("FeatureRequest", "FeatureVote"),
    ]
