"""What patients do, with the keyboard alone: no click, no touch, no focus set by a script."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LAPTOP, tab_to
from tests.site import PASSWORD, demo_code
from tests.webapp.patients.hostile import a_png

READER, WRITER, CAREFUL = (f"patient{n}@demo.example" for n in ("05", "29", "24"))
NEWCOMER, DIARIST, SCORER = (f"patient{n}@demo.example" for n in ("54", "07", "08"))
TYPED = {"weight_kg": "70", "height_cm": "170", "main_complaint": "Me pesa la comida"}
# The first question of a screen that has no answer yet, by its name, and how it is answered.
OPEN = """() => {
  const fields = [...document.querySelectorAll('fieldset.q')];
  const said = e => e.type === 'radio' || e.type === 'checkbox' ? e.checked : e.value !== '' && e.tagName !== 'SELECT';
  const open = fields.find(field => ![...field.querySelectorAll('input, textarea')].some(said));
  if (!open) return null;
  const first = open.querySelector('.opts input[type=radio]') || open.querySelector('input[type=radio]:not(.ends *)')
    || open.querySelector('input:not([type=hidden]), textarea');
  const kind = open.querySelector('.adder') ? 'list' : first.type;
  return {item: open.dataset.answer, id: first.id, kind};
}"""


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
    page.goto("/portal/record/new/")
    write(page, "name", "Metamizol")
    write(page, "text", "Ronchas en 2019")
    press(page, page.get_by_role("button", name="Guardar"))
    expect(page.locator("[data-list=allergies]")).to_contain_text("Ronchas en 2019")


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
    expect(page.locator("[data-list=documents]")).to_contain_text("Análisis del teclado")
    expect(page.locator("[data-list=documents]")).to_contain_text("enviado por usted")
    sent = page.locator("[data-list=documents] .contact-line", has_text="Análisis del teclado")
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


def answer(page: Page, asked: dict) -> None:
    """Answer one question: "no" by an arrow, "none" of a list by the space bar, the rest in writing."""
    tab_to(page, page.locator(f"[id='{asked['id']}']"))
    if asked["kind"] == "list":
        with page.expect_response(lambda reply: reply.request.method == "POST"):  # the list is drawn anew
            page.keyboard.press("Space")
    elif asked["kind"] == "radio":
        page.keyboard.press("ArrowRight")
    else:
        page.keyboard.type(TYPED.get(asked["item"], "2"))
        page.keyboard.press("Tab")


def go_on(page: Page) -> None:
    with page.expect_navigation():
        press(page, page.locator("button[name=go][value=next]"))


def test_a_whole_questionnaire_is_answered_and_sent(visit):
    page = signed_in(visit, SCORER)
    press(page, page.locator("form:has(input[value=gerdq]) button.linkbtn"))
    page.wait_for_url(re.compile("/intake/"))
    answered = 0
    while asked := page.evaluate(OPEN):
        answer(page, asked)
        answered += 1
    assert answered == 6
    go_on(page)
    press(page, page.locator(".pfoot button[type=submit]").last)
    page.wait_for_url(re.compile("/thank-you/"))


def test_every_kind_of_question_of_the_first_questionnaire_is_answered(visit):
    page = signed_in(visit, NEWCOMER)
    with page.expect_navigation():
        press(page, page.locator(".task .btn").first)
    if page.locator("input[name=text]").count():  # the consent comes first
        press(page, page.locator("main .btn-primary"))
    page.wait_for_url(re.compile("/intake/[0-9a-f-]{36}/"))
    kinds = set()
    while "/check-and-send/" not in page.url:
        asked = page.evaluate(OPEN)
        if asked and asked["kind"] not in kinds:
            answer(page, asked)
            kinds.add(asked["kind"])
        go_on(page)
    assert kinds == {"radio", "text", "textarea", "list"}


def diary_page(page: Page, begin: Locator, *scales: str) -> list[str]:
    """Fill in a page of the diary and send it; return the keys pressed besides Tab."""
    pressed = []

    def act(wanted: Locator, key: str) -> None:
        press(page, wanted, key)
        pressed.append(key)

    act(begin, "Enter")
    page.wait_for_url(re.compile("/intake/"))
    act(page.locator("#q-diary_stools input[type=checkbox]").first, "Space")
    for item in (*(f"diary_{scale}" for scale in scales), "blood_or_black_stool_today"):
        act(page.locator(f"#q-{item} input[type=radio]").first, "ArrowRight")
    asking = page.url
    act(page.locator("button[name=go][value=next]"), "Enter")
    page.wait_for_url(lambda url: url != asking)
    return pressed


def test_a_day_of_the_diary_takes_six_actions_and_a_forgotten_one_is_marked_as_told_from_memory(visit):
    page = signed_in(visit, DIARIST)
    page.goto("/portal/days/")
    before = page.locator("td.recalled").count()
    today = page.locator(".first-tap button", has_text="2").first
    assert len(diary_page(page, today, "bloating", "heartburn")) == 6
    page.goto("/portal/days/")
    diary_page(page, page.locator("button.linkbtn").first, "pain", "bloating", "heartburn")
    page.goto("/portal/days/")
    expect(page.locator("td.recalled")).to_have_count(before + 1)
    expect(page.locator("td.recalled").last).to_contain_text("de memoria")
