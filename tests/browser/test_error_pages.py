"""What is shown when something is not there, came too late, was tried too often or broke: whole, in both languages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, SMALL_LAPTOP, Visit, is_wider_than_the_screen, violations
from tests.site import Site

BOSS = "administrator@demo.example"
TOO_MANY = 40  # wrong passwords
LANGUAGES = pytest.mark.parametrize("locale", ["es-ES", "en-GB"])
HEADINGS = {
    "missing": {"es": "Aquí no hay nada para usted", "en": "There is nothing here for you"},
    "late": {"es": "Esta página llevaba demasiado tiempo abierta", "en": "This page had been open too long"},
    "locked": {"es": "Espere un poco, por favor", "en": "Please wait a little"},
    "broken": {"es": "Se ha roto algo nuestro", "en": "Something of ours broke"},
}


def is_whole(screen: Visit, name: str) -> list[Any]:
    """Return what is wrong with the page now open: its words, its language, barriers, what is cut off."""
    page, found = screen.page, []
    if page.locator("h1").inner_text().replace("\n", " ") != HEADINGS[name][screen.language]:
        found.append(page.locator("h1").inner_text())
    if page.locator("html").get_attribute("lang") != screen.language:
        found.append("another language")
    for size in (SMALL_LAPTOP, NARROW):
        page.set_viewport_size(size)
        found += violations(page)
        found += ["too wide"] if is_wider_than_the_screen(page) else []
    return found


def try_a_password(page: Page, login: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("not the right one")
    page.locator("main button[type=submit]").last.click()
    page.wait_for_load_state()


@contextmanager
def without(site: Site, table: str) -> Iterator[None]:
    """Take a table away, as a fault of ours would."""
    with psycopg.connect(site.url("owner"), autocommit=True) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {table}_away".encode())
        try:
            yield
        finally:
            connection.execute(f"ALTER TABLE {table}_away RENAME TO {table}".encode())


@LANGUAGES
def test_a_page_that_is_not_there_and_a_form_that_came_too_late(visit, locale):
    screen = visit(SMALL_LAPTOP, locale)
    answer = screen.page.goto("/nowhere/")
    assert answer is not None
    assert (answer.status, is_whole(screen, "missing")) == (404, [])
    screen.page.goto("/accounts/login/")
    screen.context.clear_cookies()
    screen.page.locator("input[name=login]").fill("marina@demo.example")
    screen.page.locator("input[name=password]").fill("pauta-demo-2026")
    with screen.page.expect_response("**/accounts/login/") as refused:
        screen.page.locator("main button[type=submit]").last.click()
    assert (refused.value.status, is_whole(screen, "late")) == (403, [])


@LANGUAGES
def test_who_tries_too_often_reads_how_long_to_wait(visit, site, locale):
    screen = visit(SMALL_LAPTOP, locale)
    try:
        try_a_password(screen.page, "nobody@demo.example")
        site.query("UPDATE axes_accessattempt SET failures_since_start = %s RETURNING id", TOO_MANY)
        try_a_password(screen.page, "nobody@demo.example")
        assert is_whole(screen, "locked") == []
        assert "15 minut" in screen.page.locator("main").inner_text()
    finally:
        site.query("DELETE FROM axes_accessattempt RETURNING id")


@LANGUAGES
@pytest.mark.parametrize("how", ["idle", "long", "gone"])
def test_who_was_away_too_long_is_told_and_finds_the_way_back(visit, locale, how):
    screen = visit(SMALL_LAPTOP, locale)
    screen.page.goto(f"/accounts/login/?ended={how}&next=/portal/")
    told = {"es": "volverá a la misma página", "en": "you will be back on the same page"}[screen.language]
    assert told in screen.page.locator("main [role=status]").inner_text()
    for size in (SMALL_LAPTOP, NARROW):
        screen.page.set_viewport_size(size)
        assert violations(screen.page) == []
        assert not is_wider_than_the_screen(screen.page)


@LANGUAGES
def test_what_broke_is_told_with_a_word_to_say_on_the_telephone(visit, site, locale):
    screen = visit(SMALL_LAPTOP, locale)
    screen.log_in(BOSS)
    with without(site, "patients_consenttext"):
        answer = screen.page.goto("/privacy/consent-texts/")
    assert answer is not None
    assert (answer.status, is_whole(screen, "broken")) == (500, [])
    assert len(screen.page.locator("main .mono").inner_text()) == 6
    answer = screen.page.goto("/privacy/consent-texts/")
    assert answer is not None
    assert answer.status == 200
