"""The editor of the studio in a browser: what is wrong is told beside its line while one writes; a key mends it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, SMALL_LAPTOP, Visit, is_wider_than_the_screen, tab_to, violations

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(visit: Callable) -> Visit:
    """A director with a new draft open."""
    screen = visit(SMALL_LAPTOP)
    page = screen.log_in("director@demo.example")
    page.goto("/studio/")
    page.get_by_role("link", name="Enfermedad por reflujo gastroesofágico").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Nuevo borrador").click()
    expect(count_of(page)).to_have_text("Ningún problema en el texto")
    return screen


def count_of(page: Page) -> Locator:
    return page.locator("#judged-count")


def text_of(page: Page) -> str:
    return str(page.locator("#text").evaluate("area => area.value"))


def go_to(page: Page, words: str) -> None:
    """Find words in the text as a person does: search, and leave the search with the words chosen."""
    page.keyboard.press("Control+f")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def write(page: Page, old: str, new: str) -> None:
    go_to(page, old)
    page.keyboard.insert_text(new)


def test_a_wrong_unit_is_told_and_mended_by_a_key_and_the_form_saves_it(opened: Visit) -> None:
    page = opened.page
    before = text_of(page)
    tab_to(page, page.locator(".cm-content"))
    write(page, "hb < 110 g/L", "hb < 110 kg")
    expect(count_of(page)).to_have_text("1 problema")
    expect(page.locator("#judged")).to_contain_text("P108")
    assert "hb < 110 kg" in text_of(page)
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    page.keyboard.press("F8")
    page.keyboard.press("Control+.")
    expect(count_of(page)).to_have_text("Ningún problema en el texto")
    assert text_of(page) == before
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# leído\n")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert text_of(page) == f"# leído\n{before}"
    assert opened.faults == []


def test_a_name_misspelt_is_mended_by_a_button_and_undone(opened: Visit) -> None:
    page = opened.page
    before = text_of(page)
    tab_to(page, page.locator(".cm-content"))
    write(page, "heartburn_days >=", "heartburn_dias >=")
    page.get_by_role("button", name="Escribir heartburn_days").first.click()
    expect(count_of(page)).to_have_text("Ningún problema en el texto")
    assert text_of(page) == before
    page.keyboard.press("Control+z")
    expect(count_of(page)).to_have_text("1 problema")


def test_what_was_judged_before_the_last_key_mends_nothing_elsewhere(opened: Visit) -> None:
    page = opened.page
    tab_to(page, page.locator(".cm-content"))
    write(page, "heartburn_days >=", "heartburn_dias >=")
    button = page.get_by_role("button", name="Escribir heartburn_days").first
    expect(button).to_be_enabled()
    page.route("**/judge/", lambda route: None)  # an answer that does not come
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# una línea más arriba\n")
    written = text_of(page)
    expect(button).to_be_disabled()
    go_to(page, "heartburn_dias")
    page.keyboard.press("Control+.")
    assert text_of(page) == written
    page.unroute("**/judge/")
    page.keyboard.press("End")
    page.keyboard.insert_text(" ")
    button.click()
    expect(count_of(page)).to_have_text("Ningún problema en el texto")
    assert "heartburn_dias" not in text_of(page)


def test_tab_writes_in_the_text_and_leaves_it_after_escape(opened: Visit) -> None:
    page = opened.page
    before = text_of(page)
    tab_to(page, page.locator(".cm-content"))
    page.keyboard.press("Tab")  # who only comes by is not kept
    expect(page.locator(".cm-content")).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert text_of(page) != before
    page.keyboard.press("Control+z")
    page.keyboard.press("Escape")
    expect(page.locator("#judged-tab")).to_have_text("El tabulador sale ahora del texto.")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).not_to_be_focused()
    assert text_of(page) == before


def test_the_editor_is_whole_in_both_languages_and_widths(opened: Visit) -> None:
    page = opened.page
    address = page.url
    tab_to(page, page.locator(".cm-content"))
    write(page, "hb < 110 g/L", "hb < 110 kg")
    expect(count_of(page)).to_have_text("1 problema")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    for language, words in (("en", "1 problem"), ("es", "1 problema")):
        opened.read_in(language)
        for size in (SMALL_LAPTOP, NARROW):
            page.set_viewport_size(size)
            page.goto(address)
            expect(count_of(page)).to_have_text(words)
            assert violations(page) == []
            assert not is_wider_than_the_screen(page)
    assert opened.faults == []
