"""The plan of a patient beside the text, while one writes; tests run, made and generated in a browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, SMALL_LAPTOP, Visit, is_wider_than_the_screen, tab_to, violations
from tests.browser.test_editor import text_of, write

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(visit: Callable) -> Visit:
    """A director with a new draft open, and the panel there."""
    screen = visit(SMALL_LAPTOP)
    page = screen.log_in("director@demo.example")
    page.goto("/studio/")
    page.get_by_role("link", name="Enfermedad por reflujo gastroesofágico").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Nuevo borrador").click()
    expect(page.locator("#live-plan")).to_contain_text("El mismo plan que ahora")
    return screen


def test_the_plan_of_a_patient_changes_while_one_writes(opened: Visit) -> None:
    page = opened.page
    tab_to(page, page.locator(".cm-content"))
    write(page, "18 years", "50 years")
    expect(page.locator("#live-plan")).to_contain_text("La prueba espera otra cosa")
    expect(page.locator("#live-plan .is-gone").first).to_be_visible()
    write(page, "ge >= 50", "gex >= 50")
    expect(page.locator("#live-plan")).to_contain_text("Tal como está el texto no hay plan")
    write(page, "gex >= 50", "ge >= 18")
    expect(page.locator("#live-plan")).to_contain_text("El mismo plan que ahora")
    assert opened.faults == []


def test_a_value_of_the_patient_is_changed_and_becomes_a_test_by_keyboard(opened: Visit) -> None:
    page = opened.page
    who = page.locator("#who")
    tab_to(page, who)
    who.select_option(index=1)
    expect(page.locator("#given")).to_have_value(re.compile("heartburn_days"))
    tab_to(page, page.locator("#live summary").first)
    page.keyboard.press("Enter")
    given = page.locator("#given")
    given.fill(re.sub(r"heartburn_days: \d", "heartburn_days: 7", given.input_value()))
    expect(page.locator("#live-plan")).to_be_visible()
    tab_to(page, page.locator("#test_name"))
    page.keyboard.insert_text("seven days with heartburn")
    tab_to(page, page.get_by_role("button", name="Añadir la prueba al texto"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "- name: seven days with heartburn" in text_of(page)
    page.get_by_role("link", name="Pasar sus pruebas").click()
    expect(page.locator("#tests-came")).to_contain_text("Pasan todas")
    assert opened.faults == []


def test_a_test_that_fails_is_told_as_what_was_expected_and_what_came(opened: Visit) -> None:
    page = opened.page
    tab_to(page, page.locator(".cm-content"))
    write(page, "heartburn_days >= symptom_days", "heartburn_days >= 6")
    page.get_by_role("link", name="Pasar sus pruebas").click()
    came = page.locator("#tests-came")
    expect(came).to_contain_text("falla")
    expect(came.locator(".against").first).to_contain_text("expected")


def test_tests_at_the_limits_are_ticked_and_stand_in_the_text(opened: Visit) -> None:
    page = opened.page
    page.get_by_role("link", name="Pruebas en los límites").click()
    boxes = page.locator("main input[type=checkbox]:not([disabled])")
    boxes.nth(0).check()
    boxes.nth(1).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Añadir lo marcado al texto").click()
    expect(page.locator("main, .toasts").first).to_be_visible()
    assert len(re.findall(r"just (?:below|above)|, at the limit", text_of(page))) >= 2


def panel_pages(page: Page) -> list[str]:
    draft = page.url
    return [draft, f"{draft}try/", f"{draft}tests/", f"{draft}edges/"]


def test_the_panel_and_its_pages_are_whole_in_both_languages_and_widths(opened: Visit) -> None:
    page = opened.page
    paths = panel_pages(page)
    for language in ("en", "es"):
        opened.read_in(language)
        for size in (SMALL_LAPTOP, NARROW):
            page.set_viewport_size(size)
            for path in paths:
                page.goto(path)
                expect(page.locator("h1")).to_be_visible()
                assert violations(page) == [], path
                assert not is_wider_than_the_screen(page), path
    assert opened.faults == []


def test_without_scripts_the_panel_is_a_page_of_its_own(visit: Callable, opened: Visit) -> None:
    address = opened.page.url
    plain = visit(SMALL_LAPTOP)
    page = plain.log_in("director@demo.example")
    page.route("**/*.js", lambda route: route.abort())
    page.goto(address)
    page.get_by_role("link", name="Probar el texto con un paciente").click()
    page.locator("#live summary").first.click()
    given = page.locator("#given")
    given.fill(re.sub(r"heartburn_days: \d", "heartburn_days: 1", given.input_value()))
    with page.expect_navigation():
        page.get_by_role("button", name="Mostrar el plan").click()
    expect(page.locator("#given")).to_have_value(re.compile("heartburn_days: 1"))
    expect(page.locator("#live-plan")).to_contain_text("El mismo plan que ahora")
