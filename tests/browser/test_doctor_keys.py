"""Rarer tasks of doctors and the director, with the keyboard alone: no click, no focus set by a script."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.browser.conftest import LAPTOP, code_of, tab_to
from tests.browser.test_override import BLOCKED
from tests.browser.test_patient_keys import press, signed_in, write
from tests.browser.test_tasks_by_keyboard import WRONG, choose, follow, push
from tests.site import PASSWORD, Site

pytestmark = pytest.mark.browser
DOCTOR, COLLEAGUE, DIRECTOR = (f"{who}@demo.example" for who in ("vidal", "ibarra", "director"))
TAKER = "patient07@demo.example"
NEWEST = "SELECT id FROM prescriptions_renewal WHERE state = 'requested' ORDER BY asked_at DESC LIMIT 1"


def open_the_request(page: Page, site: Site) -> str:
    """Go to the newest request to go on with a medicine from the list of them; return its number."""
    [(asked,)] = site.query(NEWEST)
    page.goto("/desk/?tab=renewals")
    with page.expect_navigation():
        press(page, page.locator(f"a[href='/orders/asked/{asked}/']").first)
    return str(asked)


def test_who_was_refused_asks_again_and_a_doctor_approves_it_who_typed_the_password(
    visit: Callable, site: Site
) -> None:
    patient, page = signed_in(visit, TAKER), visit(LAPTOP).log_in(DOCTOR)
    open_the_request(page, site)
    write(page, "reason", "Hablemos antes por teléfono.")
    push(page, "No aprobar")
    expect(page.locator(".toast-p")).to_contain_text("No aprobado")
    patient.goto("/portal/more/")
    follow(patient, "Mis medicamentos")
    expect(patient.locator("main")).to_contain_text("Hablemos antes por teléfono.")
    push(patient, "Pedir seguir")
    expect(patient.locator(".toast-p")).to_contain_text("Su médico le contesta aquí")

    asked = open_the_request(page, site)
    why, state = page.locator("#justification"), "SELECT state FROM prescriptions_renewal WHERE id = %s"
    for typed in (WRONG, PASSWORD):
        if why.count() and not why.input_value():  # what is not clear is approved with a reason
            tab_to(page, why)
            page.keyboard.type("Revisado por teléfono con ella")
        tab_to(page, page.locator("#secret_approve"))
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        if typed == WRONG:
            expect(page.get_by_role("alert")).to_be_focused()
            assert site.query(state, asked) == [("requested",)]
    expect(page.locator(".toast-p")).to_contain_text("Aprobado")
    assert site.query(state, asked) == [("approved",)]
    patient.reload()
    expect(patient.locator("main")).to_contain_text("Dra. Elena Vidal lo aprobó")


GIVEN = """SELECT p.id, p.patient_id FROM plans_plan p JOIN plans_planitem i ON i.plan_id = p.id
    WHERE p.status = 'signed' AND i.kind = 'rx' AND i.decision = 'accepted'
    AND NOT EXISTS (SELECT 1 FROM plans_plan d WHERE d.patient_id = p.patient_id AND d.status = 'draft')
    ORDER BY p.signed_at, i.position LIMIT 1"""


def test_prescriptions_are_written_from_a_signed_plan_and_printed(visit: Callable, site: Site) -> None:
    [(plan, patient)] = site.query(GIVEN)
    page = visit(LAPTOP).log_in(DOCTOR)
    page.goto(f"/desk/patients/{patient}/")
    name = page.locator("h1").inner_text()
    follow(page, "Recetas")
    page.wait_for_url(f"**/orders/plans/{plan}/")
    page.keyboard.press("i")
    expect(page.get_by_role("alert")).to_be_focused()  # no paper without what the pharmacy has to know
    for field, words in (("presentation", "Cápsulas de 20 mg"), ("units", "28"), ("packs", "2"), ("days", "28")):
        press(page, page.locator(f"input[name$='{field}']").first, "Control+A")
        page.keyboard.type(words)
    push(page, "Extenderlas")
    expect(page.locator(".toast-p")).to_contain_text("Imprímalo abajo")
    with page.expect_download() as waiting:
        press(page, page.locator("main").get_by_role("link", name="Imprimir").first)
    paper = " ".join(leaf.extract_text() for leaf in PdfReader(BytesIO(waiting.value.path().read_bytes())).pages)
    assert "Cápsulas de 20 mg" in paper
    assert name.split()[0] in paper


UNREAD = """SELECT id, record_number FROM patients_patient p
    WHERE user_id IS NULL AND NOT EXISTS (SELECT 1 FROM plans_plan d WHERE d.patient_id = p.id AND d.status = 'draft')
    ORDER BY record_number DESC LIMIT 1"""
VALUES = "SELECT count(*) FROM patients_observation WHERE patient_id = %s AND code = ANY(%s)"


def type_row(page: Page, row: int, *cells: str) -> None:
    """Type a row of values from its first cell on, with Tab between the cells."""
    tab_to(page, page.locator(f"#id_row-{row}-name"))
    for cell in cells:
        page.keyboard.type(cell)
        page.keyboard.press("Tab")


def test_a_panel_of_values_is_typed_and_the_unit_asked_where_it_is_missing(visit: Callable, site: Site) -> None:
    [(patient, _number)] = site.query(UNREAD)
    today = timezone.localdate()
    day = max(one for n in range(1, 13) if (one := date(today.year, n, n)) < today)  # in either order of day and month
    page = visit(LAPTOP).log_in(DOCTOR)
    page.goto(f"/desk/patients/{patient}/")
    follow(page, "Anotar resultados")
    tab_to(page, page.locator("#id_day"))
    page.keyboard.type(f"{day:%d%m%Y}")
    write(page, "laboratory", "Laboratorio del Teclado")
    type_row(page, 0, "Hemoglobina", "13,9", "g/dL", "12", "15,5")
    type_row(page, 1, "Ferritina", "64")
    type_row(page, 2, "Sodio", "140", "mmol/L")
    push(page, "Guardar")
    expect(page.get_by_role("alert")).to_be_focused()
    assert site.query(VALUES, patient, ["hb", "ferritin", "sodium"]) == [(0,)]
    write(page, "row-1-unit", "ng/mL")
    push(page, "Guardar")
    page.wait_for_url(re.compile("/sheets/reports/"))
    expect(page.locator("main")).to_contain_text("13,9")
    expect(page.locator("main")).to_contain_text("Laboratorio del Teclado")
    assert site.query(VALUES, patient, ["hb", "ferritin", "sodium"]) == [(3,)]


QUEUED = "SELECT args ->> 'file_id' FROM procrastinate_jobs WHERE task_name = 'results.bring_in' AND status = 'todo'"
BRING_IN = "from webapp.results.tasks import bring_in; bring_in('{}')"


def test_a_file_of_results_is_looked_at_row_by_row_and_brought_in(visit: Callable, site: Site, tmp_path: Path) -> None:
    [(patient, number)] = site.query(UNREAD)
    day = timezone.localdate() - timedelta(days=5)
    lines = ["nhc;fecha;prueba;valor;unidad"]
    lines += [f"{number};{day:%d/%m/%Y};{told}" for told in ("Potasio;4,3;mmol/L", "Creatinina;80;mg/dL", "Nada;1;")]
    (tmp_path / "resultados.csv").write_text("\r\n".join(lines), encoding="utf-8")
    page = visit(LAPTOP).log_in(DOCTOR)
    page.goto("/sheets/files/")
    push(page, "Mirarlo")
    expect(page.get_by_role("alert")).to_be_focused()  # no file, nothing to look at
    with page.expect_file_chooser() as chooser:
        press(page, page.locator("#id_file"))
    chooser.value.set_files(tmp_path / "resultados.csv")
    push(page, "Mirarlo")
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody tr", has_text="Nada")).to_contain_text("no se puede leer")
    assert site.query(VALUES, patient, ["potassium", "creatinine"]) == [(0,)]
    tab_to(page, page.locator("select[name^='unit-']"))
    page.keyboard.press("ArrowDown")
    push(page, "Traer 1 valor nuevo")
    expect(page.locator("#work")).to_contain_text("0 de 3")
    [(file,)] = site.query(QUEUED)  # what the worker takes up, without all else that waits for it
    site.manage("shell", "-c", BRING_IN.format(UUID(str(file))))
    expect(page.locator("#work")).to_contain_text("Los resultados están dentro")
    assert site.query(VALUES, patient, ["potassium", "creatinine"]) == [(2,)]
    follow(page, "Ver la bandeja")
    page.wait_for_url("**/desk/?tab=sheets")


def at_the_item(page: Page, item: object) -> Locator:
    """Return the row of an item once the cursor stands on it and its keys work."""
    page.locator(f"#item-{item}.cursor").wait_for()
    page.wait_for_load_state("networkidle")
    return page.locator(f"#item-{item}")


def asks_a_colleague(page: Page, item: object) -> None:
    """Open the question about a blocked item and ask Dr. Ibarra to answer for it too."""
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    press(page, dialog.locator("summary"))
    tab_to(page, dialog.locator("#second-reason"))
    page.keyboard.press("ArrowDown")
    tab_to(page, dialog.locator("#second-of"))
    page.keyboard.type("Dr. Jon")
    press(page, dialog.get_by_role("button", name="Preguntar al colega"))
    expect(page.locator(f"#item-{item}")).to_contain_text("pidió a Dr. Jon Ibarra")


def is_asked(page: Page, item: object) -> None:
    """Come from the worklist to the item one is asked about."""
    page.goto("/desk/")
    with page.expect_navigation():
        press(page, page.locator(f"a[href$='#item-{item}']"))
    at_the_item(page, item)


def confirms(page: Page, secret: str) -> None:
    """Say who it is, on the page that asks."""
    expect(page.locator("#id_secret")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.type(secret)
        page.keyboard.press("Enter")


def test_a_colleague_refuses_in_words_and_asked_again_signs_too_once_the_password_is_typed(
    visit: Callable, site: Site
) -> None:
    asker, page = visit(LAPTOP).log_in(DOCTOR), visit(LAPTOP).log_in(COLLEAGUE)
    [(plan, item)] = site.query(BLOCKED)
    row, decision = page.locator(f"#item-{item}"), "SELECT decision FROM plans_planitem WHERE id = %s"
    asker.goto(f"/plans/{plan}/review/#item-{item}")
    at_the_item(asker, item)
    asks_a_colleague(asker, item)
    is_asked(page, item)
    page.keyboard.press("v")
    expect(row.locator("textarea[name=why]")).to_be_focused()
    page.keyboard.type("Hay una alternativa sin riesgo")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("«Hay una alternativa sin riesgo»")

    asker.reload()
    expect(at_the_item(asker, item)).to_contain_text("«Hay una alternativa sin riesgo»")
    asks_a_colleague(asker, item)
    is_asked(page, item)
    page.keyboard.press("s")
    page.wait_for_url(re.compile("/accounts/confirm/"))
    confirms(page, WRONG)
    expect(page.get_by_role("alert")).to_be_visible()
    assert site.query(decision, item) == [("pending",)]
    confirms(page, PASSWORD)
    at_the_item(page, item)  # back where the key was pressed
    page.keyboard.press("s")
    expect(row).to_contain_text("Dr. Jon Ibarra también responde")
    assert site.query(decision, item) == [("accepted",)]
    asker.reload()
    expect(at_the_item(asker, item)).to_contain_text("Dr. Jon Ibarra también responde")
    asker.keyboard.press("z")
    asker.locator(f"#item-{item}.is-blocked").wait_for()


def test_the_director_says_when_results_are_released_and_takes_it_back(visit: Callable, site: Site) -> None:
    page = visit(LAPTOP).log_in(DIRECTOR)
    page.goto("/sheets/rules/")
    mode, days = page.locator("select[name=breath-mode]"), page.locator(f"[id='{code_of('breath')}-days']")
    newest = "SELECT mode, days FROM results_releasepolicy WHERE kind = 'breath' ORDER BY id DESC LIMIT 1"
    choose(page, mode, "Por s")
    write(page, "breath-days", "99")
    push(page, "Guardar las normas")
    expect(page.get_by_role("alert")).to_be_focused()
    press(page, page.get_by_role("alert").get_by_role("link"))
    expect(days).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    push(page, "Guardar las normas")
    expect(page.locator(".toast-p")).to_contain_text("Guardado")
    expect(days).to_have_value("7")
    assert site.query(newest) == [("after_days", 7)]
    choose(page, mode, "Cuando")
    push(page, "Guardar las normas")
    expect(days).to_have_value("")
    assert site.query(newest) == [("after_doctor", 0)]


def test_the_director_approves_words_about_an_analyte_in_both_languages_alone(visit: Callable) -> None:
    page, there = visit(LAPTOP).log_in(DIRECTOR), f"/sheets/rules/{code_of('hb')}/"
    page.goto(there)
    english, version = page.locator("#en").input_value(), page.locator("input[name=version]").input_value()
    press(page, page.locator("#en"), "Control+A")
    page.keyboard.press("Delete")
    push(page, "Aprobar este texto")
    expect(page.get_by_role("alert")).to_be_focused()
    write(page, "en", english)
    push(page, "Aprobar este texto")
    expect(page.locator(".toast-p")).to_contain_text("Guardado")
    press(page, page.locator("summary", has_text="en vigor").last)
    line = page.locator("[data-row]", has=page.locator(f"a[href='{there}']"))
    expect(line).to_be_visible()
    expect(line).to_contain_text(f"versión {int(version) + 1}")
