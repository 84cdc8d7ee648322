"""A power cut in the middle of a questionnaire, or of prescriptions: what was acknowledged is there, and none twice."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator

import pytest

from tests.site import ROOT, Browser, Site, clinic

EMAIL, PASSWORD = "kill@example.org", "correct horse battery"
A_PATIENT = f"""
from datetime import date
from django.utils import timezone
from webapp.accounts.services import create_user
from webapp.alerts import services as alerts
from webapp.patients import services as patients
user = create_user(email="{EMAIL}", password="{PASSWORD}", display_name="Marina", roles=["patient"])
one = patients.register(actor=None, given_name="Marina", family_name="Ortega", birth_date=date(1979, 3, 14), user=user)
text = patients.publish_consent_text(purpose="treatment", body_es="Acepto", body_en="I agree", actor=None)
patients.accept_consent(patient=one, text=text, channel="desk", actor=None)
alerts.remind_all([alerts.Wanted(one.pk, "drill", timezone.now(), questionnaire="gerdq")])
"""
STATE = """
import json
from webapp.alerts.models import Reminder
from webapp.intake.models import QuestionnaireResponse
from webapp.patients.models import Observation
from webapp.plans.models import Evaluation
from procrastinate.contrib.django.models import ProcrastinateJob
one = QuestionnaireResponse.objects.get()
print("STATE" + json.dumps({
    "answers": {answer.item: answer.value["value"] for answer in one.answers.all()},
    "status": one.status,
    "observations": Observation.objects.filter(source_id=one.pk).count(),
    "evaluations": Evaluation.objects.count(),
    "reminders": list(Reminder.objects.values_list("outcome", flat=True)),
    "jobs": ProcrastinateJob.objects.filter(task_name="plans.assess").count(),
}))
"""

BATCHES = 24
A_PLAN = """
from tests.webapp.plans.factories import ppi
from tests.webapp.prescriptions.orders import a_known_patient, a_prescriber, told_plan
doctor = a_prescriber()
told_plan(a_known_patient(email=None), ppi(), ppi(code="rx:ppi_or_prokinetic_trial"), doctor=doctor)
"""
# As the web server does when a doctor presses the button again and again: each batch in a transaction of its own.
WRITER = f"""
from uuid import UUID
from tests.webapp.prescriptions.orders import written
from webapp.audit.services import verify_chain
from webapp.plans.models import Plan
plan = Plan.objects.get(status="signed")
doctor = plan.signed_by
doctor.active_role = "doctor"
for number in range({BATCHES}):
    written(plan, doctor, batch=UUID(int=number))
    print(f"ACK {{number}}", flush=True)
assert verify_chain().broken_at is None
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with clinic("kill", demo=False) as running:
        running.manage("shell", "-c", A_PATIENT)
        yield running


def state(site: Site) -> dict:
    return json.loads(site.manage("shell", "-c", STATE).rpartition("STATE")[2])


def begun(site: Site) -> tuple[Browser, str, dict[str, str]]:
    """Log in, begin the reflux questionnaire and return the browser, its address and where each item is answered."""
    browser = Browser(site.address)
    browser.get("/accounts/login/")
    browser.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    page = browser.post("/intake/start/", {"questionnaire": "gerdq"})
    return browser, browser.at, dict(re.findall(r'data-answer="([a-z_]+)" data-answer-to="([^"]+)"', page))


def answer_until_it_is_dark(browser: Browser, places: dict[str, str], kill: Callable[[], None]) -> tuple[dict, dict]:
    """Answer round and round, and once round let the power fail half a second later.

    Return what was acknowledged last per item, and what was under way at the end.
    """
    acknowledged: dict[str, int] = {}
    items = list(places)
    for turn in range(10_000):
        item, value = items[turn % len(items)], (turn // len(items)) % 8
        try:
            page = browser.post(places[item], {item: str(value)}, **{"HX-Request": "true"})
        except urllib.error.HTTPError:
            raise
        except OSError:
            return acknowledged, {item: value}
        assert "Guardado" in page
        acknowledged[item] = value
        if turn == len(items):
            threading.Timer(0.5, kill).start()
    raise AssertionError("the server was never killed")


def test_a_kill_loses_no_acknowledged_answer_and_sends_nothing_twice(site):
    browser, address, places = begun(site)
    acknowledged, under_way = answer_until_it_is_dark(browser, places, site.kill)
    kept = state(site)["answers"]
    for item, value in acknowledged.items():
        assert kept[item] in (value, under_way.get(item, value))

    _wait_until_gone(site)
    site.start()
    response = address.rsplit("/", 2)[0]
    sending = threading.Thread(target=_send, args=(browser, response), daemon=True)
    sending.start()
    time.sleep(0.15)
    site.kill()
    sending.join(timeout=20)

    site.start()
    after = state(site)
    assert after["answers"] == kept
    assert after["reminders"] == (["done"] if after["status"] == "completed" else [""])  # with the answers, or not yet
    _send(browser, response)
    done = state(site)
    assert (done["answers"], done["status"], done["jobs"]) == (kept, "completed", 1)
    assert done["observations"] == len(places)
    assert done["reminders"] == ["done"]


def _write(site: Site, killed_after: int | None) -> list[int]:
    """Let a process write prescriptions, killed once so many are acknowledged; return those it acknowledged."""
    command = [sys.executable, "manage.py", "shell", "-c", WRITER]
    told = []
    with subprocess.Popen(command, cwd=ROOT, env=site.environment("app"), stdout=subprocess.PIPE, text=True) as writer:
        for line in writer.stdout:
            word, _space, number = line.partition(" ")
            told += [int(number)] if word == "ACK" else []
            if len(told) == killed_after:
                writer.kill()
    assert writer.returncode == (-signal.SIGKILL if killed_after else 0)
    return told


def _written(site: Site) -> tuple[dict[int, int], int]:
    """Return how many prescriptions each batch has, and how often one was noted in the audit."""
    rows = site.query("SELECT batch, count(*) FROM prescriptions_prescription GROUP BY batch")
    [(noted,)] = site.query("SELECT count(*) FROM audit_entry WHERE verb = 'prescription.written'")
    return {batch.int: count for batch, count in rows}, noted


def test_a_kill_among_prescriptions_leaves_none_half_written_loses_none_and_prints_none_twice(site):
    site.manage("shell", "-c", A_PLAN, role="owner")  # who may let an hour pass since the signature
    acknowledged = _write(site, killed_after=BATCHES // 4)
    batches, noted = _written(site)
    assert BATCHES // 4 <= len(batches) < BATCHES, "everything was written before it was killed"
    assert set(acknowledged) <= batches.keys()
    assert set(batches.values()) == {2}, "a batch is both its medicines or nothing"
    assert noted == len(batches)
    assert _write(site, killed_after=None) == list(range(BATCHES))  # all again: what was there stays as it is
    assert _written(site) == (dict.fromkeys(range(BATCHES), 2), BATCHES)


def _send(browser: Browser, response: str) -> None:
    try:
        browser.get(f"{response}/check-and-send/")
        browser.post(f"{response}/check-and-send/", {})
    except (OSError, urllib.error.URLError):
        return  # the server was gone before it answered: nothing was acknowledged


def _wait_until_gone(site: Site) -> None:
    for _attempt in range(50):
        if site.process is None:
            return
        time.sleep(0.1)
    raise AssertionError("the server is still there")
