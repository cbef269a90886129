from django.db import migrations

import usage.models.rollup


class Migration(migrations.Migration):
    dependencies = [("usage", "0006_keep_the_context_of_quarantine")]

    operations = [
        # Empty for the days before: `recount_usage` fills it from raw events.
        migrations.AddField(
            model_name="userday",
            name="slots",
            field=usage.models.rollup.SlotsField(null=True),
        ),
    ]
