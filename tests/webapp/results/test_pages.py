"""The pages of results: written down with every problem told at once, released with one key, read by their patient."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.desk.clinic import browser, words
from tests.webapp.patients.hostile import a_png
from tests.webapp.people import a_doctor, a_patient, a_patient_with_login
from tests.webapp.results.sheets import a_report, a_value, released, today
from webapp.desk import selectors as desk
from webapp.patients import services as patients
from webapp.patients.models import Observation
from webapp.plans.lines import terms_now
from webapp.privacy import contents
from webapp.results import ruling
from webapp.results.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]


def sent(*rows, **more):
    """Return a form as a browser sends it: rows of name, value, unit, low, high."""
    form = {"category": "laboratory", "day": today().isoformat(), "laboratory": "Laboratorio Norte", "title": ""}
    form |= {"row-TOTAL_FORMS": str(max(len(rows), 1)), "row-INITIAL_FORMS": "0", **more}
    for number, row in enumerate(rows):
        for name, value in zip(("name", "value", "unit", "low", "high"), row, strict=False):
            form[f"row-{number}-{name}"] = value
    return form


def entry(patient):
    return reverse("results:add", kwargs={"patient": patient.pk})


def of(name, one, app="results"):
    return reverse(f"{app}:{name}", kwargs={"report": one.pk})


def patient_of(one_patient):
    client = Client()
    client.force_login(one_patient.user)
    return client


def test_a_panel_is_written_down_in_one_form_and_leads_to_its_report():
    patient, client = a_patient(), browser()
    rows = [("Hemoglobina", "9,7", "g/dL", "12", "15,5"), ("potassium", "4,2", "mmol/L")]
    answer = client.post(entry(patient), sent(*rows), follow=True)
    page = words(answer)
    assert answer.status_code == 200
    for told in ("9,7 g/dL", "bajo", "de 12 a 15,5", "4,2 mmol/L", "en rango", "habitual en adultos"):
        assert told in page
    assert set(Observation.objects.values_list("code", "unit")) == {("hb", "g/dL"), ("potassium", "mmol/L")}


def test_every_problem_is_told_at_once_and_nothing_is_saved():
    patient, client = a_patient(), browser()
    rows = [("Creatinina", "80", "mg/dL"), ("Hemoglobina", "131", ""), ("Nada", "1", ""), ("alt", "mucho", "U/L")]
    answer = client.post(entry(patient), sent(*rows))
    page = words(answer)
    assert answer.status_code == 422
    for told in ("80 µmol/L?", "¿En qué unidad? g/L", "Ninguna prueba se llama así", "como número"):
        assert told in page
    assert (Observation.objects.count(), Release.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("alt", "<", "U/L"), "como número"),
        (("alt", "22", "U/L", "40", "10"), "al revés"),
        (("alt", "22", "mg"), "se mide en U/L"),
    ],
)
def test_a_row_that_cannot_be_says_what_to_do(row, told):
    assert told in words(browser().post(entry(a_patient()), sent(row)))


def test_the_same_analyte_twice_and_a_value_that_is_there_are_refused():
    patient, client = a_patient(), browser()
    assert "ya está en otra fila" in words(
        client.post(entry(patient), sent(("alt", "22", "U/L"), ("ALT (GPT)", "23", "U/L")))
    )
    a_report(patient, a_value("hb", 131))
    assert "ya está en la historia" in words(client.post(entry(patient), sent(("hb", "13,1", "g/dL"))))


def test_more_rows_keep_what_was_typed():
    page = words(browser().post(entry(a_patient()), sent(("Hemoglobina", "131", "g/L"), more="1")))
    assert 'value="Hemoglobina"' in page
    assert page.count('-value" class="form-control"') + page.count('name="row-') > 30


def test_an_imaging_report_needs_a_title_and_no_value():
    patient, client = a_patient(), browser()
    imaging = sent(category="imaging", conclusion="Hígado de tamaño normal.")
    assert client.post(entry(patient), imaging).status_code == 422
    client.post(entry(patient), imaging | {"title": "Ecografía"})
    assert (Release.objects.get().kind, Release.objects.get().state) == ("imaging", "waiting")


def test_a_new_result_waits_in_the_worklist_and_leaves_it_with_one_key():
    patient, client = a_patient_with_login(), browser()
    one = a_report(patient, a_value("hb", 100))
    page = words(client.get(reverse("desk:list")))
    assert "Resultado por publicar: Hemoglobina 100 g/L, bajo" in page
    assert of("report", one) in page
    assert 'data-key="r"' in words(client.get(of("report", one)))
    after = words(client.post(of("release", one), {"revision": one.revision}, follow=True))
    assert "Publicado: Marina Ortega Rey" in after
    assert [entry.waiting for entry in desk.entries_for(client.user)] == []
    client.post(of("take_back", one))
    assert [entry.waiting for entry in desk.entries_for(client.user)] == [{"results": [one.pk]}]


def test_the_source_orders_critical_before_out_of_range_before_the_rest():
    plain, low, critical = (a_patient(given_name=name) for name in ("Ana", "Berta", "Carmen"))
    a_report(plain)
    a_report(low, a_value("hb", 100))
    a_report(critical, a_value("potassium", 2.1), days_ago=30)
    assert [entry.patient_id for entry in desk.entries_for(a_doctor())] == [critical.pk, low.pk, plain.pk]


def test_what_waits_is_nowhere_in_the_portal():
    patient = a_patient_with_login()
    one = a_report(patient, a_value("hb", 97), title="Analítica secreta")
    client = patient_of(patient)
    for page in ("portal:results", "portal:record", "portal:home", "portal:more"):
        assert "secreta" not in words(client.get(reverse(page)))
    for name in ("result", "result_file"):
        assert client.get(of(name, one, "portal")).status_code == 404
    assert client.get(reverse("portal:result_figures", kwargs={"analyte": "hb"})).status_code == 404
    assert b"secreta" not in client.get(reverse("portal:record_pdf")).content


def test_what_waits_is_not_in_the_copy_a_patient_takes_along_and_is_in_the_clinics():
    patient = a_patient_with_login()
    one = a_report(patient, a_value("hb", 97))

    def found(kind):
        rows = contents.rows_of(patient, kind)
        return len(rows.observations), len(rows.entries["DiagnosticReport"])

    assert (found("patient"), found("clinic")) == ((0, 0), (1, 1))
    released(one)
    assert found("patient") == (1, 1)


def test_a_patient_reads_value_verdict_range_course_and_the_approved_words():
    patient, director = a_patient_with_login(), browser("director").user
    released(a_report(patient, a_value("hb", 97), days_ago=60))
    one = released(a_report(patient, a_value("hb", 112)))
    client = patient_of(patient)
    assert '<p class="mt-2">' not in words(client.get(of("result", one, "portal")))
    ruling.approve(name="hb", es="Lleva el oxígeno.", en="It carries oxygen.", shown=0, actor=director)
    page = words(client.get(of("result", one, "portal")))
    for told in ("112 g/L", "bajo", "de 120 a 155", "Lleva el oxígeno.", "2 valores, en g/L", "Ver como tabla", "<svg"):
        assert told in page
    table = client.get(reverse("portal:result_figures", kwargs={"analyte": "hb"})).content.decode("utf-8-sig")
    assert [line.split(";")[1] for line in table.split()][1:] == ["97", "112"]
    client.cookies["django_language"] = "en"
    assert "It carries oxygen." in words(client.get(of("result", one, "portal"))) or patient.language == "es"


def test_a_report_without_a_title_is_named_in_the_language_of_whoever_reads_it():
    patient, client = a_patient(), browser()
    client.post(entry(patient), sent(("hb", "131", "g/L")))
    one = Release.objects.get()
    lists = (reverse("results:list", kwargs={"patient": patient.pk}), reverse("desk:list"), of("report", one))
    assert all("Resultados de laboratorio" in words(client.get(page)) for page in lists)
    english = browser(language="en")
    for page in lists:
        told = words(english.get(page))
        assert "Laboratory results" in told
        assert "Resultados de laboratorio" not in told


def test_the_title_somebody_wrote_stays_in_their_words():
    one = a_report(a_patient(), a_value("hb", 131), title="Análisis de María")
    assert "<h1>Análisis de María</h1>" in words(browser(language="en").get(of("report", one)))


def test_a_page_of_results_takes_the_same_queries_for_one_or_for_twenty(django_assert_max_num_queries):
    patient = a_patient_with_login()
    released(a_report(patient, a_value("hb", 131)))
    client = patient_of(patient)
    with django_assert_max_num_queries(30) as few:
        client.get(reverse("portal:results"))
    for days in range(2, 20):
        a_report(patient, a_value("hb", 131), a_value("alt", 22, "U/L"), days_ago=days)
    Release.objects.update(state="released", visible_at=timezone.now())
    with django_assert_max_num_queries(len(few) + 1):
        page = words(client.get(reverse("portal:results")))
    assert len(re.findall("linkrow", page)) >= 19


def test_the_original_goes_out_with_its_report_and_not_before():
    patient, doctor = a_patient_with_login(), a_doctor()
    paper = patients.add_document(patient, name="a.png", content=a_png(), kind="report", actor=doctor)
    one = a_report(patient, document=paper)
    client = patient_of(patient)
    assert client.get(of("result_file", one, "portal")).status_code == 404
    released(one, doctor)
    answer = client.get(of("result_file", one, "portal"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")


def test_nobody_reads_a_report_of_another_patient():
    one = released(a_report(a_patient_with_login()))
    client = patient_of(a_patient_with_login())
    assert client.get(of("result", one, "portal")).status_code == 404


def test_a_director_sets_rules_and_approves_texts_and_a_doctor_does_not():
    client = browser("director")
    rules = reverse("results:rules")
    page = words(client.get(rules))
    assert "por publicar" not in page
    assert '<th scope="row">Otros informes</th>' in page  # kinds are many
    client.post(rules, {"stool-mode": "after_days", "stool-days": "5"})
    assert client.post(rules, {"stool-mode": "after_days", "stool-days": "0"}).status_code == 422
    from_now = a_report(a_patient(), a_value("faecal_calprotectin", 20))
    assert (from_now.due_at - from_now.received_at).days == 5
    assert browser("doctor").get(rules).status_code == 404


def test_the_texts_are_folded_by_what_there_is_to_decide_and_none_is_lost():
    client = browser("director")
    page = words(client.get(reverse("results:rules")))
    proposed = int(re.search(r"<summary>(\d+) textos propuestos", page).group(1))
    assert "en vigor</summary>" not in page.replace("sin texto en vigor", "sin texto")
    client.post(reverse("results:text", kwargs={"analyte": "hb"}), {"es": "Bien.", "en": "Fine.", "version": "0"})
    after = words(client.get(reverse("results:rules")))
    assert f"<summary>{proposed - 1} textos propuestos" in after
    assert "<summary>1 texto en vigor" in after
    folded = after.split("<details")[1:]
    assert sum(fold.count('class="text-row"') for fold in folded) == page.count('class="text-row"') > 30


def test_a_text_of_more_than_sixty_words_or_in_one_language_is_not_approved():
    client = browser("director")
    page = reverse("results:text", kwargs={"analyte": "hb"})
    for es, en in (("palabra " * 61, "fine"), ("bien", "")):
        assert client.post(page, {"es": es, "en": en, "version": "0"}).status_code == 422
    client.post(page, {"es": "Bien.", "en": "Fine.", "version": "0"})
    assert client.post(page, {"es": "Otra.", "en": "Other.", "version": "0"}).status_code == 422
    client.post(page, {"withdraw": "1", "es": "Bien.", "en": "Fine.", "version": "1"})
    assert ruling.text_of("hb", terms_now("es", today())).current is None
