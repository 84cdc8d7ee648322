"""The scanned original beside its values: from each value one click to it, and from it one click to its values."""

import pytest
from django.urls import reverse

from tests.webapp.access.world import on_the_shelf
from tests.webapp.desk.clinic import address, browser, words
from tests.webapp.patients.hostile import a_png
from tests.webapp.people import a_patient
from tests.webapp.results.sheets import a_report, a_value
from webapp.patients import services as patients
from webapp.patients.models import Observation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def library():
    on_the_shelf()


def a_scan(patient, title="Analítica de octubre"):
    return patients.add_document(patient, name="a.png", content=a_png(), kind="report", title=title, actor=None)


def of_report(one):
    return reverse("results:report", kwargs={"report": one.pk})


def section_of(page, name):
    return page.partition(f'data-list="{name}"')[2].partition("</section>")[0]


def test_from_a_value_one_click_leads_to_the_page_on_which_its_original_stands():
    patient, client = a_patient(), browser()
    scan = a_scan(patient)
    one = a_report(patient, a_value("hb", 131), document=scan)
    row = Observation.objects.get(code="hb")
    link = f'href="{of_report(one)}#original"'
    assert link in section_of(words(client.get(address("patient", patient))), "labs")
    assert link in words(client.get(reverse("desk:measure", kwargs={"pk": patient.pk, "measure": row.pk})))
    page = words(client.get(of_report(one)))
    assert 'id="original"' in page
    assert reverse("results:page", kwargs={"document": scan.pk, "number": 1}) in page
    assert "131 g/L" in page.replace("\u00a0", " ")


def test_from_the_original_one_click_leads_to_its_values_and_before_there_are_any_to_typing_them():
    patient, client = a_patient(), browser()
    scan = a_scan(patient)
    typing = reverse("results:read", kwargs={"document": scan.pk})
    before = section_of(words(client.get(address("patient", patient))), "documents")
    assert f'href="{typing}"' in before
    assert "Sus valores" not in before
    one = a_report(patient, a_value("hb", 131), document=scan)
    after = section_of(words(client.get(address("patient", patient))), "documents")
    assert f'href="{of_report(one)}"' in after
    assert f'href="{typing}"' not in after
    assert f'href="{of_report(one)}"' in words(client.get(typing))
    whole = words(client.get(address("whole_list", patient, part="documents")))
    assert f'href="{of_report(one)}"' in whole


def test_a_value_without_an_original_leads_to_none():
    patient, client = a_patient(), browser()
    one = a_report(patient, a_value("hb", 131))
    assert "#original" not in words(client.get(address("patient", patient)))
    page = words(client.get(of_report(one)))
    assert 'id="original"' not in page


def test_the_original_of_one_patient_stands_with_no_value_of_another():
    mine, other, client = a_patient(), a_patient(), browser()
    one = a_report(mine, a_value("hb", 131), document=a_scan(mine))
    a_report(other, a_value("hb", 97))
    assert of_report(one) not in words(client.get(address("patient", other)))


def test_the_front_desk_sees_neither():
    patient = a_patient()
    one = a_report(patient, a_value("hb", 131), document=a_scan(patient))
    desk = browser("front_desk")
    assert of_report(one) not in words(desk.get(address("patient", patient)))
    assert desk.get(of_report(one)).status_code == 404
