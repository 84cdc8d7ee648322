"""The directors' shelf: what is in force, every text by line, and for nobody who has no business there."""

import re

import pytest
from django.urls import reverse

from rules import selectors as shelf
from rules.models import Version
from tests.rules.texts import FILES, PROTOCOL
from tests.webapp.intake.factories import a_respondent, a_shelf, signed_in
from tests.webapp.people import a_user

pytestmark = pytest.mark.django_db
LIST = "studio:list"


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def director(client):
    return signed_in(client, a_user("director"))


def the_version(browser, version):
    return words(browser.get(reverse("studio:version", args=[version.pk])))


def test_the_list_shows_each_file_with_its_tests_rules_and_dates(director):
    a_shelf()
    page = words(director.get(reverse(LIST)))
    row = page[page.index("Reflujo") : page.index("Reflujo") + 1500]
    assert "1.0.0" in row
    assert "2/2" in row
    assert "En vigor" in row
    assert "1 ene 2030" in row
    for title in ("Primera consulta", "Diario", "Pequeño"):
        assert title in page


def test_a_review_date_that_has_passed_is_marked_in_words_too(director):
    a_shelf(**{"protocols/reflux/1.0.0.yaml": PROTOCOL.replace("2030-01-01", "2020-01-01")})
    page = words(director.get(reverse(LIST)))
    assert re.search(r'c-ochre"[^>]*>.{0,200}1 ene 2020.{0,60}pasada', page)


def test_a_draft_is_shown_beside_what_is_in_force(director):
    draft = PROTOCOL.replace("version: 1.0.0", "version: 1.2.0\nstatus: draft").replace(
        "heartburn_days >= 2", "no_such_fact"
    )
    a_shelf(**{"protocols/reflux/1.2.0.yaml": draft})
    assert "Borrador 1.2.0" in words(director.get(reverse(LIST)))
    page = the_version(director, Version.objects.get(version="1.2.0"))
    assert "Problemas" in page
    assert "no_such_fact" in page


def test_an_empty_shelf_says_what_to_do(director):
    page = words(director.get(reverse(LIST)))
    assert "No hay ningún protocolo cargado" in page
    assert "load_protocols" in page


def test_the_text_stands_as_written_with_a_place_for_every_line(director):
    a_shelf()
    version = shelf.version("protocol", "reflux")
    page = director.get(reverse("studio:version", args=[version.pk])).content.decode()
    lines = re.findall(r'<li id="L(\d+)"[^>]*><pre>(.*?)</pre>', page)
    assert [int(number) for number, _text in lines] == list(range(1, len(PROTOCOL.splitlines()) + 1))
    assert lines[9][1] == PROTOCOL.splitlines()[9].replace(">", "&gt;")


def test_every_rule_is_a_sentence_that_leads_to_its_line(director):
    a_shelf()
    page = the_version(director, shelf.version("protocol", "reflux"))
    line = int(re.search(r'href="#L(\d+)"><span>small_meals', page)[1])
    assert "small_meals:" in "".join(PROTOCOL.splitlines()[line - 2 : line])
    assert "Si Días con ardor ≥ 2" in page
    assert "Comidas pequeñas" in page
    assert "Ardor frecuente" in page
    assert "A book about reflux, 2024." in page
    assert "frequent heartburn gets advice" in page


@pytest.mark.parametrize("path", list(FILES))
def test_every_kind_of_file_can_be_read(director, path):
    a_shelf()
    version = shelf.at_path(path)
    page = the_version(director, version)
    assert version.sha256[:12] in page
    assert "L1" in page


def test_an_older_version_is_still_read_as_it_was(director):
    a_shelf()
    newer = PROTOCOL.replace("version: 1.0.0", "version: 2.0.0").replace("Ardor frecuente", "Ardor diario")
    a_shelf(**{"protocols/reflux/2.0.0.yaml": newer})
    page = the_version(director, Version.objects.get(path="protocols/reflux/1.0.0.yaml"))
    assert "Ardor frecuente" in page
    assert "2.0.0" in page


@pytest.mark.parametrize("role", ["front_desk", "marketing", "billing", "administrator", "ambassador"])
def test_who_has_no_business_there_finds_nothing(client, role):
    a_shelf()
    browser = signed_in(client, a_user(role))
    assert browser.get(reverse(LIST)).status_code == 404
    assert browser.get(reverse("studio:version", args=[Version.objects.first().pk])).status_code == 404


def test_a_patient_finds_nothing(client):
    assert signed_in(client, a_respondent().user).get(reverse(LIST)).status_code == 404


def test_a_version_that_does_not_exist_is_the_same_page(director):
    assert director.get(reverse("studio:version", args=[999_999])).status_code == 404


def test_a_doctor_reads_but_nothing_can_be_written(client):
    a_shelf()
    doctor = signed_in(client, a_user("doctor"))
    version = shelf.version("protocol", "reflux")
    assert doctor.get(reverse("studio:version", args=[version.pk])).status_code == 200
    assert doctor.post(reverse("studio:version", args=[version.pk])).status_code == 405


def test_the_list_asks_the_database_as_often_for_one_file_as_for_many(director, django_assert_max_num_queries):
    a_shelf()
    director.get(reverse(LIST))
    with django_assert_max_num_queries(9):
        director.get(reverse(LIST))
