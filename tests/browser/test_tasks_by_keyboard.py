"""Rarer tasks of patients and administrators, with the keyboard alone: no click, no focus set by a script."""

import re
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LAPTOP, tab_to
from tests.browser.test_patient_keys import press, signed_in, write
from tests.site import PASSWORD, Site

pytestmark = pytest.mark.browser
TAKER, CHOOSER, LEAVER, SHARER = (f"patient{n}@demo.example" for n in ("09", "07", "21", "22"))
BOSS, MARKETING, AMBASSADOR = (f"{who}@demo.example" for who in ("administrator", "marketing", "ambassador"))
WRONG = "no es mi contraseña"


def follow(page: Page, words: str) -> None:
    """Go where a link of the page leads that says so."""
    with page.expect_navigation():
        press(page, page.locator("main").get_by_role("link", name=words).first)


def push(page: Page, words: str) -> None:
    """Press the button of the page that says so."""
    press(page, page.locator("main").get_by_role("button", name=words).first)


def choose(page: Page, wanted: Locator, letters: str) -> None:
    """Choose from a list by the first letters of what is wanted."""
    tab_to(page, wanted)
    page.keyboard.type(letters)


def test_a_patient_changes_the_language_and_back(visit: Callable) -> None:
    page = signed_in(visit, TAKER)
    for language in ("en", "es"):
        page.goto("/portal/more/")
        press(page, page.locator(f"form.langs button[value={language}]").first)
        expect(page.locator(f"html[lang={language}]")).to_be_attached()


def test_a_patient_chooses_the_pharmacy_and_goes_back_to_the_one_before(visit: Callable, site: Site) -> None:
    page = signed_in(visit, CHOOSER)
    page.goto("/portal/more/")
    follow(page, "Mis medicamentos")
    chosen = page.locator("#pharmacy option:checked")
    before = chosen.inner_text().partition(",")[0]
    for name in ("Farmacia San Miguel", before):
        choose(page, page.locator("#pharmacy"), name)
        push(page, "Guardar")
        expect(page.locator(".toast-p")).to_contain_text("Guardado")
        expect(chosen).to_contain_text(name)
        newest = """SELECT f.name FROM prescriptions_pharmacychoice c
            JOIN prescriptions_pharmacy f ON f.id = c.pharmacy_id ORDER BY c.chosen_at DESC LIMIT 1"""
        assert site.query(newest) == [(name,)]


def test_everything_about_a_patient_is_given_only_after_the_password(visit: Callable) -> None:
    page = signed_in(visit, LEAVER)
    page.goto("/portal/more/")
    follow(page, "Descargar todo sobre mí")
    for secret in (WRONG, PASSWORD):
        expect(page.locator("#id_secret")).to_be_focused()
        page.keyboard.type(secret)
        page.keyboard.press("Enter")
        if secret == WRONG:
            expect(page.get_by_role("alert")).to_contain_text("No es esa")
    page.wait_for_url("**/my-data/")
    with page.expect_download() as waiting:
        push(page, "Descargar la copia")
    with ZipFile(BytesIO(waiting.value.path().read_bytes())) as archive:
        assert {"index.html", "data/Patient.json"} <= set(archive.namelist())
        assert "Fátima" in archive.read("index.html").decode()


def test_a_patient_shares_two_parts_takes_one_out_and_ends_it(visit: Callable, site: Site) -> None:
    page = signed_in(visit, SHARER)
    page.goto("/portal/more/")
    follow(page, "Compartido con especialistas")
    follow(page, "Compartir con un especialista")
    choose(page, page.locator("select[name=specialist]"), "Dr. Ander")
    push(page, "Compartir")
    expect(page.get_by_role("alert").first).to_contain_text("Elija al menos una parte de su historia")
    expect(page.get_by_role("alert").first).to_be_focused()
    for name in ("results", "plan"):
        press(page, page.locator(f"input[value={name}]"), "Space")
    push(page, "Compartir")
    page.wait_for_url("**/shared/mine/")
    expect(page.locator(".shared-names li")).to_have_count(2)
    follow(page, "Cambiar")
    press(page, page.locator("input[value=results]"), "Space")
    push(page, "Guardar")
    expect(page.locator("main section.pcard").first.locator("li")).to_have_text(re.compile("Plan"))
    push(page, "Dejar de compartir")
    page.wait_for_url("**/shared/mine/")
    expect(page.locator("main")).to_contain_text("Ahora no comparte nada")
    ended = "SELECT count(*) FROM sharing_share WHERE taken_back_at IS NOT NULL"
    assert site.query(ended)[0][0]


def test_a_pharmacy_without_a_name_is_not_added_and_with_one_stands_in_the_list(visit: Callable) -> None:
    page = visit(LAPTOP).log_in(BOSS)
    page.goto("/orders/where/")
    save = page.locator("main form.card-p .btn-primary")
    press(page, save)
    expect(page.get_by_role("alert")).to_be_focused()
    write(page, "name", "Farmacia del Teclado")
    press(page, save)
    expect(page.locator("ul.lines")).to_contain_text("Farmacia del Teclado")


def account_of(page: Page, name: str) -> None:
    """Find somebody among the clinic's accounts and open the account."""
    page.goto("/accounts/staff/")
    page.keyboard.press("/")
    page.keyboard.type(name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        press(page, page.locator("tbody th a", has_text=name))
    expect(page.locator("h1")).to_contain_text(name)


def is_out(page: Page) -> None:
    page.goto("/")
    page.wait_for_url(re.compile("/accounts/login/"))


def test_an_account_is_closed_at_once_and_opened_again_by_who_shows_to_be_there(visit: Callable) -> None:
    theirs, page = visit(LAPTOP).log_in(MARKETING), visit(LAPTOP).log_in(BOSS)
    account_of(page, "Pau Serra")
    push(page, "Cerrar la cuenta")
    expect(page.locator(".toast-p")).to_contain_text("La cuenta está cerrada")
    is_out(theirs)
    open_again = page.locator("#secret_reopen")
    tab_to(page, open_again)
    page.keyboard.type(WRONG)
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_role("alert")).to_be_focused()
    is_out(visit(LAPTOP).log_in(MARKETING))
    tab_to(page, open_again)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".toast-p")).to_contain_text("vuelve a estar abierta")
    back = visit(LAPTOP).log_in(MARKETING)
    expect(back.locator("main h1")).to_be_visible()
    assert "/accounts/login/" not in back.url


def test_somebody_is_let_in_anew_for_a_reason_and_the_password_of_before_opens_nothing(visit: Callable) -> None:
    theirs, page = visit(LAPTOP).log_in(AMBASSADOR), visit(LAPTOP).log_in(BOSS)
    account_of(page, "Celia Duarte")
    press(page, page.locator("input[name=part]").first, "Space")
    tab_to(page, page.locator("#secret_reset"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#reason")).to_be_focused()  # the browser leads to what is missing
    page.keyboard.type("Se o")
    expect(page.locator("#reason option:checked")).to_have_text("Se olvidó la contraseña")
    push(page, "Quitarlo")
    expect(page.locator(".toast-p")).to_contain_text("se ha avisado")
    is_out(theirs)
    is_out(visit(LAPTOP).log_in(AMBASSADOR))
