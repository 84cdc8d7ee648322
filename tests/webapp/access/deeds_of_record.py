"""Deeds on the record of a patient, each with who may; ``test_deeds.py`` tries them."""

from datetime import date

from django.utils import timezone

from tests.webapp.access.deeds_of_care import ADMINISTRATOR, OWN, Deed
from tests.webapp.access.world import World
from tests.webapp.patients.hostile import a_png
from tests.webapp.patients.lines import a_change, a_line
from tests.webapp.people import a_dni
from webapp.base.roles import CLINICIANS, Role
from webapp.patients import inviting
from webapp.patients import services as patients
from webapp.patients.models import Observation

TODAY = date(2026, 11, 21)
COUNTER = CLINICIANS | {Role.FRONT_DESK}


def said(world: World) -> Observation:
    """Return what the patient has said herself."""
    return Observation.objects.get(patient=world.own.patient, origin="questionnaire")


def own_line(world: World, kind: str) -> object:
    return a_line(kind, world.own.patient)


# Of each deed: how it is done, and who may.
RECORD: dict[str, tuple[Deed, frozenset[str]]] = {
    "say something": (
        lambda world, who: patients.record_observations(
            patient=world.own.patient, rows=[patients.Reading("other", "x", timezone.now(), "lab")], actor=who
        ),
        CLINICIANS | OWN,
    ),
    "correct a measurement": (
        lambda world, who: patients.correct_observation(observation=world.own.measure, value=98, unit="g/L", actor=who),
        CLINICIANS,
    ),
    "correct what was said": (
        lambda world, who: patients.correct_observation(observation=said(world), value="y", actor=who),
        CLINICIANS | OWN,
    ),
    "take a measurement back": (
        lambda world, who: patients.enter_observation_in_error(observation=world.own.measure, actor=who),
        CLINICIANS,
    ),
    "confirm an allergy": (
        lambda world, who: patients.confirm_allergy(allergy=world.own.allergy, actor=who),
        CLINICIANS,
    ),
    "settle an allergy": (
        lambda world, who: patients.settle_allergy(allergy=world.own.allergy, confirmed=True, actor=who),
        CLINICIANS,
    ),
    "close an allergy": (
        lambda world, who: patients.close_allergy(allergy=world.own.allergy, actor=who),
        CLINICIANS,
    ),
    "write a confirmed allergy": (
        lambda world, who: patients.add_allergy(
            patient=world.own.patient, code="nsaid", text="x", actor=who, verification="confirmed"
        ),
        CLINICIANS,
    ),
    "write a confirmed condition": (
        lambda world, who: patients.add_condition(
            patient=world.own.patient, code="crohn_disease", actor=who, verification="confirmed"
        ),
        CLINICIANS,
    ),
    "stop a medicine": (
        lambda world, who: patients.stop_medication(
            medication=own_line(world, "medication"), ended_on=TODAY, actor=who
        ),
        CLINICIANS | OWN,
    ),
    "correct what one wrote oneself": (
        lambda world, who: patients.correct(
            line=a_line("medication", world.own.patient, world.own.user), actor=who, **a_change("medication")
        ),
        CLINICIANS | OWN,
    ),
    "close a condition": (
        lambda world, who: patients.close_condition(
            condition=patients.add_condition(patient=world.own.patient, code="crohn_disease", actor=None), actor=who
        ),
        CLINICIANS,
    ),
    "take back a contact one named oneself": (
        lambda world, who: patients.enter_in_error(
            line=a_line("contact", world.own.patient, world.own.user), actor=who
        ),
        COUNTER | OWN,
    ),
    "say that there is none": (
        lambda world, who: patients.record_none(patient=world.own.patient, topic="allergies", actor=who),
        CLINICIANS | OWN,
    ),
    "say that a list is whole": (
        lambda world, who: patients.record_whole(patient=world.own.patient, topic="allergies", actor=who),
        CLINICIANS | OWN,
    ),
    "say that a list was asked for": (
        lambda world, who: patients.record_asked(patient=world.own.patient, topic="allergies", actor=who),
        CLINICIANS | OWN,
    ),
    "say that a list may not be whole": (
        lambda world, who: patients.record_doubt(patient=world.own.patient, topic="allergies", actor=who),
        CLINICIANS | OWN,
    ),
    "file a document": (
        lambda world, who: patients.add_document(
            world.own.patient, name="x.png", content=a_png(), kind="letter", actor=who
        ),
        CLINICIANS | OWN,
    ),
    "set a telephone right": (
        lambda world, who: patients.correct_identity(patient=world.own.patient, actor=who, phone="600445566"),
        COUNTER | OWN,
    ),
    "set a name right": (
        lambda world, who: patients.correct_identity(patient=world.own.patient, actor=who, given_name="Marta"),
        COUNTER,
    ),
    "register somebody": (
        lambda world, who: patients.register(
            actor=who, given_name="Nueva", family_name="Persona", birth_date=date(1990, 1, 1), national_id=a_dni()
        ),
        COUNTER,
    ),
    "tell two patients apart": (
        lambda world, who: patients.tell_apart(patient=world.own.patient, other=world.namesake.patient, actor=who),
        COUNTER,
    ),
    "publish a consent text": (
        lambda world, who: patients.publish_consent_text(purpose="marketing", body_es="a", body_en="b", actor=who),
        ADMINISTRATOR | {Role.DIRECTOR},
    ),
    "invite": (
        lambda world, who: inviting.invite(patient=world.own.patient, way="paper", actor=who),
        COUNTER,
    ),
    "withdraw an invitation": (
        lambda world, who: inviting.withdraw(patient=world.own.patient, actor=who),
        COUNTER,
    ),
}
LINES: dict[str, tuple[Deed, frozenset[str]]] = {
    f"{verb} a {kind}": (deed, may)
    for kind, writers, amenders in (
        ("medication", CLINICIANS | OWN, CLINICIANS),
        ("report", CLINICIANS | OWN, CLINICIANS),
        ("contact", COUNTER | OWN, COUNTER),
    )
    for verb, deed, may in (
        ("write", lambda world, who, kind=kind: a_line(kind, world.own.patient, who), writers),
        (
            "correct",
            lambda world, who, kind=kind: patients.correct(line=own_line(world, kind), actor=who, **a_change(kind)),
            amenders,
        ),
        ("confirm", lambda world, who, kind=kind: patients.confirm(line=own_line(world, kind), actor=who), amenders),
        (
            "take back",
            lambda world, who, kind=kind: patients.enter_in_error(line=own_line(world, kind), actor=who),
            amenders,
        ),
    )
}
