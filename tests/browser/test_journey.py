"""The main job: answers on a phone, a draft with its reasons, a doctor who signs, a plan the patient reads."""

import json
import os
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LAPTOP, PHONE, is_wider_than_the_screen, violations
from tests.site import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs/img/review.png"
DOCTOR, REFLUX, BLEEDING = "vidal@demo.example", "patient56@demo.example", "patient58@demo.example"
ANSWERS = {
    "reflux": "yes",
    "heartburn_days": "6",
    "regurgitation_days": "4",
    "sleep_disturbance_days": "2",
    "extra_medication_days": "3",
}


def choose(field: Locator, item: str, value: str) -> None:
    field.locator(f"label[for='{item}-{value}']").click()


def answer(field: Locator) -> None:
    """Answer one question: as told in ANSWERS, else "no", "none" or "I don't know"."""
    item = (field.get_attribute("id") or "").removeprefix("q-")
    offered = [one.get_attribute("for") or "" for one in field.locator("label[for]").all()]
    values = [name.removeprefix(f"{item}-") for name in offered]
    wanted = [ANSWERS.get(item, ""), "no", "none", "0", "unknown"]
    choose(field, item, next(value for value in wanted if value in values))


def fill_screen(page: Page) -> None:
    """Answer every question of this screen, also those that an answer brings up, and see each one saved."""
    done: set[str] = set()
    while waiting := [one for one in page.locator("fieldset.q").all() if one.get_attribute("id") not in done]:
        done.add(waiting[0].get_attribute("id") or "")
        with page.expect_response(lambda reply: reply.request.method == "POST" and reply.ok):
            answer(waiting[0])
    expect(page.locator("#saved")).to_contain_text("Guardado")


def fill_intake(page: Page) -> int:
    """Go through the questionnaire to its end; return how many screens it took."""
    screens = 0
    while page.locator("fieldset.q").count():
        assert violations(page) == []
        assert not is_wider_than_the_screen(page)
        fill_screen(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Siguiente").click()
        screens += 1
    return screens


def accept_consent(page: Page) -> None:
    assert violations(page) == []
    page.get_by_role("button", name="Lo he leído y acepto").click()
    page.wait_for_load_state()


def open_questionnaire(page: Page) -> None:
    page.goto("/portal/")
    page.get_by_role("button", name="Empezar").first.click()
    page.wait_for_load_state()


def name_of(email: str) -> str:
    told = json.loads((ROOT / "fixtures/demo.json").read_text(encoding="utf-8"))
    person = next(one for one in told["patients"] if one["email"] == email)
    return f"{person['given_name']} {person['family_name']}"


def review_of(page: Page, email: str) -> None:
    """Find the patient's draft in the list and open it."""
    page.goto("/desk/?tab=plans")
    page.locator("td.who", has_text=name_of(email)).locator("a").first.click()
    page.wait_for_url(re.compile("/review/"))


def decide(page: Page, row: Locator, act: str, **fields: str) -> None:
    """Open an act of a row (edit, reject), fill its fields by name, and send it."""
    row.locator("[data-row-title]").click()
    row.locator("summary", has_text=act).click()
    form = row.locator("details[open] form")
    for name, value in fields.items():
        box = form.locator(f"[name='{name}']").first
        box.select_option(value) if name == "reason" else box.fill(value)
    with page.expect_response(lambda reply: reply.request.method == "POST" and "/items/" in reply.url):
        form.locator("button").last.click()
    page.wait_for_load_state("networkidle")


def sign(page: Page) -> None:
    """See every item, accept what is left, and sign."""
    expect(page.locator("#signbar [data-key=A]")).not_to_have_attribute("aria-disabled", "true")
    with page.expect_response(lambda reply: reply.url.endswith("/rest/")):
        page.locator("#signbar [data-key=A]").click()
    expect(page.locator("#signbar [data-key=Enter]")).not_to_have_attribute("aria-disabled", "true")
    page.locator("#signbar [data-key=Enter]").click()
    expect(page.get_by_role("dialog")).to_contain_text("Lo que leerá")
    page.get_by_label("Su contraseña o código").fill(PASSWORD)
    with page.expect_response(lambda reply: reply.url.endswith("/sign/")):
        page.get_by_role("dialog").get_by_role("button", name="Firmar y entregar").click()
    page.get_by_text("Firmado por").first.wait_for()


def test_from_answers_on_a_phone_to_a_signed_plan_that_the_patient_reads(visit):
    phone, laptop = visit(PHONE), visit(LAPTOP)
    patient = phone.log_in_by_the_pages(REFLUX)
    open_questionnaire(patient)
    accept_consent(patient)
    assert fill_intake(patient) >= 7
    patient.get_by_role("button", name="Enviar").click()
    expect(patient.locator("h1")).to_contain_text("Gracias")
    patient.goto("/portal/plan/")
    assert "Omeprazol" not in patient.locator("main").inner_text()  # nothing reaches her before a doctor signs

    doctor = laptop.log_in_by_the_pages(DOCTOR)
    review_of(doctor, REFLUX)
    assert violations(doctor) == []
    expect(doctor.locator(".hyp")).to_contain_text("reflujo")
    medicine = doctor.locator("[data-row]", has_text="Inhibidor de la bomba").first
    expect(medicine.locator(".because").first).not_to_be_empty()
    medicine.locator("[data-row-title]").click()
    medicine.get_by_text("Por qué").click()
    expect(doctor.get_by_role("dialog")).to_contain_text("Cómo se llega")
    doctor.keyboard.press("Escape")
    refused = doctor.locator("[data-row]", has_text="Elevar el cabecero").first
    decide(doctor, refused, "Rechazar", reason="not_indicated")
    sign(doctor)

    patient.goto("/portal/plan/")
    assert "Omeprazol" not in patient.locator("main").inner_text()  # the doctor may still take it back
    phone.site.tell_patients()
    patient.goto("/portal/plan/")
    read = patient.locator("main").inner_text()
    assert "Firmado por Dra. Elena Vidal" in read
    assert "20 mg" in read.replace("\xa0", " ")
    assert "cabecer" not in read
    assert violations(patient) == []
    assert not is_wider_than_the_screen(patient)


def test_a_red_flag_shows_what_to_do_at_once_and_stands_first_on_the_doctors_list(visit):
    patient = visit(PHONE).log_in(BLEEDING)
    open_questionnaire(patient)
    accept_consent(patient)
    choose(patient.locator("#q-haematemesis"), "haematemesis", "yes")
    expect(patient.get_by_role("alert")).to_be_visible()
    expect(patient.get_by_role("link", name="Llamar al 112").first).to_be_visible()
    assert violations(patient) == []
    doctor = visit(LAPTOP).log_in(DOCTOR)
    doctor.goto("/desk/?tab=flags")
    expect(doctor.locator("main")).to_contain_text(name_of(BLEEDING))


def test_the_picture_of_the_readme_is_the_review_page(visit, tmp_path):
    """`PAUTA_PICTURES=1 make test` writes it anew; every run shows that it can be taken."""
    page = visit(LAPTOP).log_in(DOCTOR)
    review_of(page, "marina@demo.example")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".review")).to_be_visible()
    target = PICTURE if os.environ.get("PAUTA_PICTURES") else tmp_path / "review.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    assert len(page.screenshot(path=target)) > 40_000
    assert PICTURE.exists()
    assert "docs/img/review.png" in (ROOT / "README.md").read_text(encoding="utf-8")
