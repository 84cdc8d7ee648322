"""What patients do, with the keyboard alone: no click, no touch, no focus set by a script."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LAPTOP
from tests.site import PASSWORD, demo_code
from tests.webapp.patients.hostile import a_png

READER, WRITER, CAREFUL = (f"patient{n}@demo.example" for n in ("05", "29", "24"))
MOST_TABS = 90


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus stands on what is wanted, as somebody without a mouse does."""
    wanted.wait_for()
    for _press in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached with {MOST_TABS} presses of Tab")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def write(page: Page, name: str, words: str) -> None:
    tab_to(page, page.locator(f"main [name='{name}']").first)
    page.keyboard.type(words)


def signed_in(visit, email: str) -> Page:
    page = visit(LAPTOP).page
    page.goto("/accounts/login/")
    write(page, "login", email)
    write(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/portal/"))
    return page


def test_a_patient_comes_in_reads_the_plan_and_its_reasons_and_goes_out(visit):
    page = signed_in(visit, READER)
    press(page, page.locator(".pnav a", has_text="Mi plan"))
    page.wait_for_url(re.compile("/portal/plan/"))
    press(page, page.locator("details.reason summary").first)
    expect(page.locator("details.reason .why-p").first).to_be_visible()
    press(page, page.locator(".pnav a", has_text="Más"))
    page.wait_for_url(re.compile("/portal/more/"))
    press(page, page.locator("main").get_by_role("button", name="Salir"))
    page.wait_for_url(re.compile("/accounts/login/"))


def test_a_patient_sets_right_how_to_be_reached_names_somebody_to_call_and_reports_an_allergy(visit):
    page = signed_in(visit, WRITER)
    page.goto("/portal/reach/")
    tab_to(page, page.locator("#id_channel"))
    page.keyboard.type("Men")  # the list is chosen from by its first letters
    press(page, page.get_by_role("button", name="Guardar"))
    page.wait_for_url(re.compile("/portal/more/"))
    press(page, page.get_by_role("link", name="Añadir a alguien"))
    write(page, "name", "Luisa Rey")
    tab_to(page, page.locator("#id_relationship"))
    page.keyboard.type("Ami")
    write(page, "phone", "600998877")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Luisa Rey")
    expect(page.locator("main")).to_contain_text("Amigo")
    page.goto("/portal/record/allergy/")
    write(page, "name", "Metamizol")
    write(page, "text", "Ronchas en 2019")
    press(page, page.get_by_role("button", name="Guardar"))
    expect(page.locator("#allergies")).to_contain_text("Ronchas en 2019")


def test_a_patient_sends_a_document_and_takes_it_out_again(visit, tmp_path: Path):
    picture = tmp_path / "analisis.png"
    picture.write_bytes(a_png((31, 17)))
    page = signed_in(visit, WRITER)
    page.goto("/portal/record/")
    press(page, page.get_by_role("link", name="Enviar un documento"))
    with page.expect_file_chooser() as chooser:
        press(page, page.locator("#id_file"))
    chooser.value.set_files(picture)
    write(page, "title", "Análisis del teclado")
    page.keyboard.press("Enter")
    expect(page.locator("#documents")).to_contain_text("Análisis del teclado")
    expect(page.locator("#documents")).to_contain_text("enviado por usted")
    sent = page.locator("#documents .contact-line", has_text="Análisis del teclado")
    before = sent.count()
    press(page, sent.locator("button").first)
    expect(sent).to_have_count(before - 1)


def test_a_patient_takes_a_consent_back_and_gives_it_again(visit):
    page = signed_in(visit, READER)
    page.goto("/portal/consent/")
    card = page.locator("section", has=page.get_by_role("heading", name="Investigación")).first
    for _time in range(2):  # whichever it was before, it is so again at the end
        before = card.locator(".chip").inner_text()
        press(page, card.locator("form button").first)
        expect(card.locator(".chip")).not_to_have_text(before)


def test_a_patient_sets_up_the_second_step_and_comes_in_with_it(visit):
    page = signed_in(visit, CAREFUL)
    page.goto("/accounts/security/")
    press(page, page.get_by_role("link", name="Preparar el segundo paso"))
    press(page, page.locator("summary", has_text="No puedo"))
    secret = page.locator("#secret").inner_text().replace(" ", "")
    write(page, "code", demo_code(secret))
    page.keyboard.press("Enter")
    expect(page.locator("ul.codes li").first).to_be_visible()
    codes = page.locator("ul.codes li").all_inner_texts()
    press(page, page.get_by_role("link", name="Los tengo"))
    page.goto("/portal/more/")
    press(page, page.locator("main").get_by_role("button", name="Salir"))
    write(page, "login", CAREFUL)
    write(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("second-step"))
    page.keyboard.type(codes[0])  # the focus stands where the code goes
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/portal/"))
