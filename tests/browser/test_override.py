"""What is forbidden by hand: the one question over the page, and every way out of it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, NARROW, is_wider_than_the_screen, violations
from tests.site import Site

pytestmark = pytest.mark.browser
DOCTOR = "vidal@demo.example"
# The demo's protocols avoid what is forbidden: one medicine of a draft is made so, as the engine would have.
BLOCKED = """UPDATE plans_planitem SET state = 'blocked' WHERE id = (
        SELECT i.id FROM plans_planitem i JOIN plans_plan p ON p.id = i.plan_id
        WHERE p.status = 'draft' AND i.kind = 'rx' AND i.decision = 'pending' AND i.state IN ('proposed', 'blocked')
        ORDER BY i.state, i.plan_id, i.position LIMIT 1)
    RETURNING plan_id, id"""
WHERE_THE_FOCUS_IS = """() => {
    const focused = document.activeElement;
    return focused === document.body || focused.closest('#ask') !== null;
}"""


def open_the_question(page: Page, site: Site) -> str:
    """Go to the first blocked item with the keyboard and press its key; return the row's id."""
    [(plan, item)] = site.query(BLOCKED)
    page.goto(f"/plans/{plan}/review/#item-{item}")
    page.locator(f"#item-{item}.cursor").wait_for()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_contain_text("Bloqueado:")
    return f"item-{item}"


def state_of(site: Site, row: str) -> tuple[Any, ...]:
    [found] = site.query("SELECT decision, reason_code FROM plans_planitem WHERE id = %s", row.removeprefix("item-"))
    return found


@pytest.mark.parametrize(("size", "locale"), [(LAPTOP, "es-ES"), (NARROW, "en-GB")])
def test_the_question_is_whole_and_its_page_without_scripts_too(visit, site, size, locale):
    screen = visit(size, locale)
    page = screen.log_in(DOCTOR)
    [(plan, item)] = site.query(BLOCKED)
    page.goto(f"/plans/{plan}/review/#item-{item}")
    page.locator(f"#item-{item} [data-key=a]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    assert not is_wider_than_the_screen(page)


def test_the_focus_stays_in_the_question_until_escape_gives_it_back(visit, site):
    page = visit(LAPTOP).log_in(DOCTOR)
    row = open_the_question(page, site)
    leave_out = page.get_by_role("dialog").get_by_role("button", name="Dejarlo fuera")
    expect(leave_out).to_be_focused()  # the harmless answer
    for _press in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(WHERE_THE_FOCUS_IS)
    page.keyboard.press("j")  # the page below is inert
    expect(page.locator(f"#{row}.cursor")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f"#{row} [data-row-title]")).to_be_focused()
    assert state_of(site, row) == ("pending", "")


def test_a_forbidden_item_is_taken_only_with_a_reason_and_its_words(visit, site):
    page = visit(LAPTOP).log_in(DOCTOR)
    row = open_the_question(page, site)
    dialog = page.get_by_role("dialog")
    reason, note = dialog.get_by_label("Motivo para tomarlo"), dialog.get_by_label("Justificación")
    take = dialog.get_by_role("button", name="Tomar de todos modos")
    take.press("Enter")
    expect(reason).to_be_focused()  # the browser leads to what is missing
    reason.select_option(index=1)
    take.press("Enter")
    expect(note).to_be_focused()
    note.fill("corto")
    take.press("Enter")
    expect(dialog).to_be_visible()
    assert state_of(site, row) == ("pending", "")
    note.fill("Tolerado en 2024 con vigilancia, hablado con la paciente")
    take.press("Enter")
    expect(dialog).to_have_count(0)
    page.locator(f"#{row}.is-accepted").wait_for()
    expect(page.locator(f"#{row}")).to_contain_text("Tolerado en 2024")
    assert state_of(site, row)[0] == "accepted"
    page.locator(f"#{row} [data-row-title]").click()
    page.keyboard.press("z")
    page.locator(f"#{row}.is-blocked").wait_for()


def test_leaving_it_out_takes_one_key(visit, site):
    page = visit(LAPTOP).log_in(DOCTOR)
    row = open_the_question(page, site)
    page.keyboard.press("Enter")
    page.locator(f"#{row}.is-rejected").wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert state_of(site, row) == ("rejected", "blocked")
    page.locator(f"#{row} [data-row-title]").click()
    page.keyboard.press("z")
    page.locator(f"#{row}.is-blocked").wait_for()


def test_who_comes_second_is_told_what_the_first_decided(visit, site):
    first, second = visit(LAPTOP).log_in(DOCTOR), visit(LAPTOP).log_in("ibarra@demo.example")
    row = open_the_question(first, site)
    open_the_question(second, site)
    first.keyboard.press("Enter")
    first.locator(f"#{row}.is-rejected").wait_for()
    second.keyboard.press("Enter")
    expect(second.get_by_role("dialog")).to_have_count(0)
    expect(second.locator("#signbar").get_by_role("alert")).to_be_visible()
    second.locator(f"#{row}.is-rejected").wait_for()
    first.locator(f"#{row} [data-row-title]").click()
    first.keyboard.press("z")
    first.locator(f"#{row}.is-blocked").wait_for()
    assert state_of(site, row)[0] == "pending"
