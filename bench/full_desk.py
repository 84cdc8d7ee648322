"""A clinic of fifty thousand patients, and how long its lists take: what `bench.desk` runs on a database of its own."""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
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
from webapp.desk import selectors, views_kept  # noqa: E402
from webapp.desk.choosing import Choice  # noqa: E402
from webapp.patients import finding, identity  # noqa: E402
from webapp.patients.models import DiagnosticReport, NamePrefix, Patient  # noqa: E402
from webapp.plans.models import Evaluation, Plan, PlanItem  # noqa: E402
from webapp.results.models import Release  # noqa: E402

PATIENTS, DRAFTS, ALERTS, RESULTS, DOCTORS = 50_000, 5_000, 2_000, 1_500, 25
ROUNDS, WARM_UP, BATCH = 60, 3, 2000
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
Ask = Callable[[], Any]
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


Spent = tuple[float, float, float]  # milliseconds by the clock, of this processor, of PostgreSQL's


def measure() -> dict[str, list[Spent]]:
    """Return what each page takes, from the request to its last byte."""
    setup_test_environment()
    doctor = Patient.objects.select_related("general_practitioner").first().general_practitioner  # type: ignore[union-attr]
    assert doctor is not None
    client = Client()
    client.force_login(doctor)
    listed = selectors.entries_for(doctor)
    assert len(listed) > (DRAFTS + ALERTS + RESULTS) * 0.9, "nobody waits: fill the database anew"
    asked = _of_the_list(client, doctor, listed.stamp()) | _of_patients(client)
    return {name: _times(ask) for name, ask in asked.items()}


def _of_the_list(client: Client, doctor: Any, stamp: str) -> dict[str, Ask]:
    views_kept.views_of(doctor).delete()
    choice = Choice(tab="plans", doctor=str(doctor.pk), days=3)
    view = views_kept.keep(user=doctor, name="Mine, for long", choice=choice, first=False)
    addresses = {
        "The list": "/desk/",
        "Its second page": "/desk/?page=2",
        "A page in its middle": "/desk/?page=80",
        "Its last page": "/desk/?page=999",
        "Red flags": "/desk/?tab=flags",
        "Held checks": "/desk/?tab=held",
        "Results to release": "/desk/?tab=sheets",
        "Patients of one doctor": f"/desk/?doctor={doctor.pk}",
        "Waiting more than a week": "/desk/?days=7",
        "A saved view": f"/desk/?view={view.pk}",
        "Looking again, nothing new": f"/desk/live/?stamp={stamp}",
        "Looking again, busy in the list": "/desk/live/?busy=1&seen=2026-01-01T00:00:00Z",
        "Looking again, all new": "/desk/live/?seen=2026-01-01T00:00:00Z",
        "The next one": "/desk/next/",
    }
    return {name: partial(client.get, address) for name, address in addresses.items()}


def _of_patients(client: Client) -> dict[str, Ask]:
    search = partial(client.post, "/desk/patients/")
    return {
        "Patients, by surname": partial(client.get, "/desk/patients/"),
        "Search: three letters": partial(search, {"q": "gar"}, headers={"HX-Request": "true"}),
        "Search: name and surname": partial(search, {"q": "marina ortega rey"}),
        "Search: record number": partial(search, {"q": "123456"}),
    }


def _times(ask: Ask) -> list[Spent]:
    return [_spent(ask) for _number in range(WARM_UP + ROUNDS)][WARM_UP:]


def _spent(ask: Ask) -> Spent:
    """Ask once, on a new connection as the server does: its process of PostgreSQL has worked for nothing else."""
    cache.clear()
    connection.close()
    begin, worked = time.perf_counter(), time.process_time()
    answer = ask()
    spent = 1000 * (time.perf_counter() - begin), 1000 * (time.process_time() - worked)
    assert answer.status_code in (200, 204, 302), answer.status_code
    return *spent, _of_database(connection.connection.info.backend_pid)


def _of_database(process: int) -> float:
    """Return the milliseconds for which a process of this machine has worked; Linux tells nanoseconds."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1_000_000


def page(found: dict[str, list[Spent]]) -> str:
    """Return the page of figures."""
    lines = [
        "# How fast the doctor’s desk is",
        "",
        "Written by `python -m bench.desk`; do not edit.",
        "",
        f"{datetime.now(UTC):%d %B %Y}; {os.cpu_count()} cores. {PATIENTS:,} patients, of whom {DRAFTS:,} have a draft",
        f"of six items, {ALERTS:,} an open alert and {RESULTS:,} a result to release; PostgreSQL on this machine.",
        "Milliseconds of the server for a whole request with its audit and a connection to the database of its own,",
        f"{ROUNDS} rounds after {WARM_UP} to warm up. The target is a p95 below {TARGET} ms, by the clock and of the",
        "processor.",
        "",
        "“Processor” is what this process and its process of PostgreSQL worked, “database” the part of the latter.",
        f"Load of the machine meanwhile: {os.getloadavg()[1]:.1f}. With more than its cores, the clock also measures",
        "who works beside; the processor’s milliseconds then say what a page costs.",
        "",
        "| Page | clock, p50 | clock, p95 | processor, p50 | processor, p95 | database, p50 | |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    return "\n".join([*lines, *(_line(name, times) for name, times in found.items())]) + "\n"


def _line(name: str, times: list[Spent]) -> str:
    clock, ours, database = (list(column) for column in zip(*times, strict=True))
    worked = [one + other for one, other in zip(ours, database, strict=True)]
    high, most = (quantiles(one, n=20)[-1] for one in (clock, worked))
    said = "over the target" if most >= TARGET else "over it by the clock" if high >= TARGET else ""
    figures = (median(clock), high, median(worked), most, median(database))
    return f"| {name} | {' | '.join(f'{one:.0f}' for one in figures)} | {said} |"


if __name__ == "__main__":
    if "fill" in sys.argv:
        begun = time.monotonic()
        fill()
        print(f"filled in {time.monotonic() - begun:.0f} s", flush=True)
    told = page(measure())
    PAGE.write_text(told)
    print(told)
