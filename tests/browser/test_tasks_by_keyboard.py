"""Rarer tasks of patients and administrators, with the keyboard alone: no click, no focus set by a script."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAPTOP
from tests.browser.test_patient_keys import press, signed_in, write

pytestmark = pytest.mark.browser
TAKER, BOSS = "patient09@demo.example", "administrator@demo.example"


def test_a_patient_changes_the_language_and_back(visit):
    page = signed_in(visit, TAKER)
    for language in ("en", "es"):
        page.goto("/portal/more/")
        press(page, page.locator(f"form.langs button[value={language}]").first)
        expect(page.locator(f"html[lang={language}]")).to_be_attached()


def test_a_pharmacy_without_a_name_is_not_added_and_with_one_stands_in_the_list(visit):
    page = visit(LAPTOP).log_in(BOSS)
    page.goto("/orders/where/")
    save = page.locator("main form.card-p .btn-primary")
    press(page, save)
    expect(page.get_by_role("alert")).to_be_focused()
    write(page, "name", "Farmacia del Teclado")
    press(page, save)
    expect(page.locator("ul.lines")).to_contain_text("Farmacia del Teclado")
