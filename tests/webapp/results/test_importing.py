"""A file of results: every row has its verdict before anything is kept, and only what was looked at comes in."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.webapp.desk.clinic import browser, words
from tests.webapp.people import a_doctor, a_patient
from tests.webapp.results.sheets import a_report, a_value, today
from webapp.audit.models import Entry
from webapp.patients.models import DiagnosticReport, Observation, Patient
from webapp.plans.lines import terms_now
from webapp.results import importing, reading
from webapp.results.models import LabFile, ReferenceRange
from webapp.results.reading import FileRefused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]
HEAD = "nhc;fecha;prueba;valor;unidad;min;max;laboratorio"


def a_file(*lines, head=HEAD, encoding="utf-8"):
    return "\r\n".join([head, *lines]).encode(encoding)


def line(patient, name="Hemoglobina", value="131", unit="g/L", *, ago=1, low="", high=""):
    day = today() - timedelta(days=ago)
    return f"{patient.record_number};{day:%d/%m/%Y};{name};{value};{unit};{low};{high};Lab Norte"


def looked(content, actor=None):
    held = importing.look(content=content, actor=actor or a_doctor())
    return held, importing.rows_of(held, terms_now("es", today()))


def brought_in(held, **units):
    importing.confirm(held=held, units=units, actor=held.asked_by, enqueue=lambda _pk: None)
    importing.bring_in(held.pk, today())
    held.refresh_from_db()
    return held


def test_every_row_gets_one_of_four_verdicts_and_nothing_is_kept():
    patient = a_patient()
    a_report(patient, a_value("alt", 22, "U/L"), days_ago=1)
    before = Observation.objects.count()
    _held, rows = looked(
        a_file(
            line(patient),
            line(patient, "ALT (GPT)", "22,0", "U/L"),
            line(patient, "Creatinina", "80", "mg/dL"),
            line(patient, "Ferritina", "40", ""),
            line(patient, "Nada", "1"),
            "000000;01/01/2026;Hemoglobina;131;g/L;;;",
            line(patient, "Hemoglobina", "140"),
            line(patient, "Hemoglobina", "140", ago=-2),
        )
    )
    told = ["new", "duplicate", "queried", "queried", "error", "error", "error", "error"]
    assert [str(row.verdict) for row in rows] == told
    assert rows[2].fits == ("umol/L",)
    assert Observation.objects.count() == before


def test_what_is_confirmed_comes_in_with_the_units_chosen_and_the_text_goes():
    patient = a_patient()
    held, _rows = looked(a_file(line(patient, low="120", high="155"), line(patient, "Creatinina", "80", "mg/dL")))
    held = brought_in(held, **{"3": "umol/L"})
    assert set(Observation.objects.values_list("code", "unit")) == {("hb", "g/L"), ("creatinine", "umol/L")}
    assert DiagnosticReport.objects.get().performer == "Lab Norte"
    assert ReferenceRange.objects.get().ends == [120, 155]
    assert (held.state, held.content, held.brought_in) == ("done", None, 2)


def test_a_file_that_comes_twice_or_whose_job_runs_twice_brings_nothing_in_again():
    content = a_file(line(a_patient()))
    held = brought_in(looked(content)[0])
    importing.bring_in(held.pk, today())
    assert brought_in(looked(content)[0]).brought_in == 0
    assert Observation.objects.count() == 1


def test_a_file_is_confirmed_once_and_by_who_looked_at_it():
    held, _rows = looked(a_file(line(a_patient())))
    with pytest.raises(FileRefused):
        importing.confirm(held=held, units={}, actor=a_doctor(), enqueue=lambda _pk: None)
    brought_in(held)
    with pytest.raises(FileRefused):
        importing.confirm(held=held, units={}, actor=held.asked_by, enqueue=lambda _pk: None)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04\0\0", a_file(), a_file("1;2", head="nhc;fecha"), b"x" * (reading.MOST_BYTES + 1)],
)
def test_what_is_no_such_file_is_refused_with_what_to_do(content):
    with pytest.raises(FileRefused):
        looked(content)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_file_is_read_as_it_was_written(encoding):
    head = "nhc;día;determinación;valor;unidad"
    patient = a_patient()
    content = a_file(f"{patient.record_number};2026-01-31;Albúmina;42;g/L", head=head, encoding=encoding)
    assert [str(row.verdict) for row in looked(content)[1]] == ["new"]


def test_a_file_of_another_and_a_role_that_does_not_write_find_nothing():
    held, _rows = looked(a_file(line(a_patient())))
    address = reverse("results:file", kwargs={"file": held.pk})
    assert browser().get(address).status_code == 404
    assert browser("front_desk").get(reverse("results:choose")).status_code == 404


def test_whoever_looks_at_a_file_is_written_down_with_every_patient_on_the_page_and_no_other():
    client, told, other = browser(), [a_patient(), a_patient()], a_patient()
    upload = SimpleUploadedFile("a.csv", a_file(*map(line, told), line(told[0], "ALT (GPT)", "22", "U/L"), "0;;;;;;;"))
    client.post(reverse("results:choose"), {"file": upload}, follow=True)
    read = Entry.objects.filter(verb="results.viewed").values_list("patient_id", flat=True)
    assert sorted(read) == sorted(one.pk for one in told)
    assert other.pk not in read
    client.get(reverse("results:file", kwargs={"file": LabFile.objects.get().pk}), {"verdict": "error"})
    assert read.count() == 2


def test_the_pages_lead_from_the_file_to_the_values():
    client, patient = browser(), a_patient()
    upload = SimpleUploadedFile("a.csv", a_file(line(patient), line(patient, "Ferritina", "40", "")))
    page = client.post(reverse("results:choose"), {"file": upload}, follow=True)
    assert "Traer 1 valor nuevo" in words(page)
    assert "¿qué unidad?" in words(page)
    held = LabFile.objects.get()
    client.post(reverse("results:confirm", kwargs={"file": held.pk}), {"unit-3": "ng/mL"})
    address = reverse("results:file", kwargs={"file": held.pk})
    assert "0 de 2 filas" in words(client.get(address))
    importing.bring_in(held.pk, today())
    assert "Se trajeron 2 valores" in words(client.get(address))


def test_files_nobody_confirmed_are_forgotten_after_a_day():
    held, _rows = looked(a_file(line(a_patient())))
    importing.forget(timezone.now() + timedelta(days=2))
    held.refresh_from_db()
    assert held.content is None


def _queries(rows, patient, ago):
    held = importing.look(content=a_file(*(line(patient, ago=ago + n) for n in range(rows))), actor=a_doctor())
    importing.confirm(held=held, units={}, actor=held.asked_by, enqueue=lambda _pk: None)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        importing.bring_in(held.pk, today())
    return len(caught)


def test_a_hundred_rows_take_as_many_queries_as_one():
    patient: Patient = a_patient()
    assert _queries(100, patient, 10) <= _queries(1, patient, 500)
