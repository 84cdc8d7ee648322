"""What people of the clinic do all day, with the keyboard alone: no click, no focus set by a script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, code_of, tab_to, violations
from tests.browser.test_people_pages import somebody_without_login
from tests.browser.test_review import open_a_plan

pytestmark = pytest.mark.browser
DOCTOR, DESK = "vidal@demo.example", "front_desk@demo.example"


def find(page: Page, words: str, name: str) -> None:
    page.goto("/desk/patients/")
    page.keyboard.press("/")
    page.keyboard.type(words, delay=20)
    found = page.locator("#people a", has_text=name)
    expect(page.locator("#people tbody tr")).to_have_count(1)
    tab_to(page, found)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/patients/[0-9a-f-]{36}/$"))


def test_an_allergy_is_found_missing_and_written_down(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    find(page, "pascual zamora", "Pascual Zamora, Leire")
    tab_to(page, page.locator("[data-list=allergies] .sec-h a"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#id_name"))
    page.keyboard.type("Penicilinas")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/#{code_of('allergies')}")
    expect(page.locator("[data-list=allergies]")).to_contain_text("Penicilinas")
    expect(page.locator(".pbar .chip.blocked")).to_contain_text("Penicilinas")


def test_without_a_name_an_allergy_is_not_written_down_and_the_focus_is_on_what_is_missing(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    find(page, "herrero núñez", "Herrero Núñez, Ignacio")
    tab_to(page, page.locator("[data-list=allergies] .sec-h a"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Guardar"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    tab_to(page, page.get_by_role("alert").get_by_role("link"))
    page.keyboard.press("Enter")
    expect(page.locator("#id_name")).to_be_focused()


def test_an_alert_is_taken_charge_of_and_closed(visit, site):
    raised = "SELECT id, patient_id FROM alerts_alert WHERE status = 'open' AND rule <> 'not_assessed' LIMIT 1"
    [(alert, patient)] = site.query(raised)
    page = visit(LAPTOP).log_in(DOCTOR)
    page.goto(f"/desk/patients/{patient}/")
    tab_to(page, page.locator(f"form[action='/alerts/{alert}/acknowledge/'] button"))
    page.keyboard.press("Enter")
    expect(page.locator(f"form[action='/alerts/{alert}/acknowledge/']")).to_have_count(0)
    note = page.locator(f"form[action='/alerts/{alert}/close/'] input[name=note]")
    tab_to(page, note)
    page.keyboard.press("Enter")
    expect(note).to_be_visible()  # nothing is closed without a word
    page.keyboard.type("Llamada: está bien")
    page.keyboard.press("Enter")
    expect(page.locator(f"form[action='/alerts/{alert}/close/']")).to_have_count(0)
    assert site.query("SELECT status FROM alerts_alert WHERE id = %s", alert) == [("closed",)]


def test_an_item_is_edited(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=False)
    for _row in range(page.locator("[data-row]").count()):
        if page.locator("[data-row].cursor [data-key=e]").count():
            break
        page.keyboard.press("j")
    row = page.locator("[data-row].cursor").get_attribute("id")
    page.keyboard.press("e")
    text = page.locator(f"#{row} textarea[name=text]")
    tab_to(page, text)
    page.keyboard.press("Control+A")
    page.keyboard.type("Después de cenar, con agua")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(f"#{row}.is-edited").wait_for()
    page.keyboard.press("k")
    page.locator(f"#{row}.cursor").wait_for()
    page.keyboard.press("z")
    page.locator(f"#{row}.is-proposed").wait_for()


def test_a_patient_is_invited_with_a_printed_code(visit):
    person = somebody_without_login()
    page = visit(LAPTOP).log_in(DESK)
    page.goto("/desk/patients/")
    page.keyboard.press("/")
    page.keyboard.type(person["national_id"])
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Acceso al portal"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/invitation/")
    tab_to(page, page.get_by_role("button", name="Imprimir un código"))
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    assert violations(page) == []


def type_into(page: Page, field: str, words: str) -> None:
    tab_to(page, page.locator(f"#id_{field}"))
    page.keyboard.type(words)


def test_a_patient_is_registered_and_a_consent_on_paper_written_down(visit):
    page = visit(LAPTOP).log_in(DESK)
    page.goto("/desk/patients/new/")
    tab_to(page, page.get_by_role("button", name="Dar de alta"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()  # nobody is registered without a name
    type_into(page, "given_name", "Teclada")
    type_into(page, "family_name", "Sinratón Pérez")
    type_into(page, "birth_date", "14031979")
    tab_to(page, page.get_by_role("button", name="Dar de alta"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/patients/[0-9a-f-]{36}/"))
    expect(page.locator("h1")).to_contain_text("Teclada")
    page.goto(page.url.rstrip("/") + "/consents/")
    treatment = page.locator(f"form[action$='/consents/{code_of('treatment')}/']")
    tab_to(page, treatment.locator("select"))
    page.keyboard.press("ArrowDown")
    tab_to(page, treatment.locator("button[value=accept]"))
    page.keyboard.press("Enter")
    expect(page.locator("main .chip.accepted").first).to_be_visible()
    expect(treatment.locator("button[value=accept]")).to_have_count(0)
    assert violations(page) == []


# --- the list that is left open

SOMEBODY_ELSE = """SELECT id FROM patients_patient
    WHERE id NOT IN (SELECT patient_id FROM plans_plan WHERE status = 'draft')
    AND id NOT IN (SELECT patient_id FROM alerts_alert) ORDER BY record_number LIMIT 1"""
RAISED = """from webapp.alerts.services import raise_
raise_(patient_id="{}", rule="alarm_upper.bleeding", code="alert:gi_bleed", urgency="same_day", facts={{}},
       text={{"es": "Heces negras", "en": "Black stools"}})"""


def test_who_comes_while_the_list_is_open_is_told_moves_nothing_and_is_shown_with_a_key(visit, site):
    [(newest,)] = site.query(SOMEBODY_ELSE)
    page = visit(LAPTOP).log_in(DOCTOR)
    page.goto("/desk/")
    row = page.locator("#waiting tbody a").nth(1)
    tab_to(page, row)
    held, shown = row.get_attribute("id"), page.locator("#waiting [data-row]").count()
    site.manage("shell", "-c", RAISED.format(newest))
    page.evaluate("document.getElementById('live').dispatchEvent(new Event('look'))")  # as on coming back to the page
    expect(page.locator("#news[role=status]")).to_contain_text("1 nuevo")
    assert page.locator("#waiting [data-row]").count() == shown
    expect(page.locator(f"#{held}")).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator(f"#row-{newest}")).to_contain_text("Heces negras")
    assert violations(page) == []
