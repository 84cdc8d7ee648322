"""Every list asks the database as often for many lines as for a few: those whose own tests do not say so stand here."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.webapp.patients.hostile import a_png
from tests.webapp.patients.lines import a_line
from tests.webapp.people import a_doctor, a_patient_with_login, a_user
from tests.webapp.plans.factories import content
from tests.webapp.prescriptions.orders import told_plan, written
from tests.webapp.results.sheets import a_report, a_value
from webapp.accounts.models import User
from webapp.base.roles import Role
from webapp.desk.models import SavedView
from webapp.desk.places import Part
from webapp.patients import services as patients
from webapp.patients.models import Patient
from webapp.prescriptions.models import Pharmacy
from webapp.results.models import LabFile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]
MEDICINES = ("omeprazole", "famotidine", "mesalazine", "budesonide", "rifaximin", "ondansetron")
FEW, MANY = range(2), range(2, 14)
WORDS = {
    "allergy": lambda n: {"code": "", "text": f"Polen {n}"},
    "medication": lambda n: {"code": "", "text": f"Remedio {n}"},
    "condition": lambda n: {"code": "", "detail": {"text": f"Mal {n}"}},
    "family_history": lambda n: {"code": f"disease_{n}"},
    "previous_treatment": lambda n: {"code": "", "text": f"Cura {n}"},
    "contact": lambda n: {"name": f"Luis Rey {n}"},
    "procedure": lambda n: {"text": f"Corte {n}"},
    "encounter": lambda n: {"reason": f"Ingreso {n}"},
    "report": lambda n: {"title": f"Informe {n}"},
}


def add(patient: Patient, doctor: User, numbers: range) -> None:
    """Write so many lines of everything that is listed somewhere."""
    for n in numbers:
        for kind, told in WORDS.items():
            a_line(kind, patient, doctor, **told(n))
        file = a_png((8 + n, 6))
        patients.add_document(patient, name="x.png", content=file, kind="letter", actor=doctor, title=f"Carta {n}")
        a_report(patient, a_value("hb", 131), days_ago=n)
        Pharmacy.objects.create(name=f"Farmacia {n}")
        SavedView.objects.create(user=doctor, name=f"Lista {n}")
        LabFile.objects.create(asked_by=doctor, content=b"x", lines=1)


def a_medicine(name: str) -> dict[str, Any]:
    dose = {
        "ingredient": name, "dose": "20 mg", "frequency": "once daily", "route": "oral", "timing": {},
        "duration_days": 56, "daily": "20", "unit": "mg",
    }  # fmt: skip
    return content(f"rx:{name}", doses=[dose], drugs=[name])


def cost(client: Client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(asked)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def costs(patient: Patient, doctor: Client, boss: Client) -> dict[str, int]:
    """Return what each list asks, the lists of the patient's portal among them."""
    own = browser(patient.user)
    lists = {
        reverse("portal:record"): own,
        reverse("portal:plan"): own,
        reverse("prescriptions:mine"): own,
        reverse("prescriptions:day"): own,
        reverse("prescriptions:course", args=[patient.pk]): doctor,
        reverse("results:list", args=[patient.pk]): doctor,
        reverse("results:choose"): doctor,
        reverse("desk:views"): doctor,
        reverse("prescriptions:pharmacies"): boss,
    }
    for part in set(Part.names) - {"contacts"}:  # who stand all on the page of the patient
        lists[reverse("desk:whole_list", kwargs={"pk": patient.pk, "part": part})] = doctor
    assert all(cost(client, address) for address, client in lists.items())  # what is asked once is asked now
    return {address.replace(str(patient.pk), "#"): cost(client, address) for address, client in lists.items()}


def test_every_list_asks_as_often_for_many_lines_as_for_few():
    doctor, boss = a_doctor(), browser(a_user(Role.ADMINISTRATOR))
    one, other = a_patient_with_login(), a_patient_with_login(given_name="Otilia")
    written(told_plan(one, a_medicine(MEDICINES[0]), doctor=doctor), doctor)
    add(one, doctor, FEW)
    few = costs(one, browser(doctor), boss)
    plan = told_plan(other, *(a_medicine(name) for name in MEDICINES), doctor=doctor)
    for _time in range(3):
        written(plan, doctor)
    add(other, doctor, MANY)
    many = costs(other, browser(doctor), boss)
    last = browser(doctor).get(reverse("desk:whole_list", kwargs={"pk": other.pk, "part": "medications"}))
    assert all(f"Remedio {n}" in last.content.decode() for n in MANY)
    assert {name: (few[name], asked) for name, asked in many.items() if asked > few[name]} == {}


class Asked:
    """A name that is asked of the database each time it is read."""

    def __get__(self, pharmacy: Pharmacy, _kind: type) -> str:
        Pharmacy.objects.exists()
        return str(pharmacy.__dict__["name"])

    def __set__(self, pharmacy: Pharmacy, name: str) -> None:
        pharmacy.__dict__["name"] = name


def test_a_list_that_asks_once_for_each_line_is_noticed(monkeypatch):
    boss, address = browser(a_user(Role.ADMINISTRATOR)), reverse("prescriptions:pharmacies")
    Pharmacy.objects.create(name="Farmacia Sol")
    cost(boss, address)
    before = cost(boss, address)
    Pharmacy.objects.create(name="Farmacia Luna")
    assert cost(boss, address) == before
    monkeypatch.setattr(Pharmacy, "name", Asked())
    assert cost(boss, address) >= before + 2
