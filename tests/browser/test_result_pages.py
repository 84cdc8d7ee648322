"""The pages of results: both languages, every width, no barrier; released with one key and taken back with another."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, SMALL_LAPTOP, code_of
from tests.browser.test_patient_pages import look, speak
from tests.browser.test_staff_pages import faults
from tests.site import Site

MINE = "/portal/sheets/"
OBJECTS = {
    "critical": "SELECT report_id, patient_id FROM results_release WHERE critical AND state = 'waiting' LIMIT 1",
    "document": """SELECT d.id, d.patient_id FROM patients_documentreference d
        JOIN patients_binary b ON b.id = d.content_id WHERE d.active AND b.content_type = 'application/pdf' LIMIT 1""",
}
STAFF = {
    "vidal": (
        "/desk/?tab=sheets", "/sheets/reports/{critical}/", "/sheets/patients/{whose}/",
        "/sheets/patients/{whose}/new/", "/sheets/documents/{document}/", "/sheets/files/",
    ),
    "director": ("/sheets/rules/", f"/sheets/rules/{code_of('hb')}/"),
}  # fmt: skip


@pytest.fixture(scope="module")
def objects(site: Site) -> dict[str, str]:
    """Return the numbers of what the pages are about."""
    [[critical, whose]] = site.query(OBJECTS["critical"])
    [[document, _of]] = site.query(OBJECTS["document"])
    return {"critical": str(critical), "whose": str(whose), "document": str(document)}


@pytest.mark.parametrize("who", STAFF)
def test_the_pages_of_results_are_whole_for_who_works_here(visit: Callable, objects: dict[str, str], who: str) -> None:
    screen = visit(SMALL_LAPTOP)
    screen.log_in(f"{who}@demo.example")
    for language in ("es", "en"):
        screen.read_in(language)
        assert [one for path in STAFF[who] for one in faults(screen, path.format(**objects))] == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_pages_of_results_fit_every_phone(visit: Callable, language: str) -> None:
    page = visit(PHONE).log_in("patient05@demo.example")
    speak(page, language)
    page.goto(MINE)
    look(page)
    page.locator("a[href^='/portal/sheets/']").first.click()
    page.wait_for_url(re.compile(r"/portal/sheets/[0-9a-f-]{36}/$"))
    assert page.locator("figure svg").count()
    assert page.locator("svg.range-bar").count()
    look(page)


def test_the_original_stands_beside_the_form(visit: Callable, objects: dict[str, str]) -> None:
    page = visit(SMALL_LAPTOP).log_in("vidal@demo.example")
    page.goto(f"/sheets/documents/{objects['document']}/")
    picture, form = page.locator(".page-left img").first, page.locator("form.enter")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    left, right = picture.bounding_box(), form.bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]


def test_a_result_is_released_and_taken_back_by_keys_alone(visit: Callable, objects: dict[str, str]) -> None:
    page = visit(SMALL_LAPTOP).log_in("vidal@demo.example")
    page.goto(f"/sheets/reports/{objects['critical']}/")
    page.keyboard.press("r")
    page.wait_for_url("**/desk/")
    expect(page.locator(".undo")).to_be_visible()
    page.keyboard.press("z")
    page.wait_for_url("**/sheets/reports/**")
    expect(page.locator("button[data-key=r]")).to_be_visible()
