"""A protocol for whoever reads no YAML, in the browser: whole in both languages and widths, and as it is printed."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import SMALL_LAPTOP, Visit, is_wider_than_the_screen
from tests.browser.test_staff_pages import faults
from tests.site import Site

pytestmark = pytest.mark.browser
NAMED = """SELECT v.id FROM rules_version v JOIN rules_sourcefile f ON f.id = v.source_file_id
    WHERE f.kind = 'protocol' AND v.status = 'published' AND f.name = %s"""
WITH_TABLES, LONGEST = "h_pylori", "ibs"


@pytest.fixture
def director(visit: Callable) -> Visit:
    screen = visit(SMALL_LAPTOP)
    screen.log_in("director@demo.example")
    return screen


def read(site: Site, name: str) -> str:
    [(number,)] = site.query(NAMED, name)
    return f"/studio/{number}/read/"


@pytest.mark.parametrize("name", [WITH_TABLES, LONGEST])
def test_a_protocol_in_words_is_whole_in_both_languages_and_widths(director: Visit, site: Site, name: str) -> None:
    found = []
    for language in ("es", "en"):
        director.read_in(language)
        found += faults(director, read(site, name))
    assert found == []


def test_the_text_leads_to_the_words_and_the_picture_back_to_the_line(director: Visit, site: Site) -> None:
    page = director.page
    page.goto(read(site, WITH_TABLES).removesuffix("read/"))
    page.get_by_role("link", name="En palabras").click()
    page.wait_for_url("**/read/")
    box = page.locator("svg.graph a").first
    line = str(box.get_attribute("href")).rpartition("#")[2]
    box.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/#{line}")
    assert page.locator(f"#{line}").is_visible()


def test_on_paper_the_page_has_no_buttons_and_the_picture_fits(director: Visit, site: Site) -> None:
    page = director.page
    page.goto(read(site, WITH_TABLES))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    assert page.locator(".no-print >> visible=true").count() == 0
    picture = page.locator("svg.graph").bounding_box()
    assert picture is not None
    assert picture["x"] + picture["width"] <= 794
    assert not is_wider_than_the_screen(page)
