"""A patient shares with a specialist on a phone, sees when it was read, and takes it back while it is read."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SMALL_LAPTOP, code_of, tab_to
from tests.browser.test_patient_pages import CUT, look, speak

PATIENT, SPECIALIST = "patient05@demo.example", "specialist@demo.example"
WORDS = {
    "es": {
        "share": "Compartir", "back": "Dejar de compartir", "results": "Resultados", "plan": "Plan",
        "until": "Hasta el", "once": "Leído una vez", "nobody": "Ahora no comparte nada",
        "gone": "Aquí no hay nada para usted", "missing": "Elija al menos una parte de su historia",
        "unread": "Sin leer todavía",
        "change": "Cambiar", "save": "Guardar", "changed": "Qué compartió y cuándo",
    },
    "en": {
        "share": "Share", "back": "Stop sharing", "results": "Results", "plan": "Plan", "until": "Until",
        "once": "Read once", "nobody": "Nothing is shared now", "gone": "There is nothing here for you",
        "missing": "Choose at least one part of your record", "unread": "Not read yet",
        "change": "Change", "save": "Save", "changed": "What was shared when",
    },
}  # fmt: skip


def shares(page: Page, said: dict[str, str]) -> None:
    """Share results and plan with the demo's specialist, having forgotten at first to say which parts."""
    page.goto("/shared/mine/new/")
    page.locator("select[name=specialist]").select_option(index=1)
    page.get_by_role("button", name=said["share"], exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text(said["missing"])
    look(page)
    assert page.evaluate(CUT) == []
    for name in ("results", "plan"):
        page.locator(f"input[value={name}]").check()
    page.get_by_role("button", name=said["share"], exact=True).click()
    page.wait_for_url("**/shared/mine/")
    expect(page.locator("main")).to_contain_text(said["unread"])
    look(page)


def takes_results_out(page: Page, said: dict[str, str]) -> None:
    """Change the share on whose page the patient is, so that the plan alone is left."""
    page.get_by_role("link", name=said["change"], exact=True).click()
    page.locator("input[value=results]").uncheck()
    look(page)
    assert page.evaluate(CUT) == []
    page.get_by_role("button", name=said["save"]).click()
    expect(page.locator("main")).to_contain_text(said["changed"])
    expect(page.locator("main section.pcard").first).not_to_contain_text(said["results"])
    look(page)


@pytest.mark.parametrize("language", WORDS)
def test_a_patient_shares_sees_who_looked_and_takes_it_back_while_the_specialist_reads(
    visit: Callable, language: str
) -> None:
    said = WORDS[language]
    phone = visit(PHONE).log_in(PATIENT)
    speak(phone, language)
    shares(phone, said)

    screen = visit(SMALL_LAPTOP)
    reader = screen.log_in(SPECIALIST)
    screen.read_in(language)
    reader.goto("/shared/")
    row = reader.locator("tr[data-row]", has_text="Ignacio")
    expect(row).to_contain_text(said["results"])
    row.get_by_role("link", name=re.compile(said["results"])).click()
    expect(reader.locator("h1")).to_contain_text("Ignacio")
    open_page = reader.url
    assert re.search(r"result|plan|diar", open_page) is None
    assert reader.locator(".shared-tabs a").count() == 2  # the other parts are not even named

    phone.goto("/shared/mine/")
    expect(phone.locator("main")).to_contain_text(said["once"])
    phone.locator("main a.linkrow", has_text=said["once"]).first.click()
    expect(phone.locator("ul.seen li")).to_have_count(1)
    expect(phone.locator("ul.seen")).to_contain_text(said["results"])
    look(phone)
    takes_results_out(phone, said)
    answer = reader.reload()
    assert answer is not None
    assert answer.status == 404  # what is no longer shared is not there at the next request
    phone.get_by_role("button", name=said["back"]).click()
    phone.wait_for_url("**/shared/mine/")
    expect(phone.locator("main")).to_contain_text(said["nobody"])
    look(phone)

    answer = reader.reload()
    assert answer is not None
    assert answer.status == 404
    expect(reader.locator("main")).to_contain_text(said["gone"])
    reader.goto("/shared/")
    expect(reader.locator("main")).not_to_contain_text("Ignacio")
    phone.goto("/portal/who-looked/")
    expect(phone.locator("main")).to_contain_text("Dr. Ander Uría")


def test_a_specialist_opens_the_first_part_by_keys_alone(visit: Callable) -> None:
    page = visit(SMALL_LAPTOP).log_in(SPECIALIST)
    page.goto("/shared/")
    tab_to(page, page.locator("tr[data-row]", has_text="Marina").get_by_role("link").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/shared/[0-9a-f-]{{36}}/{code_of('history')}/"))
    expect(page.locator("h1")).to_contain_text("Marina Ortega Rey")
