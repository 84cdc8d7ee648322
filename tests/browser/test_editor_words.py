"""The editor in a browser: it completes and explains, leads to definitions and uses, and saves what is written."""

from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Visit, is_wider_than_the_screen, tab_to, violations
from tests.browser.test_editor import count_of, go_to, opened, text_of, write
from tests.browser.test_studio_pages import as_director

__all__ = ["opened"]
pytestmark = pytest.mark.browser
PATIENCE = 30_000
PLACE_OF_WORD = """line => {
    const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (walk.nextNode() && !walk.currentNode.data.includes("heartburn_days"));
    const range = document.createRange(), at = walk.currentNode.data.indexOf("heartburn_days");
    range.setStart(walk.currentNode, at + 2);
    range.setEnd(walk.currentNode, at + 4);
    const box = range.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def test_a_name_is_completed_with_keys_alone(opened: Visit) -> None:
    page = opened.page
    before = text_of(page)
    tab_to(page, page.locator(".cm-content"))
    write(page, "heartburn_days >=", "heartburn_")
    page.keyboard.press("Control+Space")
    row = page.locator(".cm-tooltip-autocomplete li", has_text="heartburn_days").first
    expect(row).to_be_visible()
    page.keyboard.type("days")
    expect(page.locator(".cm-tooltip-autocomplete li[aria-selected=true]")).to_contain_text("heartburn_days")
    page.keyboard.press("Enter")
    page.keyboard.type(" >=")
    expect(count_of(page)).to_have_text("Ningún problema en el texto")
    assert text_of(page) == before
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("sex = ")
    page.keyboard.press("Control+Space")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("female")
    page.keyboard.press("Escape")
    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    assert opened.faults == []


def test_a_word_is_explained_to_the_mouse_and_to_the_keyboard(opened: Visit) -> None:
    page = opened.page
    tab_to(page, page.locator(".cm-content"))
    go_to(page, "heartburn_days")
    page.keyboard.press("Control+i")
    told = page.locator(".explained")
    expect(told).to_contain_text("integer · 0 .. 7")
    expect(page.locator("#judged-tab")).to_contain_text("heartburn_days")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(told).to_have_count(0)
    x, y = page.locator(".cm-line", has_text="heartburn_days").first.evaluate(PLACE_OF_WORD)
    page.mouse.move(x - 40, y)
    page.mouse.move(x, y)
    expect(page.locator(".explained")).to_contain_text("integer · 0 .. 7")


def test_keys_lead_to_the_definition_and_to_the_uses(opened: Visit) -> None:
    page = opened.page
    tab_to(page, page.locator(".cm-content"))
    go_to(page, "heartburn_days")
    with page.context.expect_page() as other:
        page.keyboard.press("F12")
    other.value.wait_for_load_state()
    assert "/studio/" in other.value.url
    line = other.value.url.rpartition("#")[2]
    expect(other.value.locator(f"#{line}")).to_contain_text("heartburn_days")
    other.value.close()
    page.keyboard.press("Shift+F12")
    expect(page.locator("#uses-part")).to_contain_text("heartburn_days")
    expect(page.locator("#uses a").first).to_be_visible()
    assert violations(page) == []


def test_the_outline_names_the_rules_and_leads_to_them(opened: Visit) -> None:
    page = opened.page
    entries = page.locator("#outline button.level-2")
    expect(entries.first).to_be_visible()
    last = entries.last
    last.focus()
    page.keyboard.press("Enter")
    expect(last).to_have_attribute("aria-current", "location")
    expect(page.locator(".cm-content")).to_be_focused()
    page.set_viewport_size(NARROW)
    page.reload()
    expect(page.locator("#outline summary")).to_be_visible()
    expect(page.locator("#outline button").first).to_be_hidden()
    assert violations(page) == []
    assert not is_wider_than_the_screen(page)


def test_what_is_written_without_connection_stays_and_is_saved_when_it_is_back(opened: Visit) -> None:
    page = opened.page
    tab_to(page, page.locator(".cm-content"))
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# primero\n")
    expect(page.locator("#kept")).to_contain_text("Guardado", timeout=PATIENCE)
    page.route("**/keep/", lambda route: route.abort())
    page.keyboard.insert_text("# sin red\n")
    expect(page.locator("#kept")).to_contain_text("Sin conexión", timeout=PATIENCE)
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("# sin red")
    expect(page.locator("#kept")).to_contain_text("Sin conexión", timeout=PATIENCE)
    page.unroute("**/keep/")
    expect(page.locator("#kept")).to_contain_text("Guardado", timeout=PATIENCE)
    page.reload()
    assert text_of(page).startswith("# primero\n# sin red\n")


def test_who_is_signed_out_while_writing_comes_back_to_the_text(opened: Visit) -> None:
    page = opened.page
    tab_to(page, page.locator(".cm-content"))
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("# sin sesión\n")
    expect(page.locator("#kept")).to_contain_text("Su sesión ha terminado", timeout=PATIENCE)
    link = page.locator("#kept a").get_attribute("href") or ""
    assert link.endswith("?next=" + quote(urlsplit(page.url).path, safe=""))
    page.context.add_cookies(cookies)  # has signed in again
    page.reload()
    expect(page.locator("#kept")).to_contain_text("Guardado", timeout=PATIENCE)
    assert text_of(page).startswith("# sin sesión\n")


def test_two_people_lose_nothing(opened: Visit, visit: Callable) -> None:
    first = opened.page
    second = as_director(visit, "salas@demo.example")
    second.page.goto(first.url)
    for page, words in ((first, "# de la primera\n"), (second.page, "# de la segunda\n")):
        tab_to(page, page.locator(".cm-content"))
        page.keyboard.press("Control+Home")
        page.keyboard.insert_text(words)
        if page is first:
            expect(page.locator("#kept")).to_contain_text("Guardado", timeout=PATIENCE)
    expect(second.page.locator("#kept")).to_contain_text("ha guardado este borrador entretanto", timeout=PATIENCE)
    with second.page.expect_navigation():
        second.page.keyboard.press("Control+s")
    expect(second.page.locator(".said")).to_contain_text("# de la primera")
    assert text_of(second.page).startswith("# de la segunda\n")
    assert violations(second.page) == []
