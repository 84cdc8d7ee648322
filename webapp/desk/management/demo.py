"""Playing the demo clinic: each event of demo.json in its order, through the services people use, at its hour."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from webapp.accounts import demo_code
from webapp.accounts import services as accounts
from webapp.accounts.models import User
from webapp.accounts.selectors import by_email, with_role
from webapp.audit import services as audit
from webapp.base.roles import READ_OF_OTHERS, Role
from webapp.clinic import selectors as clinic
from webapp.clinic import services as clinic_services
from webapp.desk.management import answering, lab, orders, papers, signing
from webapp.desk.management.clock import at, no_jobs
from webapp.intake.answers import MARK_UNKNOWN
from webapp.patients import selectors, services
from webapp.patients.models import Patient
from webapp.plans import handing
from webapp.plans import services as plans
from webapp.plans.models import Plan

Event = dict[str, Any]
SET_UP_BEFORE = 14  # days
IDENTITY = ("given_name", "family_name", "sex", "national_id", "phone", "email", "language")
HANDED_OVER = "Estoy fuera hasta el lunes y no conviene que espere."
MARK = "vidal@demo.example"  # whoever is there was made by an earlier load


@dataclass
class Stage:
    """Who is on it, and which day it is."""

    today: date
    password: str  # encoded once: all share it, and a slow hash for each of forty would be felt at the first start
    staff: dict[str, User] = field(default_factory=dict)
    patients: dict[str, Patient] = field(default_factory=dict)

    def moment(self, day: int, hour: float) -> datetime:
        """Return the time of an event; what would still come today has just happened instead."""
        naive = datetime.combine(self.today + timedelta(days=day), time()) + timedelta(hours=hour)
        planned = naive.replace(tzinfo=timezone.get_current_timezone())
        return min(planned, timezone.now() - timedelta(minutes=1))


@dataclass(frozen=True)
class Loaded:
    """What a load did: nothing if the clinic was there already."""

    patients: int
    events: int


@transaction.atomic
@no_jobs()
@audit.together()
def load(folder: Path) -> Loaded:
    """Bring the demo clinic in, all of it or nothing; a second load changes nothing."""
    if by_email(MARK):
        _second_steps()
        return Loaded(0, 0)
    told = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    stage = Stage(timezone.localdate(), make_password(settings.DEMO_PASSWORD))
    with at(opening(told)):
        for person in told["staff"]:
            stage.staff[person["key"]] = _login(stage, person, person["roles"])
        _describe(folder)
    first = min(person["registered"] for person in told["patients"])
    with at(stage.moment(first, 8)):
        for purpose, body in told["consents"].items():
            services.publish_consent_text(purpose=purpose, body_es=body["es"], body_en=body["en"], actor=None)
    steps = sorted(_steps(told["patients"]), key=lambda step: step[:3])
    for day, hour, _order, person, event in steps:
        _play(stage, person, event, stage.moment(day, hour))
    with at(stage.moment(0, 8)):
        _results(stage)
        orders.play(stage.staff, stage.patients, stage.today)
        hand_over(stage)
    return Loaded(len(stage.patients), len(steps))


def opening(told: Mapping[str, Any]) -> datetime:
    """Return when the demo clinic was set up: some days before its first patient came."""
    first = min(person["registered"] for person in told["patients"]) - SET_UP_BEFORE
    return Stage(timezone.localdate(), "").moment(first, 8)


@contextmanager
def being_set_up(folder: Path) -> Iterator[None]:
    """Let it be the time before the demo clinic's first patient, unless the clinic is there already."""
    if by_email(MARK):
        yield
    else:
        with at(opening(json.loads((folder / "demo.json").read_text(encoding="utf-8")))):
            yield


def _results(stage: Stage) -> None:
    """Let the director rule on results, and leave a few of today that wait for a doctor."""
    lab.rules(stage.staff["director"], stage.today)
    doctors = {key: _clinician(stage, patient) for key, patient in stage.patients.items()}
    for patient in lab.waiting(stage.patients, doctors, stage.today):
        _assess_anew(patient)


def hand_over(stage: Stage) -> None:
    """Let a doctor hand the oldest of her drafts without hurry to a colleague, who has not opened it yet."""
    giver, colleague = stage.staff["ibarra"], stage.staff["vidal"]
    drafts = Plan.objects.filter(status=Plan.Status.DRAFT, urgency="none", patient__general_practitioner=giver)
    if draft := drafts.order_by("created_at").first():
        handing.hand_over(plan_id=draft.pk, doctor=giver, to=str(colleague.pk), reason=HANDED_OVER)


def _describe(folder: Path) -> None:
    """Let the clinic say what it is called, and answer what people ask first; what somebody wrote already stands."""
    if clinic.current().number or not (folder / "clinic.json").is_file():
        return
    for section, values in json.loads((folder / "clinic.json").read_text(encoding="utf-8")).items():
        clinic_services.change(section=section, values=values, shown=clinic.current().number, actor=None)


def _second_steps() -> None:
    """Give a second step to the staff of a demo clinic that was loaded before there was one."""
    for user in with_role(*READ_OF_OTHERS):
        if user.email.endswith(MARK.partition("@")[2]):
            demo_code.give(user)


def logins(folder: Path) -> list[tuple[str, str]]:
    """Return who can sign in, by role and address, the patients with the most to see first."""
    told = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    staff = [(", ".join(person["roles"]), person["email"]) for person in told["staff"]]
    people = [(f"patient, {person['given_name']}", person["email"]) for person in told["patients"] if person["login"]]
    return [*staff, *people[:2]]


def _steps(people: list[dict[str, Any]]) -> list[tuple[int, float, int, dict[str, Any], Event]]:
    """Return every event of every person, registrations included, each with its place in the order of the clinic."""
    steps = []
    for order, person in enumerate(people):
        steps.append((person["registered"], 9.0, order, person, {"do": "register"}))
        steps += [(event["day"], event["hour"], order, person, event) for event in person["events"]]
    return steps


def _login(stage: Stage, person: dict[str, Any], roles: list[str]) -> User:
    user = accounts.create_user(
        email=person["email"],
        password=None,
        display_name=person["name"],
        roles=roles,
        language=person.get("language", "es"),
    )
    user.password = stage.password
    user.save(update_fields=["password"])
    user.active_role = roles[0]
    if set(roles) & READ_OF_OTHERS:
        demo_code.give(user)
    return user


def _play(stage: Stage, person: dict[str, Any], event: Event, moment: datetime) -> None:
    with at(moment):
        if event["do"] == "register":
            stage.patients[person["key"]] = _register(stage, person, moment)
        else:
            PLAYED[event["do"]](stage, stage.patients[person["key"]], event)
            if event["do"] in TOLD:
                _assess_anew(stage.patients[person["key"]])


def _assess_anew(patient: Patient) -> None:
    """Keep an open draft on the newest facts, as the clinic does with everything written down."""
    if Plan.objects.filter(patient=patient, status=Plan.Status.DRAFT).exists():
        plans.assess(patient_id=patient.pk, because="visit", today=timezone.localdate())


def _register(stage: Stage, person: dict[str, Any], moment: datetime) -> Patient:
    name = f"{person['given_name']} {person['family_name']}"
    user = _login(stage, {**person, "name": name}, [Role.PATIENT]) if person["login"] else None
    given = {
        key: person[key] for key in ("given_name", "family_name", "sex", "national_id", "phone", "email", "language")
    }
    return services.register(
        **given,
        actor=stage.staff["front_desk"],
        birth_date=stage.today + timedelta(days=person["born"]),
        general_practitioner=stage.staff[person["doctor"]],
        user=user,
        registered_at=moment,
    )


def _own(patient: Patient) -> User:
    user = patient.user
    user.active_role = Role.PATIENT
    return user


def _clinician(stage: Stage, patient: Patient) -> User:
    return next(user for user in stage.staff.values() if user.pk == patient.general_practitioner_id)


def _consent(stage: Stage, patient: Patient, event: Event) -> None:
    actor = _own(patient) if event["channel"] == "portal" else stage.staff["front_desk"]
    purpose, channel = event["purpose"], event["channel"]
    if event["do"] == "withdraw":
        services.withdraw_consent(patient=patient, purpose=purpose, channel=channel, actor=actor)
    else:
        text = selectors.current_text(purpose)
        services.accept_consent(patient=patient, text=text, channel=channel, actor=actor)


def _allergy(stage: Stage, patient: Patient, event: Event) -> None:
    told = event["by"] == "patient"
    services.add_allergy(
        patient=patient,
        code=event["code"],
        text=event["text"],
        verification="unconfirmed" if told else "confirmed",
        actor=_own(patient) if told and patient.user_id else _clinician(stage, patient),
    )


def _medication(stage: Stage, patient: Patient, event: Event) -> None:
    services.add_medication(
        patient=patient,
        code=event["code"],
        text=event["text"],
        dose=event["dose"],
        started_on=stage.today + timedelta(days=event["since"]),
        actor=_clinician(stage, patient),
    )


def _condition(stage: Stage, patient: Patient, event: Event) -> None:
    services.add_condition(
        patient=patient, code=event["code"], actor=_clinician(stage, patient), verification="confirmed"
    )


def _family(stage: Stage, patient: Patient, event: Event) -> None:
    doctor = _clinician(stage, patient)
    services.add_family_history(patient=patient, code=event["code"], relation=event["relation"], actor=doctor)


def _contact(stage: Stage, patient: Patient, event: Event) -> None:
    services.add_contact(
        patient=patient,
        name=event["name"],
        relationship=event["relationship"],
        phone=event["phone"],
        is_emergency_contact=event["emergency"],
        is_guardian=event["guardian"],
        actor=stage.staff["front_desk"],
    )


def _procedure(stage: Stage, patient: Patient, event: Event) -> None:
    services.add_procedure(
        patient=patient,
        text=event["text"],
        performed=str(stage.today.year - event["years"]),
        place=event["place"],
        outcome=event["outcome"],
        actor=_clinician(stage, patient),
    )


def _encounter(stage: Stage, patient: Patient, event: Event) -> None:
    services.add_encounter(
        patient=patient,
        kind=event["kind"],
        reason=event["reason"],
        started=str(stage.today.year - event["years"]),
        place=event["place"],
        outcome=event["outcome"],
        actor=_clinician(stage, patient),
    )


def _report(stage: Stage, patient: Patient, event: Event) -> None:
    doctor, title = _clinician(stage, patient), event["title"]
    document = None
    if event["paper"]:
        words = [patient.full_name, *event["paper"]]
        document = services.add_document(
            patient, name=f"{title}.pdf", content=papers.paper(words), kind="report", actor=doctor
        )
        if patient.user_id:
            services.release(document=document, actor=doctor)
    services.add_report(
        patient=patient,
        category=event["category"],
        title=title,
        conclusion=event["conclusion"],
        performer=event["performer"],
        effective=(stage.today - timedelta(days=event["days"])).isoformat(),
        document=document,
        actor=doctor,
    )


def _none(stage: Stage, patient: Patient, event: Event) -> None:
    services.record_none(patient=patient, topic=event["topic"], actor=_clinician(stage, patient))


def _whole(stage: Stage, patient: Patient, event: Event) -> None:
    services.record_whole(patient=patient, topic=event["topic"], actor=_clinician(stage, patient))


def _values(stage: Stage, patient: Patient, event: Event) -> None:
    now = timezone.now()
    if event["origin"] == "lab":
        lab.written(patient, event["rows"], _clinician(stage, patient))
        return
    rows = [services.Reading(code, value, now, event["origin"], unit) for code, value, unit in event["rows"]]
    services.record_observations(patient=patient, rows=rows, actor=_clinician(stage, patient))


def _answers(stage: Stage, patient: Patient, event: Event) -> None:
    """Write down what was said at the visit: by the clinician, for a patient who does not use the portal."""
    answering.write_down(patient, event["answers"], _clinician(stage, patient))


def _diary(stage: Stage, patient: Patient, event: Event) -> None:
    actor = _own(patient) if patient.user_id else _clinician(stage, patient)
    answering.write_diary(patient, actor, [(stage.moment(page[0], 21.2), page) for page in event["pages"]])


def _fill(stage: Stage, patient: Patient, event: Event) -> None:
    _own(patient)
    told = answering.Told(event["answers"], event.get("otherwise", MARK_UNKNOWN))
    answering.fill_in(patient, event["name"], told, event.get("stop_after"), timezone.localdate())


def _assess(stage: Stage, patient: Patient, event: Event) -> None:
    plans.assess(patient_id=UUID(str(patient.pk)), because="visit", today=timezone.localdate())


def _sign(stage: Stage, patient: Patient, event: Event) -> None:
    signing.settle_and_sign(patient, stage.staff[event["by"]])


TOLD = frozenset({"allergy", "medication", "condition", "family", "none", "whole", "values", "answers", "diary"})
PLAYED: dict[str, Callable[[Stage, Patient, Event], None]] = {
    "consent": _consent,
    "withdraw": _consent,
    "allergy": _allergy,
    "medication": _medication,
    "condition": _condition,
    "family": _family,
    "contact": _contact,
    "procedure": _procedure,
    "encounter": _encounter,
    "report": _report,
    "none": _none,
    "whole": _whole,
    "values": _values,
    "answers": _answers,
    "diary": _diary,
    "fill": _fill,
    "assess": _assess,
    "sign": _sign,
}
