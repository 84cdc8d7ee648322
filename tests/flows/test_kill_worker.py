"""The worker dies in the middle of a thousand reminders: each of them arrives, and none arrives twice."""

import collections
import email
import json
import os
import signal
import tempfile
import time
from pathlib import Path

import pytest

from tests.flows.worked_site import WorkedSite
from tests.site import _drop, _recreate

pytestmark = pytest.mark.slow
MANY = 1000
PEOPLE = f"""
from datetime import date
from django.utils import timezone
from webapp.accounts.models import User, email_index
from webapp.alerts import services as alerts
from webapp.patients.models import Patient
mails = [f"patient{{n}}@example.org" for n in range({MANY})]
users = [User(email=mail, email_index=email_index(mail), display_name="P", password="!") for mail in mails]
users = User.objects.bulk_create(users)
patients = Patient.objects.bulk_create(
    Patient(user=user, record_number=f"{{100000 + n}}", given_name="P", family_name="Q", birth_date=date(1980, 1, 1))
    for n, user in enumerate(users)
)
now = timezone.now()
alerts.remind_all(alerts.Wanted(patient.pk, f"drill:{{patient.pk}}", now) for patient in patients)
"""
STATE = """
import json
from collections import Counter
from webapp.alerts.models import Reminder
from webapp.outbox.models import Message
print("STATE" + json.dumps({
    "told": Reminder.objects.filter(told_at__isnull=False).count(),
    "states": Counter(Message.objects.values_list("state", flat=True)),
    "in_doubt": Message.objects.filter(in_doubt__gt=0).count(),
}))
"""


@pytest.fixture(scope="module")
def clinic():
    site = WorkedSite(f"pauta_reminders{os.environ.get('PAUTA_TEST_DB_SUFFIX', '')}")
    _recreate(site.database)
    with tempfile.TemporaryDirectory(prefix="pauta-reminders-") as folder:
        site.folder = Path(folder)
        site.folder.chmod(0o711)
        site.manage("migrate", "--verbosity", "0", role="owner")
        site.manage("grant_database_role", role="owner")
        yield site
    _drop(site.database)


def state(site):
    return json.loads(site.manage("shell", "-c", STATE).rpartition("STATE")[2])


def test_a_worker_killed_twice_in_a_thousand_reminders_sends_each_of_them_once(clinic):
    clinic.manage("shell", "-c", PEOPLE)
    for reached in (100, 450):
        with clinic.worker() as process:
            clinic.wait_for(reached, process)
            os.killpg(process.pid, signal.SIGKILL)
    between = len(clinic.letters())
    assert 450 <= between < MANY, "the worker was done before it was killed"

    with clinic.worker() as process:
        clinic.wait_for(MANY, process)
        time.sleep(1)  # what would arrive twice would arrive now
    to = collections.Counter(email.message_from_bytes(path.read_bytes())["To"] for path in clinic.letters())
    assert to == {f"patient{n}@example.org": 1 for n in range(MANY)}
    found = state(clinic)
    assert found["told"] == MANY
    assert found["states"] == {"sent": MANY}
    assert found["in_doubt"] <= 2  # at each kill one letter at most was on its way
    assert not list((clinic.folder / "mail").glob("*.half"))
