import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import cs_platform.lib.ids
import tenants.keys
from tenants.wall import TenantWall

# What was decided before: the amount it was, how it ended, why it was lost.
TABLES = ("renewals_outcome", "renewals_renewal", "renewals_explanation")
OPEN = ";".join(f"ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY" for t in TABLES)
CLOSE = ";".join(f"ALTER TABLE {t} FORCE ROW LEVEL SECURITY" for t in TABLES)
FILL = """
UPDATE renewals_outcome o SET was_amount = r.amount, kind = CASE
        WHEN o.result = 'lost' THEN 'lost'
        WHEN o.amount > r.amount THEN 'renewed_upsell'
        WHEN o.amount < r.amount THEN 'renewed_downsell'
        ELSE 'renewed' END
FROM renewals_renewal r WHERE r.tenant_id = o.tenant_id AND r.id = o.renewal_id;
INSERT INTO renewals_explanation
    (id, tenant_id, created_at, outcome_id, reason, words, at, by_id, is_latest)
SELECT gen_random_uuid(), tenant_id, decided_at, id, reason, detail, decided_at,
    decided_by_id, true
FROM renewals_outcome WHERE result = 'lost';
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_take_feature_requests"),
        ("renewals", "0007_make_offers"),
        ("tenants", "0002_tell_when_an_invitation_was_announced"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="outcome",
            name="lost_renewal_has_a_reason_in_words",
        ),
        migrations.AddField(
            model_name="outcome",
            name="ends_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outcome",
            name="kind",
            field=models.CharField(
                choices=[
                    ("renewed", "Renewed"),
                    ("renewed_upsell", "Renewed with upsell"),
                    ("renewed_downsell", "Renewed with downsell"),
                    ("partly_lost", "Partly lost"),
                    ("lost", "Lost"),
                ],
                db_default="renewed",
                max_length=16,
                verbose_name="Kind",
            ),
        ),
        migrations.AddField(
            model_name="outcome",
            name="seats",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outcome",
            name="starts_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outcome",
            name="was_amount",
            field=models.DecimalField(db_default=0, decimal_places=2, max_digits=16),
        ),
        migrations.CreateModel(
            name="ReasonDetail",
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
                    "reason",
                    models.CharField(
                        choices=[
                            ("price", "Price too high"),
                            ("features", "Features missing"),
                            ("service", "Poor service or support"),
                            ("business", "The customer's business changed"),
                            ("competitor", "Went to a competitor"),
                            ("budget", "Budget cut"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
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
                    "feature_request",
                    tenants.keys.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.featurerequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("tenant"),
                        models.F("reason"),
                        django.db.models.functions.text.Lower("title"),
                        name="one_detail_per_reason_and_title",
                        violation_error_message="It is on the list already.",
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "feature_request"),
                        name="one_detail_per_feature_request",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="reason_detail_has_a_title",
                        violation_error_message="Say which.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Explanation",
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
                    "reason",
                    models.CharField(
                        choices=[
                            ("price", "Price too high"),
                            ("features", "Features missing"),
                            ("service", "Poor service or support"),
                            ("business", "The customer's business changed"),
                            ("competitor", "Went to a competitor"),
                            ("budget", "Budget cut"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words", models.TextField(max_length=4000)),
                ("at", models.DateTimeField()),
                ("is_latest", models.BooleanField(default=True)),
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
                    "outcome",
                    tenants.keys.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="explanations",
                        to="renewals.outcome",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_latest", True)),
                        fields=("tenant", "outcome"),
                        name="one_latest_explanation_per_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("words", ""), _negated=True),
                        ),
                        name="explanation_has_a_reason_in_words",
                        violation_error_message="Say why it was lost: a reason and words.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NamedDetail",
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
                    "explanation",
                    tenants.keys.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="named",
                        to="renewals.explanation",
                    ),
                ),
                (
                    "detail",
                    tenants.keys.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="namings",
                        to="renewals.reasondetail",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "explanation", "detail"),
                        name="one_naming_per_explanation_and_detail",
                    )
                ],
            },
        ),
        TenantWall("ReasonDetail", "Explanation", "NamedDetail"),
        # The walls stand in the way of the owner too.
        migrations.RunSQL(f"{OPEN};{FILL};{CLOSE}", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("partly_lost", "lost")), _negated=True),
                    models.Q(
                        models.Q(("reason", ""), _negated=True),
                        models.Q(("detail", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="loss_has_a_reason_in_words",
                violation_error_message="Say why it was lost: a reason and words.",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "lost"), ("result", "lost")),
                    models.Q(
                        ("result", "renewed"), models.Q(("kind", "lost"), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="kind_of_outcome_agrees_with_its_result",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "lost"),
                    models.Q(
                        ("amount__gte", models.F("was_amount")), ("kind", "renewed")
                    ),
                    models.Q(
                        ("amount__gt", models.F("was_amount")),
                        ("kind", "renewed_upsell"),
                    ),
                    models.Q(
                        ("amount__lt", models.F("was_amount")),
                        ("kind__in", ["renewed_downsell", "partly_lost"]),
                    ),
                    _connector="OR",
                ),
                name="kind_of_outcome_agrees_with_its_amounts",
                violation_error_message="An upsell brings more than before; a downsell, or a loss in part, less.",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None),
                    models.Q(
                        ("ends_on__gt", models.F("starts_on")),
                        ("starts_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="new_term_ends_after_it_starts",
                violation_error_message="The end must be after the start.",
            ),
        ),
    ]
