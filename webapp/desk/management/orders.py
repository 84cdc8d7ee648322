"""What the demo clinic has of medicines: a doctor who said who she is, two pharmacies, weeks of ticks, requests."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice

from webapp.accounts.models import User
from webapp.patients.models import Patient
from webapp.plans.models import Plan, PlanItem
from webapp.plans.taken import TAKEN, words_of
from webapp.prescriptions import due, medicines
from webapp.prescriptions import services as prescriptions
from webapp.prescriptions.models import Tick

PHARMACIES = (("Farmacia del Parque", "Calle del Parque 4"), ("Farmacia San Miguel", "Plaza Mayor 11"))
WHO = {
    "given_name": "Elena", "surnames": "Vidal Pons", "qualification": "Licenciada en Medicina y Cirugía",
    "college_number": "282812345", "speciality": "Aparato digestivo", "email": "vidal@demo.example",
    "phone": "+34910000000", "address": "Calle de la Alameda 12", "town": "Madrid",
}  # fmt: skip
DAYS = 60  # as far back as the ticks of a course may go
LEFT_OUT, NOT_TOLD = (2, 5, 6, 9, 17, 30, 38), (4, 11, 12, 22, 23, 45)  # days back


def play(staff: Mapping[str, User], patients: Mapping[str, Patient], today: date) -> None:
    """Let two patients tick their doses, and ask to go on with what runs out."""
    prescriptions.describe(doctor=staff["vidal"], values=WHO)
    keeper = next(user for user in staff.values() if user.may("clinic.manage"))
    kept = [prescriptions.keep_pharmacy(name=name, address=at, actor=keeper) for name, at in PHARMACIES]
    for person in islice(_treated(patients, today), 2):
        prescriptions.choose(patient=person, pharmacy_id=kept[0].pk, user=person.user)
        _ticks(person, today)
        _ask(person, today)
    prescriptions.count_weeks(today)


def _treated(patients: Mapping[str, Patient], today: date) -> Iterator[Patient]:
    """Yield who has an account and takes a medicine today; only plans that give one are read."""
    given = PlanItem.objects.filter(kind="rx", decision__in=TAKEN, plan__status=Plan.Status.SIGNED)
    told = set(given.values_list("plan__patient_id", flat=True))
    for person in patients.values():
        plan = medicines.plan_of(person.pk) if person.user_id and person.pk in told else None
        if plan and _given(person) and any(dose.is_due(today) for dose in due.doses_of(plan)):
            yield person


def _ticks(person: Patient, today: date) -> None:
    plan = medicines.plan_of(person.pk)
    days = [back for back in range(1, DAYS) if back not in NOT_TOLD]
    doses = due.doses_of(plan) if plan else []
    Tick.objects.bulk_create(
        Tick(item=dose.item, patient=person, place=dose.place, part=dose.part.name, day=day, taken=back not in LEFT_OUT)
        for back in days
        for dose in doses
        if dose.is_due(day := today - timedelta(days=back))
    )


def _ask(person: Patient, today: date) -> None:
    prescriptions.ask(patient=person, item_id=_given(person)[0].pk, user=person.user, today=today)


def _given(person: Patient) -> list[PlanItem]:
    """Return the medicines of the plan a patient follows."""
    plan = medicines.plan_of(person.pk)
    released = plan.released_items if plan else []  # type: ignore[attr-defined]
    return [one for one in released if medicines.is_medicine(one) and words_of(one).get("doses")]
