from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("qbr", "0002_name_the_feature_of_a_goal"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendee",
            name="invited_as",
            field=models.EmailField(blank=True, db_default="", max_length=254),
        ),
    ]
