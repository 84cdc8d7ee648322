"""The worker dies in the middle of a thousand reminders, PostgreSQL under it: each letter leaves, none leaves twice."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from tests.flows.worked_site import worked_site
from tests.site import ROOT

pytestmark = pytest.mark.slow
REMINDERS, WRITTEN, ORDERS = 1000, 300, 300
PEOPLE = f"""
from datetime import date
from django.utils import timezone
from webapp.accounts.models import User, email_index
from webapp.alerts import services as alerts
from webapp.patients.models import Patient
mails = [f"patient{{n}}@example.org" for n in range({REMINDERS})]
users = [User(email=mail, email_index=email_index(mail), display_name="P", password="!") for mail in mails]
users = User.objects.bulk_create(users)
patients = Patient.objects.bulk_create(
    Patient(user=user, record_number=f"{{500000 + n}}", given_name="P", family_name="Q", birth_date=date(1980, 1, 1))
    for n, user in enumerate(users)
)
now = timezone.now()
alerts.remind_all(alerts.Wanted(patient.pk, f"drill:{{patient.pk}}", now) for patient in patients)
"""
STATE = """
import json
from collections import Counter
from webapp.alerts.models import Reminder
from webapp.jobs.models import Failure
from webapp.outbox.models import Message
print("STATE" + json.dumps({
    "told": Reminder.objects.filter(told_at__isnull=False).count(),
    "states": Counter(Message.objects.values_list("state", flat=True)),
    "failures": list(Failure.objects.values_list("code", flat=True)),
    "in_doubt": Message.objects.filter(in_doubt__gt=0).count(),
}))
"""


# One patient's approved renewals, each ordered at the pharmacy that was chosen.
APPROVED = f"""
from django.utils import timezone
from tests.webapp.plans.factories import ppi
from tests.webapp.prescriptions.orders import a_known_patient, a_prescriber, told_plan
from webapp.prescriptions.models import DispensingOrder, Pharmacy, Renewal
doctor, patient, now = a_prescriber(), a_known_patient(email=None), timezone.now()
plan = told_plan(patient, ppi(), doctor=doctor)
about = {{"patient": patient, "plan": plan, "item": plan.items.get(), "asked_by": patient.user, "verdict": "clear"}}
approved = {{"state": "approved", "decided_by": doctor, "decided_at": now, "until": now.date(), "doses": []}}
renewals = [Renewal(**about, **approved, check_result={{}}) for _ in range({ORDERS})]
pharmacy = Pharmacy.objects.create(name="Farmacia Sol")
DispensingOrder.objects.bulk_create(
    DispensingOrder(renewal=one, patient=patient, pharmacy=pharmacy, content={{"renewal": str(one.pk)}})
    for one in Renewal.objects.bulk_create(renewals)
)
"""
ORDERED = """
import json
from webapp.prescriptions.models import DispensingOrder
rows = DispensingOrder.objects.all()
print("STATE" + json.dumps({str(one.pk): [one.state, str(one.renewal_id), one.error] for one in rows}))
"""

# As a web server would: a message in a transaction of its own, tried again until it is committed, and then told.
WRITER = f"""
import time
from django.db import DatabaseError, connection
from webapp.outbox import services
for n in range({WRITTEN}):
    while True:
        try:
            services.queue(key=f"drill:{{n}}", address=f"person{{n}}@example.org", template="task_due", language="es")
            break
        except DatabaseError:
            connection.close()
            time.sleep(0.1)
    print(f"ACK {{n}}", flush=True)
    time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def clinic():
    with worked_site() as site:
        yield site


def state(site, question=STATE):
    return json.loads(site.manage("shell", "-c", question).rpartition("STATE")[2])


def test_a_worker_killed_twice_in_a_thousand_reminders_sends_each_of_them_once(clinic):
    clinic.manage("shell", "-c", PEOPLE)
    for reached in (100, 450):
        with clinic.worker() as process:
            clinic.wait_for(reached, process)
            os.killpg(process.pid, signal.SIGKILL)
    assert 450 <= len(clinic.letters()) < REMINDERS, "the worker was done before it was killed"

    with clinic.worker() as process:
        clinic.wait_for(REMINDERS, process)
        time.sleep(1)  # what would leave twice would leave now
    assert clinic.addresses() == {f"patient{n}@example.org": 1 for n in range(REMINDERS)}
    found = state(clinic)
    assert (found["told"], found["states"]) == (REMINDERS, {"sent": REMINDERS})
    assert found["failures"] == []
    assert found["in_doubt"] <= 2  # at each kill one letter at most was on its way
    assert not list((clinic.folder / "mail").glob("*.half"))


def test_a_worker_killed_twice_among_the_orders_hands_each_to_its_pharmacy_once(clinic):
    clinic.manage("shell", "-c", APPROVED, role="owner")  # who may let an hour pass since the signature
    first, found = {}, {}
    for reached in (ORDERS // 6, ORDERS // 2):
        with clinic.worker() as process:
            clinic.wait_for(reached, process, clinic.orders)
            os.killpg(process.pid, signal.SIGKILL)
        first |= {path: path.stat().st_ino for path in clinic.orders() if path not in first}
    assert len(first) < ORDERS, "the worker was done before it was killed"
    with clinic.worker() as process:
        clinic.wait_for(ORDERS, process, clinic.orders)
        _until(lambda: found.update(state(clinic, ORDERED)) or {row[0] for row in found.values()} == {"sent"})
    handed = {path.stem: json.loads(path.read_text())["renewal"] for path in clinic.orders()}
    assert handed == {order: renewal for order, (_state, renewal, _error) in found.items()}
    assert {(said, error) for said, _renewal, error in found.values()} == {("sent", "")}
    assert {path: path.stat().st_ino for path in first} == first, "what the pharmacy had was written once more"


def _listen(writer, acknowledged):
    for line in writer.stdout:
        word, _space, number = line.partition(" ")
        if word == "ACK":
            acknowledged.append(int(number))


def _until(condition, seconds=120):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.1)


def _gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def _start_writer(clinic, acknowledged):
    """Start a process that queues messages, each in a transaction of its own, and says which are committed."""
    command = [sys.executable, "manage.py", "shell", "-c", WRITER]
    writer = subprocess.Popen(command, cwd=ROOT, env=clinic.environment("app"), stdout=subprocess.PIPE, text=True)
    threading.Thread(target=_listen, args=(writer, acknowledged), daemon=True).start()
    return writer


def test_what_was_acknowledged_before_postgresql_was_killed_is_there_and_every_letter_leaves_once(clinic):
    for path in clinic.letters():
        path.unlink()
    acknowledged, server = [], clinic.postmaster()
    writer = _start_writer(clinic, acknowledged)
    with clinic.worker() as worker:
        _until(lambda: len(acknowledged) > WRITTEN // 4 and clinic.letters())
        os.kill(server, signal.SIGKILL)
        before = list(acknowledged)
        assert len(before) < WRITTEN, "everything was written before the server was killed"
        _until(lambda: _gone(server))
        clinic.start_database()
        assert clinic.postmaster() != server
        assert writer.wait(timeout=120) == 0
        _until(lambda: len(acknowledged) == WRITTEN or worker.poll() is not None)
    with clinic.worker() as again:  # whatever runs the worker starts it again if its database's death was its own
        clinic.wait_for(WRITTEN, again)
        _until(lambda: state(clinic)["states"].get("sent", 0) >= WRITTEN)
    assert acknowledged == list(range(WRITTEN))
    assert clinic.addresses() == {f"person{n}@example.org": 1 for n in range(WRITTEN)}
