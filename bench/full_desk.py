"""A clinic of fifty thousand patients, and how long its lists take: what `bench.desk` runs on a database of its own."""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup()

from django.core.cache import cache  # noqa: E402 — models are there once Django is set up
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from rules.selectors import current_release  # noqa: E402
from tests.webapp.people import a_user  # noqa: E402
from webapp.alerts.models import Alert  # noqa: E402
from webapp.base.fields import blind  # noqa: E402
from webapp.desk import selectors  # noqa: E402
from webapp.patients import finding, identity  # noqa: E402
from webapp.patients.models import DiagnosticReport, NamePrefix, Patient  # noqa: E402
from webapp.plans.models import Evaluation, Plan, PlanItem  # noqa: E402
from webapp.results.models import Release  # noqa: E402

PATIENTS, DRAFTS, ALERTS, RESULTS, DOCTORS = 50_000, 5_000, 2_000, 1_500, 25
ROUNDS, BATCH = 40, 2000
TARGET = 200  # milliseconds
PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "desk-speed.md"
GIVEN = (
    "Ana",
    "Berta",
    "Carmen",
    "Diego",
    "Elena",
    "Félix",
    "Gema",
    "Hugo",
    "Inés",
    "Julia",
    "Marina",
    "Óscar",
    "Rosa",
)
FAMILY = (
    "Alonso",
    "Blanco",
    "Castro",
    "Díaz",
    "Ferrer",
    "García",
    "Ibáñez",
    "Jiménez",
    "León",
    "Mora",
    "Ortega",
    "Rey",
)
WORDS = {"es": "Texto de una línea de la lista", "en": "A line of the list"}
URGENCIES = ("none", "none", "none", "soon", "urgent_2w", "same_day")


def fill() -> None:
    """Write the clinic, a few thousand rows at a time."""
    chance, now = random.Random(7), datetime.now(UTC)  # noqa: S311 — the same clinic each time
    doctors = [a_user("doctor", display_name=f"Dra. {name}") for name in (FAMILY * 2)[:DOCTORS]]
    patients = [_patient(number, chance, doctors) for number in range(PATIENTS)]
    Patient.objects.bulk_create(patients, batch_size=BATCH)
    _searchable(patients)
    chosen = chance.sample(patients, DRAFTS)
    _plans(chosen, chance, now)
    _alerts(chance.sample(patients, ALERTS), chance, now)
    _results(chance.sample(patients, RESULTS), chance, now)


def _searchable(patients: list[Patient]) -> None:
    """Copy a million and more beginnings of names in at once: row by row they would take most of the filling."""
    table = NamePrefix._meta.db_table
    into = f"COPY {table} (patient_id, index) FROM STDIN (FORMAT BINARY)"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(into) as rows:
        rows.set_types(["uuid", "bytea"])
        for one in patients:
            for index in _starts(one.full_name):
                rows.write_row((one.pk, index))


_known: dict[str, bytes] = {}


def _starts(name: str) -> Iterator[bytes]:
    for start in identity.prefixes(name):
        if start not in _known:
            _known[start] = blind(start, finding.PREFIX)
        yield _known[start]


def _patient(number: int, chance: random.Random, doctors: list[Any]) -> Patient:
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(32_000))
    return Patient(
        record_number=str(100_000 + number),
        given_name=chance.choice(GIVEN),
        family_name=f"{chance.choice(FAMILY)} {chance.choice(FAMILY)}",
        birth_date=born,
        birth_date_index=finding.number_index(born.isoformat(), "birth_date"),
        sex=chance.choice(["female", "male"]),
        general_practitioner=chance.choice(doctors),
        registered_at=datetime.now(UTC) - timedelta(minutes=number),
    )


def _ago(chance: random.Random, now: datetime) -> datetime:
    return now - timedelta(minutes=chance.randrange(60 * 24 * 40))


def _plans(people: list[Patient], chance: random.Random, now: datetime) -> None:
    release = current_release()
    assessed = [
        Evaluation(patient=one, release=release, case={}, case_sha256="c" * 64, result="{}", result_sha256="r" * 64,
                   status="ok", because="visit")
        for one in people
    ]  # fmt: skip
    Evaluation.objects.bulk_create(assessed, batch_size=BATCH)
    plans = [Plan(patient=one.patient, evaluation=one, urgency=chance.choice(URGENCIES)) for one in assessed]
    Plan.objects.bulk_create(plans, batch_size=BATCH)
    for plan in plans:
        plan.created_at = _ago(chance, now)
    Plan.objects.bulk_update(plans, ["created_at"], batch_size=500)
    items = [
        PlanItem(plan=plan, position=place, code=f"advice:line_{place}", kind="dx" if place == 0 else "advice",
                 state="held" if place == 5 and chance.random() < 0.2 else "proposed", content={"title": WORDS})
        for plan in plans
        for place in range(6)
    ]  # fmt: skip
    PlanItem.objects.bulk_create(items, batch_size=BATCH)


def _alerts(people: list[Patient], chance: random.Random, now: datetime) -> None:
    made = []
    for one in people:
        at = _ago(chance, now)
        made.append(
            Alert(patient=one, rule="upper.bleeding", code="alert:x", urgency=chance.choice(URGENCIES), text=WORDS,
                  facts_digest="0" * 32, raised_at=at, last_raised_at=at)
        )  # fmt: skip
    Alert.objects.bulk_create(made, batch_size=BATCH)


def _results(people: list[Patient], chance: random.Random, now: datetime) -> None:
    reports = [DiagnosticReport(patient=one, category="laboratory", title="Análisis", effective="2026-11-01")
               for one in people]  # fmt: skip
    DiagnosticReport.objects.bulk_create(reports, batch_size=BATCH)
    Release.objects.bulk_create(
        Release(report=one, patient=one.patient, kind="blood", abnormal=chance.random() < 0.5,
                received_at=_ago(chance, now))
        for one in reports
    )  # fmt: skip


def measure() -> dict[str, list[tuple[float, float]]]:
    """Return milliseconds by the clock and of this processor for each page, from the request to its last byte."""
    setup_test_environment()
    doctor = Patient.objects.select_related("general_practitioner").first().general_practitioner  # type: ignore[union-attr]
    assert doctor is not None
    client = Client()
    client.force_login(doctor)
    stamp = selectors.stamp_of(selectors.entries_for(doctor))
    asked: dict[str, Callable[[], Any]] = {
        "The list": lambda: client.get("/desk/"),
        "Its last page": lambda: client.get("/desk/?page=999"),
        "Red flags": lambda: client.get("/desk/?tab=flags"),
        "Held checks": lambda: client.get("/desk/?tab=held"),
        "Patients of one doctor": lambda: client.get(f"/desk/?doctor={doctor.pk}"),
        "Waiting more than a week": lambda: client.get("/desk/?days=7"),
        "Looking again, nothing new": lambda: client.get(f"/desk/live/?stamp={stamp}"),
        "Looking again, all new": lambda: client.get("/desk/live/?seen=2026-01-01T00:00:00Z"),
        "The next one": lambda: client.get("/desk/next/"),
        "Patients, by surname": lambda: client.get("/desk/patients/"),
        "Search: three letters": lambda: client.post("/desk/patients/", {"q": "gar"}, headers={"HX-Request": "true"}),
        "Search: name and surname": lambda: client.post("/desk/patients/", {"q": "marina ortega rey"}),
        "Search: record number": lambda: client.post("/desk/patients/", {"q": "123456"}),
    }
    return {name: _times(ask) for name, ask in asked.items()}


def _times(ask: Callable[[], Any]) -> list[tuple[float, float]]:
    found = []
    for number in range(ROUNDS + 3):
        cache.clear()
        begin, worked = time.perf_counter(), time.process_time()
        answer = ask()
        spent = 1000 * (time.perf_counter() - begin), 1000 * (time.process_time() - worked)
        assert answer.status_code in (200, 204, 302), answer.status_code
        if number >= 3:
            found.append(spent)
    return found


def page(found: dict[str, list[tuple[float, float]]]) -> str:
    """Return the page of figures."""
    lines = [
        "# How fast the doctor’s desk is",
        "",
        "Written by `python -m bench.desk`; do not edit.",
        "",
        f"{datetime.now(UTC):%d %B %Y}; {os.cpu_count()} cores. {PATIENTS:,} patients, of whom {DRAFTS:,} have a draft",
        f"of six items, {ALERTS:,} an open alert and {RESULTS:,} a result to release; PostgreSQL on this machine.",
        f"Milliseconds of the server for a whole request with its audit, {ROUNDS} rounds after three to warm up. The",
        f"target is a p95 below {TARGET} ms.",
        "",
        f"Load of the machine meanwhile: {os.getloadavg()[1]:.1f}; with more than its cores, only the processor’s own",
        "milliseconds (without those of PostgreSQL) can be believed.",
        "",
        "| Page | p50 | p95 | processor, p50 | |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for name, times in found.items():
        clock, worked = [one for one, _cpu in times], [cpu for _one, cpu in times]
        high = quantiles(clock, n=20)[-1]
        over = "" if high < TARGET else "over the target"
        lines.append(f"| {name} | {median(clock):.0f} | {high:.0f} | {median(worked):.0f} | {over} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "fill" in sys.argv:
        begun = time.monotonic()
        fill()
        print(f"filled in {time.monotonic() - begun:.0f} s", flush=True)
    told = page(measure())
    PAGE.write_text(told)
    print(told)
