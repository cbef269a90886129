import django.core.validators
from django.db import migrations, models

OPEN = "ALTER TABLE qbr_cadence NO FORCE ROW LEVEL SECURITY"
CLOSE = "ALTER TABLE qbr_cadence FORCE ROW LEVEL SECURITY"
# What was asked for more often came once a month at most.
RAISE = """
UPDATE qbr_cadence SET every_days = 31 WHERE every_days < 31;
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [
        ("qbr", "0006_say_when_reviews_were_held"),
    ]

    operations = [
        migrations.RunSQL(f"{OPEN};{RAISE};{CLOSE}", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name="cadence",
            name="cadence_is_at_least_two_weeks",
        ),
        migrations.AlterField(
            model_name="cadence",
            name="every_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(31),
                    django.core.validators.MaxValueValidator(1096),
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="cadence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("every_days", None), ("every_days__gte", 31), _connector="OR"
                ),
                name="cadence_is_at_least_a_month",
                violation_error_message="A review looks back on whole months: 31 days at least.",
            ),
        ),
    ]
