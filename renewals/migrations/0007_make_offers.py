from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cs_platform.lib.ids
import tenants.keys
from tenants.wall import TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_take_feature_requests"),
        ("renewals", "0006_let_a_workspace_set_its_ladder"),
        ("tenants", "0002_tell_when_an_invitation_was_announced"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Logo",
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
                ("content", models.BinaryField()),
                ("content_type", models.CharField(max_length=20)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
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
            name="OfferTemplate",
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
                ("company", models.CharField(blank=True, max_length=200)),
                ("requisites", models.TextField(blank=True, max_length=2000)),
                (
                    "colour",
                    models.CharField(
                        default="#1f4e79",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-fA-F]{6}\\Z", "As in #1f4e79."
                            )
                        ],
                    ),
                ),
                (
                    "validity_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                    ),
                ),
                (
                    "tax_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                    "logo",
                    tenants.keys.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="renewals.logo",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant",), name="one_offer_template_per_workspace"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferWording",
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
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("ru", "Russian")], max_length=8
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("opening", models.TextField(blank=True, max_length=4000)),
                ("terms", models.TextField(blank=True, max_length=8000)),
                ("closing", models.TextField(blank=True, max_length=2000)),
                ("signature", models.TextField(blank=True, max_length=1000)),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                        fields=("tenant", "language"),
                        name="one_offer_wording_per_language",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
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
                ("version", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sent", "Sent"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("ru", "Russian")], max_length=8
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("starts_on", models.DateField()),
                (
                    "term_months",
                    models.PositiveSmallIntegerField(
                        default=12,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(120),
                        ],
                    ),
                ),
                ("valid_until", models.DateField()),
                (
                    "tax_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True
                    ),
                ),
                ("seats", models.PositiveIntegerField(blank=True, null=True)),
                ("value", models.TextField(blank=True, max_length=4000)),
                ("note", models.TextField(blank=True, max_length=4000)),
                ("lines", models.JSONField(default=list)),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, default=0, max_digits=16),
                ),
                (
                    "total",
                    models.DecimalField(decimal_places=2, default=0, max_digits=16),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("document", models.JSONField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("answered_on", models.DateField(blank=True, null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                    "logo",
                    tenants.keys.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="renewals.logo",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "renewal",
                    tenants.keys.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offers",
                        to="renewals.renewal",
                    ),
                ),
            ],
            options={
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "renewal", "version"),
                        name="one_offer_per_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("tenant", "renewal"),
                        name="one_draft_offer_per_renewal",
                        violation_error_message="There is a draft already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("document__isnull", True),
                                ("sent_at", None),
                                ("state", "draft"),
                            ),
                            models.Q(
                                models.Q(("state", "draft"), _negated=True),
                                ("document__isnull", False),
                                ("sent_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sent_offer_has_its_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0), ("total__gte", 0)),
                        name="offer_is_not_negative",
                        violation_error_message="An offer is not negative.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("term_months__gte", 1)),
                        name="offer_has_a_term",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferFile",
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
                    "kind",
                    models.CharField(
                        choices=[("pdf", "PDF"), ("docx", "Word")], max_length=4
                    ),
                ),
                ("content", models.BinaryField()),
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
                    "offer",
                    tenants.keys.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="renewals.offer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "offer", "kind"),
                        name="one_file_per_offer_and_kind",
                    )
                ],
            },
        ),
        TenantWall("Logo", "OfferTemplate", "OfferWording", "Offer", "OfferFile"),
    ]
