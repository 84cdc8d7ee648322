"""Gives the patients already there the index by which a birth date is found."""

from django.db import migrations

from webapp.base.fields import blind


def fill(apps, schema_editor):
    for patient in apps.get_model("patients", "Patient").objects.filter(birth_date_index=None).iterator():
        patient.birth_date_index = blind(patient.birth_date.isoformat(), "patients.patient.birth_date")
        patient.save(update_fields=["birth_date_index"])


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_record_lines")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
