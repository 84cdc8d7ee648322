from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0003_undo_settled_watched_counted"),
    ]

    operations = [
        migrations.AddField(
            model_name="evaluation",
            name="record_mark",
            field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
    ]
