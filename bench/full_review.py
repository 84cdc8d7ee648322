"""One patient with 200 inputs and a draft of 20 items beside a signed plan: how long its review takes to open.

What `bench.open_review` runs: processor time of the server, and of the browser that draws the page.
"""

import cProfile
import os
import pstats
import sys
import time
from datetime import UTC, datetime
from statistics import median
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup()

from django.conf import settings  # noqa: E402 — models are there once Django is set up
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from engine.facts import FactSpec  # noqa: E402
from rules import services as shelf  # noqa: E402
from tests.site import Site  # noqa: E402
from tests.webapp.people import a_patient, a_user  # noqa: E402
from tools.run_tests import find_browser  # noqa: E402
from webapp.accounts.models import User  # noqa: E402
from webapp.desk.management import signing  # noqa: E402
from webapp.patients import services as patients  # noqa: E402
from webapp.patients.models import Patient  # noqa: E402
from webapp.plans import services  # noqa: E402
from webapp.plans.models import Plan, PlanItem  # noqa: E402

INPUTS, ITEMS, ROUNDS, TARGET = 200, 20, 15, 1000  # the target in milliseconds
LAPTOP = {"width": 1366, "height": 768}
NEVER = {"age", "sex", "bmi", "pregnant", "breastfeeding"}
SPEAKS = {"dyspepsia": True, "heartburn_days": 6, "regurgitation_days": 4, "dysphagia": False, "duration_weeks": 9}

NEWER = {"heartburn_days": 0, "regurgitation_days": 0, "dysphagia": True, "weight_loss": True}  # another plan follows


def _value(spec: FactSpec) -> Any:
    """Return a quiet value of a fact: no, or in the middle of what may be."""
    if spec.type == "yes_no":
        return False
    low, high = spec.range or (0, 10)
    return float(spec.typical) if isinstance(spec.typical, int | float) else float(int(low + (high - low) / 2))


def _readings() -> list[patients.Reading]:
    now, facts = datetime.now(UTC), shelf.edition().vocabulary.facts
    single = [spec for spec in facts.values() if spec.type in ("yes_no", "integer", "quantity")]
    plain = [spec for spec in single if spec.name not in NEVER and not spec.name.startswith("diary_")]
    said = [patients.Reading(name, value, now, "questionnaire") for name, value in SPEAKS.items()]
    quiet = [patients.Reading(spec.name, _value(spec), now, "questionnaire", spec.unit or "")
             for spec in plain if spec.name not in SPEAKS]  # fmt: skip
    return [*said, *quiet][:INPUTS]


def _assessed(patient: Patient) -> Plan:
    services.assess(patient_id=patient.pk, because="record", today=timezone.localdate())
    plan = Plan.objects.select_related("evaluation").get(patient=patient, status="draft")
    services.ask_second_opinion(plan.evaluation_id)
    return plan


def _filled(plan: Plan) -> Plan:
    """Add lines of the vocabulary to a draft until it holds as many as the bar asks for."""
    shown = [item for item in plan.items.all() if item.kind not in ("dx", "alert", "ask")]
    known = {item.code for item in plan.items.all()}
    codes = [code for code in shelf.edition().vocabulary.codes if code.startswith("advice:") and code not in known]
    like = next(item for item in plan.items.all() if item.content["reasons"])
    for place, code in enumerate(codes[: max(ITEMS - len(shown), 0)]):
        title = dict(shelf.edition().vocabulary.codes[code].title)
        said = {**like.content, "code": code, "kind": "advice", "state": "proposed", "title": title, "doses": []}
        more = {"kind": "advice", "state": "proposed", "urgency": "none", "content": {**said, "drugs": []}}
        PlanItem.objects.create(plan=plan, position=100 + place, code=code, **more)
    return plan


def _a_case() -> tuple[User, Plan]:
    """Return a doctor and the draft that newer answers have made beside a signed plan."""
    doctor, patient = a_user("doctor", display_name="Dra. Prueba"), a_patient()
    for topic in ("allergies", "medications", "history", "family_history"):
        patients.record_none(patient=patient, topic=topic, actor=None)
    readings = _readings()
    patients.record_observations(patient=patient, rows=readings[1:], actor=None)
    _filled(_assessed(patient))
    signing.settle_and_sign(patient, doctor)
    patients.record_observations(patient=patient, rows=readings[:1], actor=None)
    newer = [patients.Reading(name, value, datetime.now(UTC), "questionnaire") for name, value in NEWER.items()]
    patients.record_observations(patient=patient, rows=newer, actor=None)
    return doctor, _filled(_assessed(patient))


def _server(client: Client, path: str) -> tuple[list[float], int, str]:
    """Return milliseconds of processor for each time the page is asked for, its queries, and the page."""
    page = client.get(path).content.decode()
    asked: list[str] = []
    with connection.execute_wrapper(lambda execute, sql, *rest: (asked.append(sql), execute(sql, *rest))[1]):
        client.get(path)
    times = []
    for _round in range(ROUNDS):
        began = time.process_time()
        client.get(path)
        times.append((time.process_time() - began) * 1000)
    return times, len(asked), page


def _browser(site: Site, cookie: str, path: str) -> tuple[list[float], list[float]]:
    """Return milliseconds of the page's work in the browser, and of the clock until it stands, server included."""
    work, stands = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        context = chromium.new_context(viewport=LAPTOP, base_url=site.address, locale="es-ES")
        kept = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site.address}
        context.add_cookies([kept])  # type: ignore[list-item]
        for _round in range(ROUNDS):
            page = context.new_page()  # a process of its own: what it worked is what this page took
            told = context.new_cdp_session(page)
            told.send("Performance.enable")
            page.goto(path)
            page.locator("[data-row].cursor").wait_for()
            work.append(_worked(told) * 1000)
            stands.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
            page.close()
        chromium.close()
    return work, stands


def _worked(told: Any) -> float:
    found = {each["name"]: each["value"] for each in told.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"])


def _told(name: str, times: list[float]) -> str:
    return f"{name}: median {median(times):.0f} ms, best {min(times):.0f} ms"


def main() -> None:
    """Make the case, measure, and say whether the bar is held."""
    setup_test_environment()
    doctor, plan = _a_case()
    client, path = Client(), reverse("plans:review", kwargs={"pk": plan.pk})
    client.force_login(doctor)
    times, queries, page = _server(client, path)
    if "--profile" in sys.argv:
        _profiled(client, path)
    print(f"{page.count('data-row-title')} items, {len(page) // 1024} kB, {queries} queries")
    print(_told("server, processor", times))
    site = Site(os.environ["DATABASE_URL"].rpartition("/")[2])
    site.start()
    try:
        work, stands = _browser(site, client.cookies[settings.SESSION_COOKIE_NAME].value, path)
    finally:
        site.kill()
    print(_told("browser, processor of the page", work))
    print(_told("until the page stands, clock, server included", stands))
    best = min(times) + min(work)
    print(f"server and browser, best: {best:.0f} ms of {TARGET}")
    sys.exit(best > TARGET)


def _profiled(client: Client, path: str) -> None:
    with cProfile.Profile() as profile:
        for _round in range(5):
            client.get(path)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)


if __name__ == "__main__":
    main()
