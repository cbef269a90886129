from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("qbr", "0004_tell_who_was_invited_before"),
    ]

    operations = [
        migrations.AddField(
            model_name="review",
            name="has_chosen_period",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
