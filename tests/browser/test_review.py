"""A doctor at the review page with the keyboard alone: look, ask why, decide, sign, go on."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import LAPTOP, NARROW, tab_to, violations
from tests.site import PASSWORD

pytestmark = pytest.mark.browser
DOCTOR = "vidal@demo.example"


def open_a_plan(page, held):
    """Open the first draft of the worklist, of a patient nobody waits for in haste, that has held items, or none."""
    page.goto("/desk/?tab=plans")
    rows = page.locator("tr[data-row]").filter(has=page.locator("td.who"))
    waiting = page.get_by_role("img", name="retenido")
    chosen = rows.filter(has=waiting) if held else rows.filter(has_not=waiting)
    chosen.filter(has_not_text=re.compile("evaluar|urgencias|mismo día")).first.locator("td.who a").click()
    page.wait_for_url(re.compile("/review/$"))


def see_everything(page):
    for _row in range(page.locator("[data-row]").count()):
        page.keyboard.press("j")
        page.wait_for_timeout(100)
    page.locator("[data-key=A]:not([aria-disabled])").wait_for()  # every item has been on the screen


def press(page, *keys):
    """Press the keys of a plan that needs no change; return how many actions it took."""
    for key in keys:
        page.locator(f"[data-key={key}]:not([aria-disabled])").wait_for()
        page.keyboard.press(key)
    return len(keys)


def test_an_unchanged_plan_is_signed_with_three_keys_and_taken_back_with_one(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=False)
    see_everything(page)
    actions = press(page, "A", "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Lo que leerá")
    assert violations(page) == []
    page.keyboard.type("no es mi contraseña")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("No se ha firmado nada")
    page.locator("#secret:focus").wait_for()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("Firmado por Dra. Elena Vidal").wait_for()
    actions += 1
    assert actions <= 3
    expect(page.locator("[data-count]")).to_have_text(re.compile("2:[0-5]"))
    assert violations(page) == []
    page.goto("/desk/")
    page.locator("[data-undo]").wait_for()
    assert violations(page) == []
    page.keyboard.press("z")
    page.get_by_text("Se ha retirado la firma").wait_for()
    page.wait_for_load_state()  # keys pressed before the scripts stand open a page in place of the dialog
    press(page, "Enter")  # asked who she is a moment ago: the text, then the signature
    dialog.get_by_role("button", name="Firmar y entregar").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Se avisa en").wait_for()
    signed = page.url
    page.keyboard.press("n")
    page.wait_for_url(lambda url: url != signed)
    assert re.search("/plans/.*/review/$|/desk/patients/.*/$", page.url)


def test_a_key_in_the_moment_in_which_a_part_comes_in_stays_on_the_page(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=False)
    page.evaluate(
        """() => document.addEventListener("htmx:afterSwap", ({ detail }) => {
             if (detail.target.id === "plan")
               document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "p", bubbles: true }));
           })"""
    )
    page.locator("[data-row].cursor [data-key=a]").wait_for()
    page.keyboard.press("a")
    page.get_by_role("dialog").get_by_role("heading", name="Lo que leerá").wait_for()
    assert page.url.endswith("/review/")


def test_no_key_works_while_somebody_types(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=False)
    row = page.locator("[data-row].cursor").get_attribute("id")
    page.keyboard.press("r")
    note = page.locator(f"#{row} details[open] input[name=note]")
    note.focus()
    page.keyboard.type("azAnr")
    expect(note).to_have_value("azAnr")
    page.locator(f"#{row}.is-proposed").wait_for()
    page.keyboard.press("Escape")


def test_an_alert_is_settled_with_two_keys_and_what_is_monitored_stands_beside_it(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    page.goto("/desk/?tab=plans")
    plans = [link.get_attribute("href") for link in page.locator("td.who a").all()]
    for plan in plans:
        page.goto(plan)
        if page.locator("[data-row] .beside details.settle").count():
            break
    row = page.locator("[data-row]:has(.beside details.settle)").first
    row.locator("[data-row-title]").click()
    before = row.locator("details.settle").count()
    page.keyboard.press("o")
    row.locator("details.settle[open]").first.wait_for()
    assert violations(page) == []
    page.keyboard.press("4")
    expect(row.locator("details.settle")).to_have_count(before - 1)
    expect(row.locator(".beside").first).to_contain_text("Resuelto el")
    expect(page.locator(".col-r")).to_contain_text("En vigilancia")
    tab_to(page, page.locator(".col-r .lines a").first)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Mirado: hecho").wait_for()
    assert violations(page) == []
    tab_to(page, page.get_by_label("Qué se encontró"))
    page.keyboard.type("INR 2,4")
    tab_to(page, page.get_by_role("button", name="Mirado: hecho"))
    page.keyboard.press("Enter")
    page.get_by_text("Ya no está en la bandeja").wait_for()


def test_a_row_is_decided_where_the_cursor_is_and_the_cursor_goes_on(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=False)
    name = page.locator("[data-row].cursor").get_attribute("id")
    page.keyboard.press("a")
    page.locator(f"#{name}.is-accepted:not(.cursor)").wait_for()
    page.keyboard.press("k")
    page.locator(f"#{name}.cursor").wait_for()
    page.keyboard.press("z")
    page.locator(f"#{name}.is-proposed").wait_for()


def test_rejecting_asks_for_its_reason_without_the_mouse(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=False)
    row = page.locator("[data-row].cursor").get_attribute("id")
    page.keyboard.press("r")
    page.locator("select[name=reason]:focus").select_option("not_indicated")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(f"#{row}.is-rejected").wait_for()


def test_why_opens_over_the_page_and_gives_the_focus_back(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=True)
    page.keyboard.press("w")
    page.get_by_role("dialog").get_by_text("Cómo se llega").first.wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    page.locator("[data-row].cursor [data-row-title]:focus").wait_for()


def test_a_held_item_offers_the_answer_that_frees_it(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=True)
    held = page.locator(".item.is-held").first
    held.locator("[data-row-title]").click()
    assert held.get_by_text("Tomar de todos modos").first.is_visible()
    answer = held.locator("form:has([name=fact]) :is(button, input.short, select), a[data-key='2']")
    expect(answer.or_(held.get_by_text("No falta ningún dato")).first).to_be_visible()


@pytest.mark.parametrize("path", ["/desk/", "/desk/patients/"])
def test_the_clinic_s_pages_fit_a_narrow_screen(visit, path):
    page = visit(NARROW).log_in(DOCTOR)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert violations(page) == []


def test_the_review_fits_laptop_and_phone(visit):
    for size in (LAPTOP, NARROW):
        page = visit(size).log_in(DOCTOR)
        open_a_plan(page, held=True)
        page.wait_for_load_state("networkidle")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        if size is LAPTOP:
            assert page.evaluate("document.documentElement.scrollHeight") <= size["height"]


@pytest.mark.parametrize("size", [LAPTOP, NARROW])
def test_the_worklist_is_accessible_in_the_dark(visit, size):
    page = visit(size).log_in(DOCTOR)
    page.emulate_media(color_scheme="dark")
    page.goto("/desk/")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_the_printed_review_has_no_rail(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=True)
    expect(page.locator("nav.rail")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("nav.rail")).to_be_hidden()
    expect(page.locator(".item").first).to_be_visible()


def test_the_three_voices_are_reached_with_the_arrow_keys(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=True)
    page.keyboard.press("w")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Cómo se llega").first.wait_for()
    dialog.get_by_label("Para el médico").focus()
    page.keyboard.press("ArrowRight")
    expect(dialog.locator(".voice.is-patient")).to_be_visible()
    expect(dialog.locator(".voice.is-doctor")).to_be_hidden()
    assert violations(page) == []


LONG_WITH_HELD = """SELECT p.id FROM plans_plan p JOIN plans_planitem i ON i.plan_id = p.id
    WHERE p.status = 'draft' AND i.kind NOT IN ('alert', 'ask', 'dx')
    GROUP BY p.id HAVING count(*) >= 8 AND count(*) FILTER (WHERE i.state = 'held') > 0"""
ITEMS_IN_SIGHT = """() => {
    const end = document.querySelector('.items').getBoundingClientRect().bottom + 1;
    return [...document.querySelectorAll('.item')].filter((one) => one.getBoundingClientRect().bottom <= end).length;
}"""


def test_eight_items_stand_on_a_laptop_with_held_ones_among_them(visit, site):
    page = visit(LAPTOP).log_in(DOCTOR)
    plans = [str(pk) for (pk,) in site.query(LONG_WITH_HELD)]
    assert plans
    seen = {}
    for plan in plans:
        page.goto(f"/plans/{plan}/review/")
        page.locator("[data-row].cursor").wait_for()
        seen[plan] = page.evaluate(ITEMS_IN_SIGHT), min(page.locator(".item").count(), 8)
    assert {plan: found for plan, found in seen.items() if found[0] < found[1]} == {}


PRINTED_OVER_EACH_OTHER = """() => {
    const boxes = [...document.querySelectorAll('.review > .col')].map((one) => one.getBoundingClientRect());
    boxes.sort((one, other) => one.top - other.top);
    return boxes.slice(1).filter((box, place) => box.top < boxes[place].bottom - 1).map((box) => box.top);
}"""


def test_a_printed_review_says_every_item_and_its_reason_whole(visit):
    page = visit(LAPTOP).log_in(DOCTOR)
    open_a_plan(page, held=True)
    titles = page.locator(".item [data-row-title]").all_inner_texts()
    reasons = page.locator(".item .because").all_text_contents()
    paper = " ".join(" ".join(sheet.extract_text().split()) for sheet in PdfReader(BytesIO(page.pdf())).pages)
    for words in (*titles, *reasons):
        assert " ".join(words.split())[:40].strip() in paper
    assert "Leer y firmar" not in paper
    assert "Invitaciones" not in paper
    page.emulate_media(media="print")
    assert page.evaluate(PRINTED_OVER_EACH_OTHER) == []
