"""All tables of patients at once: what the migrations it replaces come to."""

from django.conf import settings
from django.db import migrations

from webapp.base.creating_tables import CreateModels
from webapp.patients.migrations._lines import OPERATIONS as LINES
from webapp.patients.migrations._papers import OPERATIONS as PAPERS
from webapp.patients.migrations._people import OPERATIONS as PEOPLE
from webapp.patients.migrations._treatments import OPERATIONS as TREATMENTS


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("patients", "0001_initial"),
        ("patients", "0002_record_lines"),
        ("patients", "0003_find_by_birth_date"),
        ("patients", "0004_invitations"),
        ("patients", "0005_never_emptied"),
        ("patients", "0006_how_to_send_notices"),
        ("patients", "0007_released_documents_and_other_papers"),
        ("patients", "0008_previous_treatments"),
        ("patients", "0009_treatment_days_are_sealed"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreateModels([*PEOPLE, *PAPERS, *TREATMENTS, *LINES])]
