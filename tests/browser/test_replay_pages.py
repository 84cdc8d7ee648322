"""Past cases put to a draft, in a browser: begun, watched, read by harm, made a test; who it is for doctors alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SMALL_LAPTOP, tab_to
from tests.browser.test_studio_pages import as_director, write, wrong_in
from tests.site import Site

pytestmark = pytest.mark.browser
DYSPEPSIA = "Dispepsia"
FEWER = ("when: dyspeptic\n    exclude: structural", "when: dyspeptic and age >= 90 years\n    exclude: structural")
# The worker's part, in a process of its own: of this job alone.
GO_ON = """
from webapp.studio import replaying
while replaying.go_on({}, pause=lambda: False):
    pass
"""


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """Return what one test leaves for the next: the addresses of the draft and of the replay."""
    return {}


def put_to_past_cases(page: Page) -> str:
    """Press the button by keyboard; return the number of the replay that opens."""
    button = page.get_by_role("button", name="Ver a quién le cambia el plan")
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return re.findall(r"/replays/(\d+)/", page.url)[0]


def test_a_director_sees_how_many_plans_change_and_makes_one_a_test(
    visit: Callable, site: Site, made: dict[str, str]
) -> None:
    screen = visit(SMALL_LAPTOP)
    page = screen.log_in("director@demo.example")
    page.goto("/studio/")
    page.get_by_role("link", name=DYSPEPSIA, exact=True).click()
    with page.expect_navigation():
        page.get_by_role("button", name="Nuevo borrador").click()
    made["draft"] = page.url
    write(page, lambda text: text.replace(*FEWER, 1).replace("1.0.0", "1.1.0", 1))
    page.goto(f"{made['draft']}changes/")
    expect(page.locator("#replay")).to_contain_text("Aún sin mirar")
    number = put_to_past_cases(page)
    made["replay"] = f"/studio/replays/{number}/"
    expect(page.locator("progress")).to_be_visible()
    expect(page.get_by_role("button", name="Detener")).to_be_visible()
    assert wrong_in(screen, made["replay"]) == []
    page.goto(made["replay"])
    site.manage("shell", "-c", GO_ON.format(number))
    expect(page.locator("#so-far")).to_contain_text("tendrían otro plan")  # it comes by itself
    expect(page.locator("progress")).to_have_count(0)
    page.goto(made["replay"])
    [(changed,)] = site.query("SELECT changed FROM studio_replay WHERE id = %s", int(number))
    assert changed > 0
    expect(page.locator("tr[data-row]")).to_have_count(min(changed, 50))
    expect(page.locator("main")).to_contain_text("solo lo ven aquí los médicos")
    page.get_by_role("link", name="Hacer una prueba").first.click()
    expect(page.locator("pre")).to_contain_text("given:")
    test = page.url
    assert wrong_in(screen, made["replay"], test, f"{made['draft']}changes/") == []
    page.goto(test)
    page.get_by_label("Qué muestra, en pocas palabras").fill("alguien más joven")
    with page.expect_navigation():
        page.get_by_role("button", name="Añadirla al borrador").click()
    assert "alguien más joven" in page.locator("#text").evaluate("area => area.value")


def test_a_doctor_sees_who_it_is(visit: Callable, made: dict[str, str]) -> None:
    screen = visit(SMALL_LAPTOP)
    page = screen.log_in("ibarra@demo.example")
    page.goto(made["replay"])
    expect(page.locator("main")).to_contain_text("Queda anotado que ha visto estos nombres")
    assert wrong_in(screen, made["replay"]) == []
    page.goto(made["replay"])
    row = page.locator("tr[data-row] a").first
    name = row.inner_text()
    row.click()
    expect(page.locator("main")).to_contain_text(name)


def test_it_is_stopped_and_says_how_far_it_came(visit: Callable, made: dict[str, str]) -> None:
    screen = as_director(visit, "salas@demo.example")
    page = screen.page
    page.goto(made["replay"])
    with page.expect_navigation():
        page.get_by_role("button", name="Mirar de nuevo").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Detener").click()
    expect(page.locator("#so-far")).to_contain_text("Detenido tras 0 de")
    assert wrong_in(screen, page.url) == []
