"""Scores with what their change means, and the diary drawn with its finding, unit, time, table and figures."""

import json
from datetime import date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rules.selectors import current_release
from tests.webapp.access.world import on_the_shelf
from tests.webapp.desk.clinic import address, browser, words
from tests.webapp.plans.factories import a_patient
from webapp.audit.models import Entry
from webapp.desk import changing, course, course_views
from webapp.desk.bands import WORDS
from webapp.desk.changing import Verdict
from webapp.patients import services as patients
from webapp.plans.lines import terms_now
from webapp.plans.models import Evaluation

pytestmark = pytest.mark.django_db


def evaluated(patient, days_ago, *, bands=None, **scores):
    """An evaluation of some days ago that said these scores; ``bands`` are those without a number."""
    told = {name: {"value": value, "band": None, "status": "ok"} for name, value in scores.items()}
    told |= {name: {"value": None, "band": band, "status": "ok"} for name, band in (bands or {}).items()}
    at = timezone.now() - timedelta(days=days_ago)
    said = json.dumps({"scores": told})
    with mock.patch("django.utils.timezone.now", return_value=at):
        Evaluation.objects.create(
            patient=patient, release=current_release(), case={}, case_sha256="c", status="ok", because="visit",
            result=said, result_sha256="r",
        )  # fmt: skip


def diary(patient, values):
    """Days of the diary up to today, None for one that was not filled in."""
    for ago, value in enumerate(reversed(values)):
        if value is not None:
            at = timezone.now() - timedelta(days=ago)
            patients.record_observations(
                patient=patient, rows=[patients.Reading("diary_pain", value, at, "diary")], actor=None
            )


def page(patient, **query):
    return browser().get(address("course", patient), query)


@pytest.mark.parametrize(
    ("score", "first", "last", "verdict"),
    [("ibs_sss", 300, 250, Verdict.BETTER), ("ibs_sss", 250, 300, Verdict.WORSE), ("ibs_sss", 300, 251, Verdict.SAME),
     ("ibs_sss", 300, 300, Verdict.SAME), ("gerdq", 12, 3, Verdict.UNKNOWN), ("gerdq", 3, 3, Verdict.SAME)],
)  # fmt: skip
def test_a_change_counts_where_it_is_known_how_much_does(score, first, last, verdict):
    assert changing.judged(score, first, last) is verdict


def test_a_score_says_how_it_moved_and_what_that_means():
    on_the_shelf()
    patient = a_patient()
    evaluated(patient, 30, ibs_sss=310, gerdq=9)
    evaluated(patient, 3, ibs_sss=200, gerdq=12)
    answer = page(patient)
    text = words(answer)
    severity, reflux = sorted(answer.context["course"].scores, key=lambda one: one.name, reverse=True)
    assert [value for _day, value, _band in severity.days] == [310, 200]
    assert (severity.verdict, severity.change, severity.arrow) == (Verdict.BETTER, "-110", "arrow-down")
    assert "de 310" in text
    assert "a 200" in text
    assert "mejor" in text
    assert reflux.verdict is Verdict.UNKNOWN
    assert "no se sabe cuánto cambio importa" in text
    assert Entry.objects.filter(verb="course.viewed", patient_id=patient.pk).exists()
    with CaptureQueriesContext(connection) as few:
        page(patient)
    for day in range(5, 25):
        evaluated(patient, day, ibs_sss=200 + day)
    with CaptureQueriesContext(connection) as many:
        page(patient)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("language", "said"), [("es", "falta de hierro sin anemia"), ("en", "lack of iron without anaemia")]
)
def test_a_score_without_a_number_says_in_words_what_it_comes_to(language, said):
    on_the_shelf()
    patient, client = a_patient(), browser(language=language)
    evaluated(patient, 0, bands={"iron_status": "iron_deficiency_without_anaemia"})
    shown = words(client.get(address("course", patient), headers={"Accept-Language": language}))
    assert said in shown
    assert "iron_deficiency" not in shown


def test_every_band_of_a_shipped_score_without_a_number_has_words():
    on_the_shelf()
    scores = terms_now("en", timezone.localdate()).edition.scores.values()
    silent = [(one.name, band) for one in scores if one.value_type in ("none", "code") for band in one.bands]
    assert [band for name, band in silent if not band.isdecimal() and band not in WORDS] == []
    assert len(silent) > 20


def test_one_reading_is_no_change_and_none_says_so():
    on_the_shelf()
    patient = a_patient()
    assert "Aún no se ha calculado ninguna escala" in words(page(patient))
    evaluated(patient, 1, ibs_sss=310)
    text = words(page(patient))
    assert "una sola lectura" in text
    assert "mejor" not in text


def test_a_diary_is_drawn_with_its_finding_unit_time_table_and_figures():
    patient = a_patient()
    diary(patient, [8, None, 6, 2, 3, 1])
    answer = page(patient)
    [pain] = answer.context["course"].diary
    assert len(pain.marks) == 14
    assert [mark.plain for mark in pain.marks[-6:]] == ["8", "", "6", "2", "3", "1"]
    text = words(answer)
    assert 'class="s-miss"' in text  # a day without data is no zero
    assert "Dolor: media sin datos en la primera mitad, 4 en la segunda" in text
    assert "5 días con valor, de 0 a 10" in text
    assert "Ver como tabla" in text
    table = browser().get(address("course_figures", patient))
    rows = table.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "Qué;Día;Valor;Nota"
    assert f"Dolor;{timezone.localdate()};1;" in rows
    assert sum(row.endswith(";;sin datos") for row in rows) == 9


def test_one_looks_further_back_and_no_further_than_there_are_spans():
    patient = a_patient()
    diary(patient, [9] + [None] * 30)
    assert not page(patient).context["course"].diary
    assert page(patient, days="42").context["course"].diary[0].known[0].plain == "9"
    assert page(patient, days="9" * 9).context["course"].span == 14
    assert page(patient, days="²").context["course"].span == 14


def test_a_day_filled_in_twice_counts_as_it_was_said_last():
    patient = a_patient()
    noon = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=1), datetime.min.time()))
    for hour, value in ((9, 2), (20, 7)):
        at = noon + timedelta(hours=hour)
        patients.record_observations(
            patient=patient, rows=[patients.Reading("diary_pain", value, at, "diary")], actor=None
        )
    [pain] = page(patient).context["course"].diary
    assert [mark.plain for mark in pain.known] == ["7"]


@pytest.mark.parametrize("role", ["front_desk", "director", "administrator", "patient", "specialist"])
def test_nobody_but_clinicians_sees_it(role):
    patient, other = a_patient(), browser(role)
    for name in ("course", "course_figures"):
        assert other.get(address(name, patient)).status_code == 404


def test_what_was_said_does_not_become_a_formula():
    said = course.Course([course.Score("x", "=1+1", [(date(2026, 1, 1), -3.0, "")], None, "", "")], [], 14)
    assert course.figures(said) == [("=1+1", "2026-01-01", "-3", "")]
    assert [course_views._plain(cell) for cell in ("=1+1", "-3", "-3+A1")] == ["'=1+1", "-3", "'-3+A1"]
