"""When the demo clinic is not loaded: then nothing of it is."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.webapp.people import a_patient
from webapp.accounts.models import User
from webapp.desk.management import demo
from webapp.patients.models import Patient

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db


def test_a_folder_without_a_demo_is_refused_with_the_way_to_make_one(tmp_path):
    with pytest.raises(CommandError, match=r"python -m fixtures\.generate"):
        call_command("load_demo", str(tmp_path))


def test_production_needs_a_password_of_its_own(settings):
    settings.DEMO_PASSWORD = ""
    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("load_demo", str(ROOT / "fixtures"))
    assert not Patient.objects.exists()


def test_a_load_that_breaks_leaves_nothing_behind(tmp_path):
    (tmp_path / "demo.json").write_text((ROOT / "fixtures/demo.json").read_text().replace('"do":"none"', '"do":"fly"'))
    with pytest.raises(KeyError):
        demo.load(tmp_path)
    assert not Patient.objects.exists()
    assert not User.objects.exists()
    assert a_patient().record_number == "100001"
