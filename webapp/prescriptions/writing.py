"""What a private prescription says: the fields of RD 1718/2010, art. 3.2, and which of them nobody has told us.

What is missing is named, on the page and on the paper; it is never an empty line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from webapp.patients.models import Patient
from webapp.plans.models import Plan, PlanItem
from webapp.plans.sheets import STOPS
from webapp.plans.taken import words_of
from webapp.plans.terms import Terms, frequency
from webapp.prescriptions.models import Prescriber

Words = str | Promise
LONGEST = 90  # days a prescription covers at most
VALID = 10  # calendar days in which it is taken to a pharmacy
# Substances of List I: on the official form of the state alone, never on ours.
LIST_I = frozenset({"morphine", "fentanyl", "oxycodone", "methadone", "hydromorphone", "tapentadol", "pethidine"})
ROUTES: Mapping[str, Words] = {
    "oral": _("by mouth"),
    "rectal": _("by the rectum"),
    "topical": _("on the skin"),
    "subcutaneous": _("under the skin"),
    "intramuscular": _("into the muscle"),
    "intravenous": _("into the vein"),
    "inhaled": _("inhaled"),
    "sublingual": _("under the tongue"),
}
# Each thing a prescription needs of somebody, and the field of the prescriber it stands in.
LACKS: Mapping[str, Words] = {
    "second_surname": _("the patient’s second surname"),
    "identity": _("the patient’s DNI, NIE or passport"),
    "given_name": _("the doctor’s first name"),
    "surnames": _("the doctor’s two surnames"),
    "qualification": _("the doctor’s qualification"),
    "college_number": _("the doctor’s college number"),
    "speciality": _("the doctor’s speciality"),
    "email": _("the doctor’s e-mail"),
    "phone": _("the doctor’s telephone"),
    "address": _("the doctor’s professional address"),
    "town": _("the town of that address"),
}
OF_DOCTOR = (
    "given_name", "surnames", "qualification", "college_number", "speciality", "email", "phone", "address", "town",
)  # fmt: skip
MAY_LACK = frozenset({"second_surname"})  # who comes from abroad has none


@dataclass(frozen=True, slots=True)
class Medicine:
    """One dose of a signed item; ``barred`` says why it is not written, if it is not."""

    item: PlanItem
    place: int
    code: str
    substance: str
    dose: str
    frequency: str
    timing: Mapping[str, str]
    route: str
    days: int | None
    barred: Words = ""

    @property
    def key(self) -> str:
        return f"{self.item.pk.hex}-{self.place}"

    @property
    def often(self) -> str:
        return frequency(self.frequency)

    @property
    def route_words(self) -> Words:
        return ROUTES.get(self.route, self.route)


@dataclass(frozen=True, slots=True)
class Advised:
    """A supplement as it is recommended: its own sheet, no prescription."""

    title: str
    lines: Sequence[str]
    note: str


def medicines_of(plan: Plan, terms: Terms) -> list[Medicine]:
    """Return the medicines of a plan that came with its ``released_items``, a dose a line."""
    items: Sequence[PlanItem] = plan.released_items  # type: ignore[attr-defined]
    return [one for item in items if item.kind == "rx" and not _stops(item) for one in _medicines(item, terms)]


def supplements_of(plan: Plan, terms: Terms) -> list[Advised]:
    """Return what a plan recommends and nobody prescribes."""
    items: Sequence[PlanItem] = plan.released_items  # type: ignore[attr-defined]
    given = [item for item in items if not _stops(item)]
    beside = [one for item in given if item.kind == "rx" for one in _supplements_in(item, terms)]
    return [_advised(item, terms) for item in given if item.kind == "supp"] + beside


def _supplements_in(item: PlanItem, terms: Terms) -> list[Advised]:
    doses = [dose for dose in words_of(item).get("doses") or () if _is_supplement(dose["ingredient"], terms)]
    return [Advised(terms.ingredient(dose["ingredient"]), [_how(dose, terms, named=False)], "") for dose in doses]


def _stops(item: PlanItem) -> bool:
    return item.code.partition(":")[2].startswith(STOPS)


def _is_supplement(code: str, terms: Terms) -> bool:
    known = terms.edition.formulary.medicines.get(code)
    return known is not None and known.kind == "supplement"


def _how(dose: Mapping[str, Any], terms: Terms, *, named: bool) -> str:
    """Return a dose with when in the day it is taken, which a plan says of many supplements."""
    return ", ".join(part for part in (terms.dose(dose, named=named), terms.say(dose.get("timing"))) if part)


def _advised(item: PlanItem, terms: Terms) -> Advised:
    content = words_of(item)
    doses = content.get("doses") or ()
    title = terms.say(content.get("title")) or terms.code(item.code)
    lines = [_how(dose, terms, named=len(doses) > 1) for dose in doses]
    return Advised(title, lines, terms.say(content.get("patient_text")))


def _medicines(item: PlanItem, terms: Terms) -> list[Medicine]:
    content = words_of(item)
    doses = content.get("doses") or ()
    if not doses:
        title = terms.say(content.get("title")) or terms.code(item.code)
        barred = _("No dose was signed with it: sign a plan that says the dose.")
        return [Medicine(item, 0, "", title, "", "", {}, "", None, barred)]
    return [
        _medicine(item, place, dose, terms)
        for place, dose in enumerate(doses)
        if not _is_supplement(dose["ingredient"], terms)
    ]


def _medicine(item: PlanItem, place: int, dose: Mapping[str, Any], terms: Terms) -> Medicine:
    code = dose["ingredient"]
    barred = _("It is written on the official form for narcotics alone.") if code in LIST_I else ""
    often, length = dose.get("frequency") or "", dose.get("duration_days")
    timing, route = dose.get("timing") or {}, dose.get("route") or ""
    return Medicine(item, place, code, terms.ingredient(code), str(dose["dose"]), often, timing, route, length, barred)


def lacking(patient: Patient, doctor: Prescriber) -> list[str]:
    """Return what the record and the doctor's own page do not tell of what every prescription says."""
    of_doctor = [name for name in OF_DOCTOR if not getattr(doctor, name).strip()]
    second = [] if len(patient.family_name.split()) > 1 else ["second_surname"]
    return [*second, *([] if patient.national_id or patient.other_id else ["identity"]), *of_doctor]


def stopping(lacks: Sequence[str]) -> list[str]:
    """Return those without which nothing is printed onto the college's form."""
    return [name for name in lacks if name not in MAY_LACK]


@dataclass(frozen=True, slots=True)
class Given:
    """What a doctor says of one medicine beside the plan: how it is sold, how much of it, for how long."""

    presentation: str
    units: int
    packs: int
    days: int
    brand: str = ""
    brand_reason: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who writes for whom, on what and when; ``form`` is the clinic's way of printing."""

    patient: Patient
    doctor: Prescriber
    form: str
    day: date


def content_of(medicine: Medicine, given: Given, at: Occasion) -> Any:
    """Return every word of one prescription, as JSON."""
    patient, doctor, day = at.patient, at.doctor, at.day
    covered = min(given.days, LONGEST)
    return {
        "form": at.form,
        "day": day,
        "sheets": [_sheet(day + timedelta(days=covered * place // given.packs)) for place in range(given.packs)],
        "lacks": lacking(patient, doctor),
        "patient": {
            "given_name": patient.given_name,
            "surnames": patient.family_name,
            "birth_date": patient.birth_date,
            "identity": patient.national_id or patient.other_id or "",
        },
        "doctor": {name: getattr(doctor, name).strip() for name in OF_DOCTOR},
        "medicine": {
            "code": medicine.code,
            "substance": medicine.substance,
            "dose": medicine.dose,
            "route": medicine.route,
        }
        | {name: getattr(given, name) for name in ("presentation", "units", "packs", "brand", "brand_reason")},
        "how": {
            "frequency": medicine.frequency,
            "timing": dict(medicine.timing),
            "days": covered,
            "whole": given.days,
            "start": day,
            "end": day + timedelta(days=covered - 1),
        },
    }


def _sheet(planned: date) -> dict[str, date]:
    """Return what tells one form from those before it: on paper each pack has its own, valid from its planned day."""
    return {"planned": planned, "valid_until": planned + timedelta(days=VALID - 1)}
