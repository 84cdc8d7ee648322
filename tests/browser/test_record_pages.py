"""A record at the desk, as somebody at a screen has it: three letters to the patient, two clicks to anything."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, code_of, tab_to, violations
from tests.browser.test_patient_keys import press, write

DOCTOR, ADMINISTRATOR = "vidal@demo.example", "administrator@demo.example"


def find_marina(page: Page) -> None:
    """Find her by three letters and the keyboard alone."""
    page.goto("/desk/patients/")
    page.keyboard.press("/")
    page.keyboard.type("ort", delay=40)
    expect(page.locator("#people tbody tr")).not_to_have_count(50)
    row = page.locator("#people a", has_text="Ortega Rey, Marina")
    expect(row).to_be_visible()
    press(page, row)
    page.wait_for_url(re.compile(r"/desk/patients/[0-9a-f-]{36}/$"))


def test_figures_lead_to_the_parts_of_a_record_and_an_entry_is_set_right_by_keyboard(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    find_marina(page)
    page.keyboard.press("3")
    page.wait_for_url(f"**/#{code_of('medications')}")
    press(page, page.locator("[data-list=medications] .sec-h a"))
    write(page, "name", "Levotiroxina")
    write(page, "dose", "75 µg al día")
    page.keyboard.press("Enter")
    expect(page.locator("[data-list=medications]")).to_contain_text("75 µg al día")
    press(page, page.locator("[data-list=medications] .entry a").first)
    press(page, page.locator("#id_dose"), "Control+A")
    page.keyboard.type("88 µg al día")
    page.keyboard.press("Enter")
    expect(page.locator("[data-list=medications]")).to_contain_text("88 µg al día")
    press(page, page.locator("[data-list=medications] .entry a").first)
    expect(page.locator(".was del")).to_have_text("75 µg al día")


def test_an_administrator_answers_who_looked_in_a_few_steps_by_keys_alone(visit):
    page = visit(LAPTOP).log_in(ADMINISTRATOR)
    press(page, page.get_by_role("link", name="Quién ha mirado"))
    tab_to(page, page.locator("input[type=search]"))
    page.keyboard.type("ortega rey")
    page.keyboard.press("Enter")
    press(page, page.locator("tbody a", has_text="Ortega Rey, Marina").first)
    expect(page.locator("table.looks")).to_contain_text("Dra. Elena Vidal")
    tab_to(page, page.locator("#who"))
    page.keyboard.type("Dra. Elena")  # the list is chosen from by its first letters
    press(page, page.get_by_role("button", name="Mostrar"))
    expect(page.locator("#who option:checked")).to_have_text("Dra. Elena Vidal")
    expect(page.locator("table.looks tbody").first).to_contain_text("Dra. Elena Vidal")
    assert "Ortega" not in page.url
    assert violations(page) == []
