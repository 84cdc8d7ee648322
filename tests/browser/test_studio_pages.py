"""A text's way through the studio: one director writes and proposes, another looks at both differences and approves."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SMALL_LAPTOP, Visit, tab_to
from tests.browser.test_staff_pages import faults
from tests.site import PASSWORD, Site

pytestmark = pytest.mark.browser
# The worker's part, in a process of its own: of this job alone, since others would change what other tests stand on.
EXAMINE = "from webapp.studio.tasks import examine; examine({}, {})"
REFLUX = "Enfermedad por reflujo gastroesofágico"


def wrong_in(screen: Visit, *paths: str) -> list[str]:
    """Return what is wrong with pages in both languages and widths."""
    found: list[str] = []
    for language in ("en", "es"):
        screen.read_in(language)
        found += [one for path in paths for one in faults(screen, path)]
    screen.page.set_viewport_size(SMALL_LAPTOP)
    return found


def as_director(visit: Callable, who: str) -> Visit:
    screen = visit(SMALL_LAPTOP)
    screen.log_in(who)
    if "/hat/" not in screen.page.url:
        screen.page.goto("/accounts/hat/")
    screen.page.locator("button[value=director]").click()
    screen.page.wait_for_url(lambda url: "/hat/" not in url)
    return screen


def write(page: Page, change: Callable[[str], str]) -> None:
    """Change the text by hand and save it."""
    changed = change(page.locator("#text").evaluate("area => area.value"))
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Backspace")
    page.keyboard.insert_text(changed)
    with page.expect_navigation():
        page.get_by_role("button", name="Guardar", exact=True).click()


def examined(site: Site, page: Page) -> None:
    draft = int(re.findall(r"/drafts/(\d+)/", page.url)[0])
    [(revision,)] = site.query("SELECT revision FROM rules_draft WHERE id = %s", draft)
    site.manage("shell", "-c", EXAMINE.format(draft, revision))


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """Return what one test leaves for the next: the addresses of the draft and of its proposal."""
    return {}


def test_a_director_writes_breaks_mends_and_proposes_a_text(visit: Callable, site: Site, made: dict[str, str]) -> None:
    screen = visit(SMALL_LAPTOP)
    page = screen.log_in("director@demo.example")
    page.goto("/studio/")
    page.get_by_role("link", name=REFLUX).click()
    with page.expect_navigation():
        page.get_by_role("button", name="Nuevo borrador").click()
    made["draft"] = page.url
    write(page, lambda text: text.replace("heartburn_days", "heartburn_dias", 1))
    with page.expect_navigation():
        page.get_by_role("button", name="Pasar pruebas y demostraciones", exact=True).click()
    expect(page.locator("#found progress")).to_be_visible()
    examined(site, page)
    expect(page.locator("#found")).to_contain_text("Esto impide proponerlo")  # it comes by itself
    expect(page.locator("#found")).to_contain_text("heartburn_dias")
    assert wrong_in(screen, made["draft"]) == []
    page.goto(made["draft"])
    write(page, lambda text: text.replace("heartburn_dias", "heartburn_days", 1) + "# leído de nuevo\n")
    with page.expect_navigation():
        page.get_by_role("button", name="Pasar pruebas y demostraciones", exact=True).click()
    examined(site, page)
    expect(page.locator("#found")).to_contain_text("Nada impide proponerlo")
    expect(page.locator("#found")).to_contain_text("el mismo plan que ahora")
    assert wrong_in(screen, made["draft"], f"{made['draft']}changes/", "/studio/") == []
    page.goto(made["draft"])
    page.get_by_label("Qué cambia y por qué").fill("Una nota, para probar el camino")
    with page.expect_navigation():
        page.get_by_role("button", name="Presentarlo a otra persona de la dirección").click()
    expect(page.locator(".live")).to_contain_text("Espera a otra persona de la dirección")


def test_another_director_opens_both_differences_and_approves_it_for_a_day(
    visit: Callable, site: Site, made: dict[str, str]
) -> None:
    screen = as_director(visit, "salas@demo.example")
    page = screen.page
    page.goto("/studio/")
    page.locator(".in-work a", has_text="reflux").first.click()
    page.wait_for_url(re.compile("/proposals/"))
    made["proposal"] = page.url
    page.locator("#effective_from").fill("2099-01-31")
    page.locator("[name=secret]").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Aprobar").click()
    expect(page.locator("main")).to_contain_text("R036")
    assert wrong_in(screen, made["proposal"], f"{made['proposal']}text/", f"{made['proposal']}proved/") == []
    page.goto(f"{made['proposal']}text/")
    expect(page.locator("tr.in", has_text="leído de nuevo")).to_be_visible()
    page.goto(made["proposal"])
    page.locator("#effective_from").fill("2099-01-31")
    with page.expect_navigation():
        page.get_by_role("button", name="Aprobar").click()
    expect(page.locator("main")).to_contain_text("31 ene 2099")
    in_force = "SELECT count(*) FROM rules_version WHERE status = 'published' AND path = %s"
    assert site.query(in_force, "protocols/reflux/1.1.0.yaml") == [(0,)]


def test_taking_back_says_why_and_a_text_that_is_alone_stays(visit: Callable, site: Site) -> None:
    screen = as_director(visit, "salas@demo.example")
    page = screen.page
    [(version,)] = site.query("SELECT id FROM rules_version WHERE path = 'protocols/reflux/1.0.0.yaml'")
    assert wrong_in(screen, f"/studio/{version}/back/") == []
    page.goto(f"/studio/{version}/")
    page.get_by_role("link", name="Retirar").click()
    page.locator("#reason").fill("Para probar el camino")
    page.locator("[name=secret]").fill(PASSWORD)
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        page.get_by_role("button", name="Retirarlo ahora").click()
    expect(page.get_by_role("alert")).to_contain_text("R044")
    expect(page.locator("#reason")).to_have_value("Para probar el camino")


def test_two_who_write_at_once_are_both_heard(visit: Callable) -> None:
    one, other = visit(SMALL_LAPTOP).log_in("director@demo.example"), as_director(visit, "salas@demo.example").page
    one.goto("/studio/")
    one.get_by_role("link", name="Estreñimiento").first.click()
    with one.expect_navigation():
        one.get_by_role("button", name="Nuevo borrador").click()
    other.goto(one.url)
    write(one, lambda text: text + "# de la primera\n")
    write(other, lambda text: text + "# de la segunda\n")
    expect(other.get_by_role("alert").first).to_contain_text("ha guardado la revisión 2")
    expect(other.locator("tr.out", has_text="de la primera")).to_be_visible()
    expect(other.locator("#text")).to_have_value(re.compile("de la segunda"))
    write(other, lambda text: text + "# de la primera\n")
    other.reload()
    for words in ("de la primera", "de la segunda"):
        expect(other.locator("#text")).to_have_value(re.compile(words))


def test_with_the_keyboard_alone_a_text_is_written_saved_and_put_aside(visit: Callable, tmp_path: Path) -> None:
    page = visit(SMALL_LAPTOP).log_in("director@demo.example")
    page.goto("/studio/")
    link = page.get_by_role("link", name="Cribado")
    link = link.first if link.count() else page.locator("table.ruled th a").nth(3)
    tab_to(page, link)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Nuevo borrador"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/drafts/"))
    tab_to(page, page.locator(".cm-content"))
    page.keyboard.press("Control+End")
    page.keyboard.type("# con el teclado")
    page.keyboard.press("Escape")  # the box is no trap
    page.keyboard.press("Tab")
    tab_to(page, page.get_by_role("button", name="Guardar", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator(".states li").first).to_contain_text("2")
    expect(page.locator("#text")).to_have_value(re.compile("# con el teclado$"))
    tab_to(page, page.get_by_role("button", name="Apartar el borrador"))
    page.keyboard.press("Enter")
    expect(page.locator("h1 + .chip, .row-c .chip").first).to_contain_text("Apartado")
    expect(page.locator("#text")).to_have_attribute("readonly", "")
