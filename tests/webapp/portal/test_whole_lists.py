"""What patients say of a list of their record as a whole: that is all, something is missing, I have none."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.webapp.people import a_doctor, a_patient_with_login
from tests.webapp.plans.factories import an_evaluation
from webapp.audit.models import Entry
from webapp.base.codes import code_of
from webapp.patients import lists
from webapp.patients import services as patients
from webapp.patients.models import NoneRecorded
from webapp.patients.selectors import contents_of
from webapp.plans import case as cases

pytestmark = pytest.mark.django_db
NOT_KNOWN, SAID = "Aún no sabemos si esto es todo.", "nos dijo que esto es todo."


@pytest.fixture
def marina():
    return a_patient_with_login()


@pytest.fixture
def portal(marina):
    client = Client()
    client.force_login(marina.user)
    return client


def page_of(portal):
    return re.sub(r"\s+", " ", portal.get(reverse("portal:record")).content.decode())


def part(page, name):
    """Return the section of one list."""
    return page.partition(f'data-list="{name}"')[2].partition("</section>")[0]


def say(portal, said, name="allergies", seen=None, **headers):
    """Press the button as the page shows it, or with what an older page showed."""
    if seen is None:
        seen = re.findall(r'name="seen" value="(\w+)"', part(page_of(portal), name))[0]
    return portal.post(reverse(f"portal:list_{said}", kwargs={"name": name}), {"seen": seen}, follow=True)


def an_allergy(marina, text="Látex"):
    return patients.add_allergy(patient=marina, code="", text=text, actor=a_doctor())


def test_a_patient_says_that_a_list_is_all_and_the_record_keeps_who_said_so(marina, portal):
    an_allergy(marina)
    assert NOT_KNOWN in part(page_of(portal), "allergies")
    assert "Guardado: eso es todo." in say(portal, "whole").content.decode()
    shown = part(page_of(portal), "allergies")
    assert SAID in shown
    assert NOT_KNOWN not in shown
    line = NoneRecorded.objects.get(patient=marina)
    assert (line.list, line.recorded_by) == ("allergies", marina.user)
    told = Entry.objects.get(verb="nonerecorded.whole", patient_id=marina.pk)
    assert (told.actor_id, told.actor_role) == (marina.user_id, "patient")


def test_the_plan_knows_the_list_as_whole_and_is_worked_out_anew(marina, portal):
    an_allergy(marina)
    an_evaluation(marina)
    today = timezone.localdate()
    before = cases.build(marina, today)
    say(portal, "whole")
    assert cases.build(marina, today) != before
    assert "allergies" in contents_of(marina).whole
    jobs = ProcrastinateJob.objects.filter(task_name="plans.assess", args__patient_id=str(marina.pk))
    assert [job.args["because"] for job in jobs] == ["record:allergy"]


def test_something_missing_takes_it_back(marina, portal):
    an_allergy(marina)
    say(portal, "whole")
    say(portal, "more")
    shown = part(page_of(portal), "allergies")
    assert NOT_KNOWN in shown
    assert SAID not in shown
    assert "allergies" not in contents_of(marina).whole


def test_an_empty_list_is_said_to_be_empty_once(marina, portal):
    say(portal, "none", "medications")
    shown = part(page_of(portal), "medications")
    assert "No hay: así nos lo dijo" in shown
    assert "<form" not in shown
    assert "medications" in contents_of(marina).none


def test_what_a_doctor_called_whole_bears_the_doctors_name_and_is_asked_again_after_a_year(marina, portal, monkeypatch):
    doctor = a_doctor(display_name="Dra. Elena Vidal")
    patients.add_medication(patient=marina, code="", text="Omeprazol", dose="", actor=doctor)
    patients.record_whole(patient=marina, topic="medications", actor=doctor)
    shown = part(page_of(portal), "medications")
    assert "Dra. Elena Vidal anotó el" in shown
    assert "Eso es todo" not in shown
    monkeypatch.setattr(lists, "ASKED_AGAIN", timedelta(0))
    again = part(page_of(portal), "medications")
    assert "¿Sigue siendo así?" in again
    assert "Eso es todo" in again


def test_of_lines_one_did_not_see_one_has_said_nothing(marina, portal):
    an_allergy(marina)
    seen = re.findall(r'name="seen" value="(\w+)"', part(page_of(portal), "allergies"))[0]
    an_allergy(marina, "Metamizol")
    assert "La lista ha cambiado desde que la abrió" in say(portal, "whole", seen=seen).content.decode()
    assert not NoneRecorded.objects.exists()


@pytest.mark.parametrize("said", ["none", "whole"])
def test_a_full_list_is_not_none_and_an_empty_one_is_not_whole(said, marina, portal):
    seen = code_of("")
    if said == "none":
        seen = code_of(str(an_allergy(marina).pk))
    say(portal, said, seen=seen)
    assert not NoneRecorded.objects.exists()


@pytest.mark.parametrize("name", ["stays", "prescriptions", "allergies"])
def test_a_list_nobody_asks_for_or_one_by_its_name_leads_nowhere(name, portal):
    at = name if name == "allergies" else code_of(name)
    assert portal.post(f"/portal/record/{at}/all/", {"seen": code_of("")}).status_code == 404


def test_a_link_says_nothing(marina, portal):
    an_allergy(marina)
    assert portal.get(reverse("portal:list_whole", kwargs={"name": "allergies"})).status_code == 405
    assert not NoneRecorded.objects.exists()
