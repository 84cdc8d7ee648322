"""Plans that give medicines, signed and told, and doctors who have said who they are."""

from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.people import a_dni
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, content, later
from webapp.accounts.models import User
from webapp.patients.models import Patient
from webapp.plans import deciding
from webapp.plans.models import Plan
from webapp.plans.terms import terms_of
from webapp.prescriptions import selectors, services
from webapp.prescriptions.writing import Given, medicines_of

WHO = {
    "given_name": "Elena", "surnames": "Vidal Pons", "qualification": "Licenciada en Medicina", "town": "Madrid",
    "college_number": "282812345", "speciality": "Aparato digestivo", "email": "vidal@alameda.example",
    "phone": "+34910000000", "address": "Calle Mayor 1",
}  # fmt: skip
GIVEN = Given("cápsulas 20 mg", 56, 1, 56)


def a_prescriber(name: str = "Dra. Vidal") -> User:
    doctor = a_doctor(name)
    services.describe(doctor=doctor, values=WHO)
    return doctor


def a_known_patient(**fields: Any) -> Patient:
    number = a_dni()
    return a_patient(
        user=a_user("patient"), national_id=number, national_id_index=number.encode().ljust(16)[:16], **fields
    )


def told_plan(patient: Patient, *items: dict[str, Any], doctor: User | None = None) -> Plan:
    """A plan signed an hour ago."""
    doctor = doctor or a_doctor()
    plan = a_plan(patient, *items, seen_by=doctor)
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    return later(deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1), 60)


def a_supplement(**changes: Any) -> dict[str, Any]:
    dose = {
        "ingredient": "psyllium", "dose": "5 g", "frequency": "twice daily", "route": "oral", "timing": {},
        "duration_days": 28, "daily": "10", "unit": "g",
    }  # fmt: skip
    return content("supp:psyllium", doses=[dose], title={"es": "Plantago", "en": "Psyllium"}) | changes


def written(plan: Plan, doctor: User, **changes: Any) -> Any:
    """Write out every medicine of a plan; return the number of the batch."""
    found = selectors.plan_for(doctor, plan.pk)
    assert found is not None
    keys = [one.key for one in medicines_of(found, terms_of(found.evaluation, "es"))]
    given = dict.fromkeys(keys, GIVEN)
    told = {"plan": found, "batch": uuid4(), "given": given, "doctor": doctor, "today": timezone.localdate()}
    return services.issue(**told | changes)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, **arguments: Any) -> str:
    return reverse(f"prescriptions:{name}", kwargs=arguments)
