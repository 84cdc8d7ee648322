"""The clinic's description, its consent texts, and copies of records: by keyboard, on a phone, in both languages."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, NARROW, PHONE, code_of, is_wider_than_the_screen, violations
from tests.browser.test_patient_keys import press
from tests.site import PASSWORD

BOSS, DIRECTOR, DOCTOR, MARINA = (
    f"{name}@demo.example" for name in ("administrator", "director", "vidal", "marina")
)  # fmt: skip
WORDS = {"es": "Acepto que mis datos se usen en estudios.", "en": "I agree that my data are used in studies."}
EVERY_SIZE = [(LAPTOP, "es-ES"), (NARROW, "es-ES"), (NARROW, "en-GB")]


def is_whole(page: Page) -> None:
    """Fail if the page has a barrier or is cut off."""
    assert violations(page) == [], page.url
    assert not is_wider_than_the_screen(page), page.url


def confirms(page: Page) -> None:
    """Show to be who signed in, where the page asks for it."""
    expect(page.locator("#id_secret")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("size", "locale"), EVERY_SIZE)
def test_the_pages_of_clinic_and_consent_texts_are_whole(visit, size, locale):
    page = visit(size, locale).log_in(BOSS)
    for path in ("/clinic/", "/privacy/consent-texts/", f"/privacy/consent-texts/{code_of('treatment')}/"):
        page.goto(path)
        is_whole(page)
    page.goto("/clinic/")
    page.locator("#identity #id_signature").fill("Clínica")
    page.locator("#identity button[type=submit]").click()
    expect(page.locator("#id_signature_error")).to_be_visible()
    is_whole(page)


def test_the_administrator_changes_the_name_by_keyboard_and_the_patient_reads_it_at_once(visit):
    office, phone = visit().log_in(BOSS), visit(PHONE).log_in(MARINA)
    office.goto("/clinic/")
    name = office.locator("#id_name_es").input_value()
    for word in ("Clínica del Puente", name):
        press(office, office.locator("#id_name_es"), "Control+A")
        office.keyboard.type(word)
        office.keyboard.press("Enter")
        expect(office.locator(".toast-p")).to_contain_text("Guardado")
        phone.goto("/portal/more/")
        expect(phone.locator(".ptop")).to_contain_text(word)
    expect(office.locator("#history li").first).to_contain_text("Clínica del Puente")


def test_what_others_ask_is_read_on_a_phone(visit):
    page = visit(PHONE).log_in(MARINA)
    page.goto("/clinic/questions/")
    is_whole(page)
    page.get_by_text("¿Es seguro ingresar mis datos?").click()
    assert page.get_by_text("cifrados").is_visible()
    page.set_viewport_size({"width": 320, "height": 640})
    is_whole(page)


def test_a_director_writes_looks_and_publishes_and_the_patient_is_asked_at_the_next_login(visit):
    page = visit().log_in(DIRECTOR)
    page.goto(f"/privacy/consent-texts/{code_of('research')}/")
    for language, words in WORDS.items():
        press(page, page.locator(f"#body_{language}"), "Control+A")
        page.keyboard.type(words)
    press(page, page.locator("button[name=look]"))
    page.wait_for_url("**/preview/")
    is_whole(page)
    page.set_viewport_size({"width": 320, "height": 640})
    is_whole(page)
    press(page, page.get_by_role("button", name="Publicar el texto"))
    confirms(page)
    page.wait_for_url("**/preview/")
    press(page, page.get_by_role("button", name="Publicar el texto"))
    page.wait_for_url("**/consent-texts/")
    expect(page.locator(".toast-p")).to_contain_text("está en vigor")
    is_whole(page)


def saved(page: Page, folder: Path) -> dict[str, bytes]:
    with page.expect_download() as waiting:
        press(page, page.get_by_role("button", name="Descargar la copia"))
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    with ZipFile(BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_doctor_takes_a_copy_from_the_patients_page_by_keyboard(visit, site, tmp_path):
    page = visit().log_in(DOCTOR)
    page.goto("/desk/patients/")
    page.get_by_role("searchbox").fill("Ortega Rey")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/patients/[0-9a-f-]+/$"))
    page.keyboard.press("e")
    confirms(page)
    page.wait_for_url("**/copy/")
    is_whole(page)
    files = saved(page, tmp_path)
    assert {"index.html", "copy.css", "data/Patient.json", "data/CarePlan.json"} <= set(files)
    page.set_viewport_size({"width": 320, "height": 640})
    is_whole(page)


def test_a_patient_takes_everything_along_on_a_phone_and_the_page_inside_can_be_read(visit, chromium, tmp_path):
    page = visit(PHONE).log_in(MARINA)
    page.goto("/portal/more/")
    page.get_by_role("link", name="Descargar todo sobre mí").click()
    confirms(page)
    page.wait_for_url("**/my-data/")
    is_whole(page)
    files = saved(page, tmp_path)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    reader = chromium.new_context(viewport=PHONE, offline=True).new_page()
    reader.goto((tmp_path / "index.html").as_uri())
    assert reader.locator("h1").inner_text() == "Marina Ortega Rey"
    assert not is_wider_than_the_screen(reader)
    assert violations(reader) == []
    reader.context.close()
