"""What to ask next, beside a plan: it comes by itself, fits both screens and is answered by keyboard."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAPTOP, NARROW, is_wider_than_the_screen, tab_to, violations

pytestmark = pytest.mark.browser
DOCTOR = "vidal@demo.example"
WORDS = {"es": "Qué preguntar ahora", "en": "Ask next"}


def open_a_plan(page):
    page.goto("/desk/?tab=plans")
    page.locator("tr[data-row] td.who a").first.click()
    page.wait_for_url("**/review/")
    section = page.locator("[id^=outlook-]")
    section.locator("ol.asknext").wait_for()  # it came after the page stood
    return section


def picture(page, name):
    """Keep a picture where somebody who looks at the page by eye asked for one."""
    if folder := os.environ.get("PAUTA_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_it_stands_beside_the_plan_on_a_laptop_and_on_a_phone_in_both_languages(visit):
    screen = visit(LAPTOP)
    page = screen.log_in(DOCTOR)
    for language, words in WORDS.items():
        screen.read_in(language)
        for size in (LAPTOP, NARROW):
            page.set_viewport_size(size)
            section = open_a_plan(page)
            expect(section.get_by_role("heading", name=words)).to_be_visible()
            section.scroll_into_view_if_needed()
            picture(page, f"outlook-{language}-{size['width']}")
            assert violations(page) == []
            assert not is_wider_than_the_screen(page)
            page.keyboard.press("w")
            page.locator("dialog#why[open]").wait_for()
            picture(page, f"why-{language}-{size['width']}")
            assert violations(page) == []
            page.keyboard.press("Escape")


def test_a_question_is_answered_by_keyboard_and_the_next_one_stands_there(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    section = open_a_plan(page)
    first = section.locator("ol.asknext li").first
    asked = first.locator("p").first.inner_text()
    no = section.locator("ol.asknext").get_by_role("button", name="No").first
    before = section.get_attribute("id")
    tab_to(page, no)
    page.keyboard.press("Enter")
    page.wait_for_function("(id) => !document.getElementById(id)", arg=before)  # another evaluation
    section = page.locator("[id^=outlook-]")
    section.locator("ol.asknext").wait_for()
    expect(section.locator("ol.asknext li").first.locator("p").first).not_to_have_text(asked)
