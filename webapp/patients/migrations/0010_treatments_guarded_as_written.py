"""Puts the guard of earlier treatments back as it is written: changing their days left it with casts and unnamed."""

from django.db import migrations


def install(apps, schema_editor):
    for trigger in apps.get_model("patients", "PreviousTreatment")._meta.triggers:
        schema_editor.execute(trigger.install_sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("patients", "0009_treatment_days_are_sealed")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop, elidable=True)]
