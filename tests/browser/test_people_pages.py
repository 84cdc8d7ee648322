"""Accounts, permissions, invitations and consents as people use them: by keyboard, on a phone, in both languages."""

import json
import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, NARROW, PASSWORD, PHONE, is_wider_than_the_screen, tab_to, violations
from tests.browser.test_patient_keys import press

ROOT = Path(__file__).resolve().parents[2]
BOSS, DESK = "administrator@demo.example", "front_desk@demo.example"
DEMO = json.loads((ROOT / "fixtures/demo.json").read_text(encoding="utf-8"))
TWINS = {name for name, times in Counter(one["family_name"] for one in DEMO["patients"]).items() if times > 1}


def is_whole(page: Page) -> None:
    """Fail if the page has a barrier or is cut off."""
    assert violations(page) == [], page.url
    assert not is_wider_than_the_screen(page), page.url


@pytest.mark.parametrize(("size", "locale"), [(LAPTOP, "es-ES"), (NARROW, "es-ES"), (NARROW, "en-GB")])
def test_the_administrators_pages_are_whole(visit, size, locale):
    page = visit(size, locale).log_in(BOSS)
    for path in ("/accounts/staff/", "/accounts/staff/?q=zzzz", "/accounts/staff/new/", "/accounts/permissions/"):
        page.goto(path)
        is_whole(page)
    page.goto("/accounts/staff/?q=vidal")
    page.locator("tbody th a").first.click()
    is_whole(page)


def test_a_new_doctor_is_taken_in_by_keyboard_alone(visit):
    page = visit().log_in(BOSS)
    page.goto("/accounts/staff/")
    page.keyboard.press("n")
    page.wait_for_url("**/staff/new/")
    tab_to(page, page.locator("#name"))
    page.keyboard.type("Dra. Nuria Soler")
    page.keyboard.press("Tab")
    page.keyboard.type("nuria.soler@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    tab_to(page, page.locator("#secret_engage"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/staff/\d+/$"))
    assert "Dra. Nuria Soler" in page.locator("h1").inner_text()
    assert "sin empezar" in page.locator("main").inner_text()
    is_whole(page)


def test_a_permission_is_taken_by_keyboard_and_the_other_person_meets_a_shut_door(visit):
    office, counter = visit().log_in(BOSS), visit().log_in(DESK)
    counter.goto("/desk/invitations/")
    office.goto("/accounts/permissions/")
    box = office.locator('input[value="front_desk:patients.invite"]')
    press(office, box, "Space")
    tab_to(office, office.locator("#secret_permissions"))
    office.keyboard.type(PASSWORD)
    office.keyboard.press("Enter")
    expect(office.locator(".toast-p")).to_contain_text("1 permiso cambiado")
    assert counter.goto("/desk/invitations/").status == 404
    press(office, box, "Space")
    press(office, office.locator("main button[type=submit]"))
    expect(office.locator(".toast-p")).to_contain_text("1 permiso cambiado")
    assert counter.goto("/desk/invitations/").status == 200


def test_on_a_phone_each_box_of_the_table_says_whose_it_is_and_is_large_enough(visit):
    page = visit(NARROW).log_in(BOSS)
    page.goto("/accounts/permissions/")
    labels = page.locator("td label")
    assert labels.count() > 20
    assert labels.first.bounding_box()["height"] >= 44
    assert "Medicina" in labels.first.inner_text()
    box = labels.first.locator("input").bounding_box()
    assert box["x"] + box["width"] <= NARROW["width"]


def somebody_without_login() -> dict[str, Any]:
    """Return a person of the demo, as its file tells, whom nobody has invited yet."""
    return next(person for person in DEMO["patients"] if not person["login"] and person["family_name"] not in TWINS)


def put(page: Page, name: str, words: str) -> None:
    """Type into a field in place of what stands there, having come to it by Tab."""
    press(page, page.locator(f"main [name={name}]"), "Control+A")
    page.keyboard.type(words)


def test_the_desk_prints_a_code_and_the_patient_comes_in_with_it_on_a_phone_by_keys_alone(visit):
    person, desk = somebody_without_login(), visit().log_in(DESK)
    desk.goto("/desk/patients/")
    desk.get_by_role("searchbox").fill(person["national_id"])
    desk.keyboard.press("Enter")
    press(desk, desk.get_by_role("link", name="Acceso al portal"))
    desk.wait_for_url("**/invitation/")
    address, number = desk.url, re.search(r"\d{6}", desk.locator(".pbar").inner_text()).group()
    is_whole(desk)
    press(desk, desk.get_by_role("button", name="Imprimir un código"))
    code = desk.locator("#code").inner_text()
    is_whole(desk)
    born = datetime.now(ZoneInfo("Europe/Madrid")).date() + timedelta(days=person["born"])
    phone = visit(PHONE).page
    phone.goto("/portal/join/")
    is_whole(phone)
    fill = {"code": code, "record_number": number, "paper": person["national_id"], "birth_date": f"{born:%d/%m/%Y}"}
    for name, value in (fill | {"birth_date": "01/01/1950"}).items():
        put(phone, name, value)
    press(phone, phone.get_by_role("button", name="Continuar"))
    assert "no van juntos" in phone.get_by_role("alert").inner_text()
    is_whole(phone)
    for name, value in fill.items():
        put(phone, name, value)
    press(phone, phone.get_by_role("button", name="Continuar"))
    phone.wait_for_url("**/join/password/")
    is_whole(phone)
    put(phone, "email", "recien.llegada@demo.example")
    for name in ("password1", "password2"):
        put(phone, name, "siete tambores 48 km")
    press(phone, phone.get_by_role("button", name="Guardar y entrar"))
    phone.wait_for_url("**/portal/consent/")
    is_whole(phone)
    desk.goto(address)
    assert "usada" in desk.locator("main").inner_text()


@pytest.mark.parametrize("size", [LAPTOP, NARROW])
def test_the_desks_pages_of_invitations_and_consents_are_whole(visit, site, size):
    page = visit(size).log_in(DESK)
    pk = site.query("SELECT patient_id::text FROM patients_consent ORDER BY line DESC LIMIT 1")[0][0]
    for path in ("/desk/invitations/", f"/desk/patients/{pk}/consents/", f"/desk/patients/{pk}/invitation/"):
        assert page.goto(path).ok
        is_whole(page)
