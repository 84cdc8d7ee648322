"""Two people at once: one line is corrected once, one file kept once, one DNI and one person registered once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from tests.webapp.patients import hostile
from tests.webapp.patients.lines import a_line
from tests.webapp.people import a_doctor, a_patient
from webapp.patients import selectors, services
from webapp.patients.models import AllergyIntolerance, Binary, Patient

pytestmark = pytest.mark.django_db(transaction=True)


def both(deed):
    """Do the same twice at one moment; return what each got, "refused" for a PatientError."""
    ready = Barrier(2)

    def once(number):
        ready.wait(timeout=10)
        try:
            return deed(number)
        except services.PatientError:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(once, range(2)))


def test_of_two_who_do_the_same_at_once_one_is_told_and_nothing_is_there_twice():
    patient, doctor = a_patient(), a_doctor()
    allergy = a_line("allergy", patient, doctor)
    corrected = both(lambda n: services.correct(line=allergy, actor=doctor, text=f"Ronchas {n}"))
    assert sorted(got == "refused" for got in corrected) == [False, True]
    assert AllergyIntolerance.objects.filter(active=True).count() == 1
    assert len(selectors.history_of(doctor, patient, "allergy")) == 2

    kept = both(
        lambda _n: services.add_document(patient, name="tac.dcm", content=hostile.a_dicom(), kind="image", actor=doctor)
    )
    assert sorted(got == "refused" for got in kept) == [False, True]
    assert Binary.objects.count() == 1

    made = both(lambda n: a_patient(given_name=f"Luis {n}", national_id="12345678Z"))
    assert sorted(got == "refused" for got in made) == [False, True]
    assert len(set(Patient.objects.values_list("record_number", flat=True))) == Patient.objects.count() == 2

    who = {"given_name": "Rosa", "family_name": "Vega Soler", "birth_date": date(1979, 3, 14)}
    clicked = both(lambda _n: services.register(actor=doctor, **who))
    assert sorted(got == "refused" for got in clicked) == [False, True]
