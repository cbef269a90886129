from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("qbr", "0007_plan_no_more_than_once_a_month"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="cadence",
            name="one_cadence_per_tier",
        ),
        migrations.AddField(
            model_name="cadence",
            name="segment",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=60
            ),
        ),
        migrations.AlterField(
            model_name="cadence",
            name="tier",
            field=models.CharField(
                blank=True,
                choices=[
                    ("high", "High touch"),
                    ("mid", "Mid touch"),
                    ("tech", "Tech touch"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="review",
            name="reason",
            field=models.CharField(
                choices=[
                    ("cadence", "By its cadence"),
                    ("yellow_renewal", "Before the renewal of a yellow account"),
                    ("hand", "Planned by a person"),
                ],
                default="hand",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="cadence",
            constraint=models.UniqueConstraint(
                fields=("tenant", "tier", "segment"),
                name="one_cadence_per_tier_or_segment",
            ),
        ),
        migrations.AddConstraint(
            model_name="cadence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tier", ""), models.Q(("segment", ""), _negated=True)),
                    models.Q(models.Q(("tier", ""), _negated=True), ("segment", "")),
                    _connector="OR",
                ),
                name="a_cadence_is_of_a_tier_or_of_a_segment",
            ),
        ),
    ]
