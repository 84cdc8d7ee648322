"""Whatever stands in a record is two clicks away from the patient's page."""

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.desk.clinic import address, browser
from tests.webapp.patients.hostile import a_png
from tests.webapp.patients.lines import KINDS, a_line
from tests.webapp.people import a_patient
from tests.webapp.plans.factories import a_plan
from webapp.desk.kinds import KINDS as LISTS
from webapp.patients import services as patients
from webapp.patients.models import Observation, Patient

pytestmark = pytest.mark.django_db
A_LINK = re.compile(r'href="(/(?:desk|plans)/[^"#?]*)')


def links(client, path: str) -> set[str]:
    return set(A_LINK.findall(client.get(path).content.decode()))


def everything_of(patient: Patient) -> Iterator[str]:
    """Write one thing of every kind into a record; yield the address of each."""
    for kind in KINDS:
        line = a_line(kind, patient)
        slug = next(slug for slug, one in LISTS.items() if one.model is type(line))
        one = {"contact": line.pk} if slug == "contacts" else {"kind": slug, "entry": line.pk}
        yield address("contact" if slug == "contacts" else "entry", patient, **one)
    file = patients.add_document(patient, name="x.png", content=a_png(), kind="letter", actor=None, title="Carta")
    yield address("document", patient, document=file.pk)
    yield address("entry", patient, kind="documents", entry=file.pk)
    reading = patients.Reading("hb", 131, timezone.now(), Observation.Origin.LAB, "g/L")
    [row] = patients.record_observations(patient=patient, rows=[reading], actor=None)
    yield address("measure", patient, measure=row.pk)
    yield reverse("plans:review", kwargs={"pk": a_plan(patient).pk})
    yield from (address(name, patient) for name in ("identity", "consents", "invitation"))


def test_everything_in_a_record_is_one_click_away():
    patient, client = a_patient(), browser()
    wanted = set(everything_of(patient))
    first = links(client, address("patient", patient))
    assert wanted - first == set()


def test_a_list_too_long_for_the_page_is_whole_at_the_second_click():
    patient, client = a_patient(), browser()
    lines = [
        patients.add_medication(patient=patient, code="", text=f"Remedio {n}", dose="", actor=None) for n in range(25)
    ]
    there = address("whole_list", patient, part="medications")
    assert there in links(client, address("patient", patient))
    assert {address("entry", patient, kind="medications", entry=line.pk) for line in lines} <= links(client, there)
