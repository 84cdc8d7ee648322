"""Every page of a patient, on telephones and a wide screen, in both languages: readable, in reach, and at home."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, PHONE, is_wider_than_the_screen, violations

WITH_A_PLAN, NEW = "patient05@demo.example", "patient58@demo.example"
ENGLISH = {"es": "Español", "en": "English"}
WIDE = {"width": 1280, "height": 800}
BEFORE = (
    "/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/",
    "/accounts/password/reset/key/no-link/", "/accounts/password/reset/key/done/", "/portal/join/",
    "/portal/join/AAAA-BBBB-CCCC/", "/nothing-here/",
)  # fmt: skip
READ = (
    *(f"/portal/{name}" for name in (
        "", "plan/", "days/", "answers/", "consent/", "more/", "record/", "who-looked/?own=1", "record/new/",
        "record/documents/new/", "contacts/new/", "reach/",
    )),
    "/accounts/security/", "/accounts/confirm/", "/shared/mine/", "/shared/mine/new/",
)  # fmt: skip
# What a thumb cannot hit. A link within a line of text may be as high as the line; a box counts with its label,
# a label with its field.
SMALL = """() => {
  const seen = e => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1 && e.checkVisibility() };
  const small = e => { const r = e.getBoundingClientRect(); return r.width < 43.5 || r.height < 43.5 };
  const labelled = e => [...(e.labels || [])].some(one => !small(one));
  const named = e => e.tagName === 'LABEL' && e.control && !small(e.control);
  const inText = e => e.tagName === 'A' && e.closest('p');
  return [...document.querySelectorAll('a[href], button, summary, select, textarea, input, label[for]')]
    .filter(e => e.type !== 'hidden' && seen(e) && small(e) && !labelled(e) && !named(e) && !inText(e))
    .map(e => e.outerHTML.slice(0, 90));
}"""


# Fields too narrow to read what one types, and buttons whose words are cut.
CUT = """() => [...document.querySelectorAll('main :is(input, textarea, select, .btn)')]
  .filter(e => !['radio', 'checkbox', 'hidden'].includes(e.type) && e.checkVisibility())
  .filter(e => e.matches('.btn') ? e.scrollWidth > e.clientWidth + 1 : e.getBoundingClientRect().width < 100)
  .map(e => e.outerHTML.slice(0, 90))"""


def look(page: Page) -> None:
    """Check the page as it stands on both telephones and on a screen of 1280."""
    for size in (PHONE, NARROW):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        where = f"{page.url} at {size['width']}"
        assert not is_wider_than_the_screen(page), where
        assert page.evaluate(SMALL) == [], where
    assert violations(page) == [], page.url
    page.set_viewport_size(WIDE)
    assert not is_wider_than_the_screen(page), page.url
    assert violations(page) == [], f"{page.url} at 1280"


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_is_met_before_coming_in_fits_every_phone(visit: Callable, language: str) -> None:
    page = visit(PHONE, locale={"es": "es-ES", "en": "en-GB"}[language]).page
    for address in BEFORE:
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", language)
        look(page)
        assert page.evaluate(CUT) == [], page.url


def test_the_second_step_can_be_set_up_on_a_telephone(visit: Callable) -> None:
    page = visit(NARROW).log_in(WITH_A_PLAN)
    page.goto("/accounts/second-step/set-up/")
    assert page.evaluate(CUT) == []
    picture, words = page.locator("img.qr").bounding_box(), page.locator("main details summary").bounding_box()
    assert picture
    assert words
    assert words["y"] >= picture["y"] + picture["height"]  # beside each other, not upon each other


def speak(page: Page, language: str) -> None:
    page.goto("/portal/more/")
    page.locator("main").get_by_role("button", name=ENGLISH[language]).click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def go_on(page: Page) -> None:
    with page.expect_navigation():
        page.locator("button[name=go][value=next]").click()


def answered(page: Page) -> list[str]:
    """Return the addresses of the newest answers and of the thank-you after them."""
    page.goto("/portal/answers/")
    address = page.locator("main a[href^='/portal/answers/']").first.get_attribute("href") or ""
    return [address, address.replace("/portal/answers/", "/intake/") + "thank-you/"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_a_patient_reads_fits_every_phone(visit: Callable, language: str) -> None:
    page = visit(PHONE).log_in(WITH_A_PLAN)
    speak(page, language)
    for address in READ:
        page.goto(address)
        look(page)
    page.goto("/portal/plan/")
    assert page.locator(".part .pline b").count(), "the demo's plan has a medicine"
    assert page.locator(".sos li").count() >= 3
    for address in answered(page):
        page.goto(address)
        look(page)


def at_question(page: Page, questionnaire: str, item: str) -> None:
    """Go to the screen of a question: addresses name none, so the last page leads there."""
    page.goto(f"/{questionnaire}/check-and-send/")
    screens = page.locator("section a.tap").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    for address in dict.fromkeys(screen.partition("#")[0] for screen in screens):
        page.goto(address)
        if page.locator(f"#q-{item}").count():
            return
    pytest.fail(f"no screen asks {item}")


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_a_patient_fills_in_fits_every_phone(visit: Callable, language: str) -> None:
    page = visit(PHONE).log_in(NEW)
    speak(page, language)
    page.goto("/portal/")
    look(page)
    page.locator(".task .btn").first.click()
    page.wait_for_load_state()
    if page.locator("input[name=text]").count():  # another test may have agreed for this person
        look(page)
        page.locator("main .btn-primary").click()
    page.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}/"))
    questionnaire = "/".join(page.url.split("/")[3:5])
    at_question(page, questionnaire, "haematemesis")
    look(page)
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        page.locator("label[for='haematemesis-no']").click()  # another test may have ticked "yes" for this person
    page.locator("label[for='haematemesis-yes']").click()
    expect(page.locator(".urgent-top h1")).to_contain_text("112")
    look(page)
    page.locator(".pfoot .btn-bare").click()
    expect(page.locator(".toast-p")).to_be_visible()
    look(page)
    go_on(page)
    look(page)
    at_question(page, questionnaire, "weight_kg")
    page.locator("#weight_kg-value").fill("800")
    page.keyboard.press("Tab")
    expect(page.locator("#note-weight_kg .btn").first).to_be_visible()  # "is that right?"
    look(page)
    at_question(page, questionnaire, "previous_treatments")
    page.locator("#previous_treatments-text").fill("Nuevofármaco")
    page.locator("button[name=previous_treatments-add]").click()
    expect(page.locator("select[name^='previous_treatments-result']").first).to_be_visible()
    look(page)
    page.goto(f"/{questionnaire}/check-and-send/")
    look(page)
    page.goto("/portal/days/")
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile("/intake/"))
    look(page)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_short_questionnaires_fit_every_phone(visit: Callable, language: str) -> None:
    page = visit(PHONE).log_in("patient06@demo.example")
    speak(page, language)
    for name in ("gerdq", "ibs_sss"):
        page.goto("/portal/")
        open_ = page.locator(f"form:has(input[value={name}]) button.linkbtn")
        (open_ if open_.count() else page.locator(".task .btn")).first.click()
        page.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}/"))
        look(page)
