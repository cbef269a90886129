import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tenants.keys

ACCOUNT = {
    "db_constraint": False,
    "db_index": False,
    "on_delete": django.db.models.deletion.CASCADE,
    "related_name": "+",
}

# What each row of a rollup paid for at every commit, and indexes of which the planner
# may take the wrong one while it knows nothing of a tenant.
SPARE = """
ALTER TABLE usage_featureday DROP CONSTRAINT usage_featureday_account_id_fk;
ALTER TABLE usage_featureday DROP CONSTRAINT usage_featureday_feature_id_fk;
ALTER TABLE usage_userday DROP CONSTRAINT usage_userday_account_id_fk;
ALTER TABLE usage_membership DROP CONSTRAINT usage_membership_pkey;
ALTER TABLE usage_membership ADD PRIMARY KEY
    (tenant_id, person, occurred_at, message_key);
DROP INDEX usage_membership_account_id_ix;
DROP INDEX usage_group_account_id_ix;
DROP INDEX usage_feature_merged_into_id_ix;
DROP INDEX usage_feature_counted_as_id_ix;
"""


def without_check(model):
    """The key to the tenant, no longer checked row by row."""
    return migrations.AlterField(
        model_name=model,
        name="tenant",
        field=models.ForeignKey(editable=False, to="tenants.tenant", **ACCOUNT),
    )


def unchecked(model, name, to):
    return migrations.AlterField(
        model_name=model,
        name=name,
        field=tenants.keys.UncheckedTenantForeignKey(to=to, **ACCOUNT),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("tenants", "0002_tell_when_an_invitation_was_announced"),
        ("usage", "0003_keep_the_ledger"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="link", name="link_by_person"),
        migrations.RemoveIndex(model_name="membership", name="membership_by_person"),
        migrations.AddField(
            model_name="link",
            name="members",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=300), default=list, size=None
            ),
        ),
        without_check("featureday"),
        without_check("userday"),
        unchecked("featureday", "account", "accounts.account"),
        unchecked("featureday", "feature", "usage.feature"),
        unchecked("userday", "account", "accounts.account"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="membership",
                    name="pk",
                    field=models.CompositePrimaryKey(
                        "tenant",
                        "person",
                        "occurred_at",
                        "message_key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            database_operations=[migrations.RunSQL(SPARE)],
        ),
    ]
