"""A doctor by keyboard alone: a changed plan signed, newer data looked at, what if asked, a draft handed over."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAPTOP, PHONE, is_wider_than_the_screen, tab_to, violations
from tests.browser.test_review import open_a_plan, see_everything
from tests.site import PASSWORD

pytestmark = pytest.mark.browser
DOCTOR, MOST_ACTIONS, MOST_QUESTIONS = "vidal@demo.example", 10, 4


class Script:
    """Presses keys and counts them as actions; a word typed into a field is one."""

    def __init__(self, page):
        self.page, self.actions = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.actions += 1

    def key(self, key):
        """Press a key the page offers, once it does."""
        self.page.locator(f"[data-key={key}]:not([aria-disabled])").first.wait_for()
        self.press(key)

    def type(self, word):
        self.page.keyboard.type(word)
        self.actions += 1


def answer_until_the_plan_changes(page):
    """Answer what is asked next, one question after the other, until the page says what that changed."""
    for _question in range(MOST_QUESTIONS):
        section = page.locator("[id^=outlook-]")
        section.locator("ol.asknext").wait_for()
        before = section.get_attribute("id")
        tab_to(page, section.get_by_role("button", name=re.compile("Sí$")).first)
        page.keyboard.press("Enter")
        page.wait_for_function("(id) => !document.getElementById(id)", arg=before)  # another evaluation
        page.locator("[id^=outlook-] h2").first.wait_for()
        if page.locator("details.since").count():
            return
    raise AssertionError(f"{MOST_QUESTIONS} answers that can change the plan changed nothing")


def suppose_otherwise(page):
    """Ask what the plan would be with another fact, and read it on a telephone too."""
    page.keyboard.press("f")
    page.wait_for_url(re.compile("/what-if/$"))
    choice = page.locator("#add")
    tab_to(page, choice)
    for _option in range(choice.evaluate("(list) => [...list.options].findIndex(({value}) => value === 'vomiting')")):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#v-1:focus").wait_for()
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_role("button", name="Ver el plan que resultaría"))
    page.keyboard.press("Enter")
    expect(page.locator(".outcome")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert not is_wider_than_the_screen(page)
    page.set_viewport_size(LAPTOP)


def hand_over(page):
    page.keyboard.press("h")
    page.locator("dialog#ask[open] #to:focus").wait_for()
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Mañana no estoy.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("[data-key=b]").wait_for()
    expect(page.locator(".notice").first).to_contain_text("Mañana no estoy.")
    page.keyboard.press("b")  # nobody has opened it yet
    page.locator("[data-key=b]").wait_for(state="detached")


def test_a_changed_plan_is_signed_with_at_most_ten_actions(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=False)
    see_everything(page)
    script = Script(page)
    row = page.locator("[data-row].cursor").get_attribute("id")
    page.locator(f"#{row} [data-key=r]").wait_for()
    script.press("r")
    page.locator(f"#{row} select[name=reason]:focus").wait_for()
    script.press("ArrowDown", "Tab", "Enter")
    page.locator(f"#{row}.is-rejected").wait_for()
    script.key("A")
    script.key("Enter")
    secret = page.locator("#secret")
    page.get_by_role("dialog").get_by_text("Lo que leerá").wait_for()
    if secret.count():
        script.type(PASSWORD)
    script.press("Enter")
    page.get_by_text("Firmado por Dra. Elena Vidal").wait_for()
    assert script.actions <= MOST_ACTIONS


def test_newer_data_are_looked_at_supposed_otherwise_and_the_plan_is_handed_over_and_taken_back(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=False)
    answer_until_the_plan_changes(page)
    page.keyboard.press("d")
    expect(page.locator("details.since .both")).to_be_visible()
    expect(page.locator(".checks li")).to_have_count(5)
    assert violations(page) == []
    plan = page.url
    suppose_otherwise(page)
    page.goto(plan)
    page.locator("[data-row].cursor").wait_for()
    hand_over(page)
