"""A value of which a laboratory tells one end alone is kept and shown as such, and is no number to any rule."""

import pytest
from django.urls import reverse

from tests.webapp.desk.clinic import browser, words
from tests.webapp.people import a_patient, a_patient_with_login
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import this_day
from tests.webapp.results.sheets import a_policy, a_report, a_value, released
from tests.webapp.results.test_importing import a_file, brought_in, line, looked
from tests.webapp.results.test_judging import MAN, WOMAN
from tests.webapp.results.test_pages import entry, of, patient_of, sent
from webapp.alerts.models import Alert
from webapp.patients.models import Observation
from webapp.plans import reviewing
from webapp.plans.assessment import assess
from webapp.plans.lines import terms_now
from webapp.plans.models import Evaluation, Plan
from webapp.privacy.shapes import Speech, observation
from webapp.results.flags import Flag
from webapp.results.judging import verdict
from webapp.results.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]
CALPROTECTIN = "faecal_calprotectin"


def kept():
    return list(Observation.objects.values_list("value", "unit"))


@pytest.mark.parametrize(
    ("typed", "stands", "said"),
    [
        ("<30", "<30", "< 30 ng/mL"),
        ("≤2,50", "<=2.5", "≤ 2,5 ng/mL"),
        (">= 1000", ">=1000", "≥ 1000 ng/mL"),
        ("=<30", "<=30", "≤ 30 ng/mL"),
    ],
)
def test_by_hand_it_is_kept_with_its_comparator_and_shown_with_it(typed, stands, said):
    answer = browser().post(entry(a_patient()), sent(("Ferritina", typed, "ng/mL")), follow=True)
    assert kept() == [(stands, "ng/mL")]
    assert said in words(answer).replace("\u00a0", " ").replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("Ferritina", "<", "ng/mL"), "como número"),
        (("Ferritina", "< mucho", "ng/mL"), "como número"),
        (("Ferritina", "<>30", "ng/mL"), "como número"),
        (("Ferritina", "<-3", "ng/mL"), "a partir de 0"),
        (("Ferritina", "> 1.000", "ng/mL"), "1000"),  # a thousand or one? nobody guesses
        (("Ferritina", ">90000", "ng/mL"), "no es posible"),
        (("Ferritina", "<30", ""), "¿En qué unidad?"),
        (("h_pylori_stool_antigen", "<30", ""), "Escriba uno de estos"),
    ],
)
def test_what_is_neither_a_number_nor_one_end_of_it_is_refused(row, told):
    answer = browser().post(entry(a_patient()), sent(row))
    assert answer.status_code == 422
    assert told in words(answer)
    assert kept() == []


def test_only_a_laboratory_tells_one_end_alone():
    patient, client = a_patient(), browser()
    clinic.says(patient, weight_kg=70)
    row = Observation.objects.get(code="weight_kg")
    address = reverse("desk:measure", kwargs={"pk": patient.pk, "measure": row.pk})
    client.post(address, {"value": "<80", "unit": "kg"})
    assert not any(isinstance(value, str) for value, _unit in kept())


def test_out_of_a_file_it_comes_in_with_its_comparator_and_once():
    patient = a_patient()
    rows = (line(patient, "Ferritina", "<30", "ng/mL"), line(patient, "Ferritina", "< 30,0", "ug/L"))
    held, found = looked(a_file(*rows))
    assert [row.verdict for row in found] == ["new", "duplicate"]
    brought_in(held)
    assert kept() == [("<30", "ng/mL")]
    _held, again = looked(a_file(line(patient, "Ferritina", "<30", "ng/mL"), line(patient, "Ferritina", "30", "ng/mL")))
    assert [row.verdict for row in again] == ["duplicate", "error"]  # thirty is another value than less than thirty


# --- where it lies: only what holds of every value it may be


def flag(value, code="ferritin", unit="ng/mL", person=MAN, ends=()):
    spec = terms_now("es", this_day()).spec(code)
    return verdict(spec, Observation(code=code, value=value, unit=unit), person, ends).flag


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("<30", Flag.LOW),
        ("<=30", Flag.UNSURE),  # thirty itself is in range
        ("<31", Flag.UNSURE),
        (">400", Flag.HIGH),
        (">=400", Flag.UNSURE),
        (">30", Flag.UNSURE),
        ("<1000", Flag.UNSURE),
    ],
)
def test_a_side_of_the_range_is_told_where_every_such_value_lies_on_it_and_else_none(value, told):
    assert flag(value) == told


def test_what_is_below_the_upper_end_of_a_range_without_a_lower_one_is_in_it():
    assert flag("<50", CALPROTECTIN, "ug/g", WOMAN, ends=(None, 50)) == Flag.NORMAL
    assert flag("<5", CALPROTECTIN, "ug/g", WOMAN, ends=(0, 50)) == Flag.NORMAL
    assert flag("<51", CALPROTECTIN, "ug/g", WOMAN, ends=(None, 50)) == Flag.UNSURE
    assert flag(">60", "egfr", "mL/min", WOMAN, ends=(60, None)) == Flag.NORMAL


def test_without_a_range_there_is_no_verdict_on_one_end_either():
    assert flag("<30", "tpmt_nudt15", "") == Flag.NONE


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("<2.8", Flag.CRITICAL_LOW),
        (">6.2", Flag.CRITICAL_HIGH),
        ("<3.5", Flag.MAYBE_CRITICAL),
        (">5.1", Flag.MAYBE_CRITICAL),
    ],
)
def test_what_is_critical_or_may_be_goes_to_a_doctor_and_never_out_by_itself(value, told):
    assert flag(value, "potassium", "mmol/L") == told
    a_policy("blood", "at_once")
    one = a_report(a_patient(), a_value("potassium", value))
    assert (one.critical, one.state) == (True, Release.State.WAITING)
    [alert] = Alert.objects.all()
    begins = "Puede ser crítico:" if told == Flag.MAYBE_CRITICAL else "Resultado crítico:"
    assert alert.text["es"].startswith(begins)
    page = words(browser().get(of("report", one)))
    assert ("puede ser crítico" in page) == (told == Flag.MAYBE_CRITICAL)


def test_its_patient_reads_it_as_it_is_and_never_that_it_is_in_range():
    patient = a_patient_with_login()
    one = released(a_report(patient, a_value("ferritin", "<100", "ng/mL"), a_value("hb", 131)))
    page = words(patient_of(patient).get(of("result", one, "portal"))).replace("\u00a0", " ")
    assert "&lt; 100 ng/mL" in page
    assert "no se sabe si está en rango" in page


# --- the rules


def test_to_a_rule_it_is_unknown_and_the_review_says_why():
    patient = clinic.a_dyspeptic_woman()
    clinic.says(patient, known_ibd=True)
    clinic.lab(patient, CALPROTECTIN, 40, "ug/g")
    clinic.lab(patient, CALPROTECTIN, ">1800", "ug/g")
    assess(patient_id=patient.pk, because="results", today=this_day())
    result = Evaluation.objects.get(patient=patient)
    assert result.case["labs"][0]["value"] == ">1800"  # said to the engine as the laboratory said it
    plan, client = Plan.objects.get(patient=patient, status="draft"), browser()
    shown = reviewing.page_of(client.user, plan, language="es", today=this_day()).inputs
    [gap] = [one for one in (*shown.missing, *shown.worth_asking) if one.name == CALPROTECTIN]
    assert gap.old is None  # the number before does not stand in for it
    assert gap.side.value.replace("\u00a0", " ") == "> 1800 µg/g"
    page = words(client.get(reverse("plans:review", kwargs={"pk": plan.pk}))).replace("\u00a0", " ")
    assert "Solo se sabe &gt; 1800 µg/g" in page
    assert "las reglas necesitan el número" in page


def test_the_copy_says_it_as_fhir_does():
    patient = a_patient()
    a_report(patient, a_value("ferritin", "<30", "ng/mL"))
    said = observation(Observation.objects.get(), Speech(terms_now("en", this_day()), {}))
    assert (said["value"], said["valueComparator"]) == (30, "<")
    assert said["display"]["detail"].replace("\u00a0", " ") == "< 30 ng/mL"
