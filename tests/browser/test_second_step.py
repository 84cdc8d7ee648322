"""The second step as a person has it: led to it, set up with a telephone, typed at the door, lost, found on paper."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LAPTOP, NARROW, PHONE, is_wider_than_the_screen, violations
from tests.site import PASSWORD, Site, demo_code

NEWCOMER, DOCTOR = "billing@demo.example", "vidal@demo.example"


@pytest.fixture
def without_second_steps(site) -> Iterator[Site]:
    """Nobody of the clinic has one; afterwards the demo's are back."""
    site.query("DELETE FROM mfa_authenticator RETURNING id")
    yield site
    site.query("DELETE FROM mfa_authenticator RETURNING id")
    site.manage("load_demo", "fixtures")


def password(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def is_fine(page: Page) -> None:
    assert violations(page) == []
    assert not is_wider_than_the_screen(page)


def type_code(page: Page, code: str) -> None:
    page.locator("input[name=code]").fill(code)
    page.keyboard.press("Enter")


def test_the_whole_way_from_the_first_entry_to_a_lost_telephone(visit, without_second_steps):
    page = visit(PHONE).page
    password(page, NEWCOMER)
    page.wait_for_url("**/second-step/set-up/**")
    is_fine(page)
    page.goto("/accounts/hat/")
    assert "/second-step/set-up/" in page.url
    page.locator("details summary").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    type_code(page, "000000")
    page.locator("#id_code_error").wait_for()
    is_fine(page)
    type_code(page, demo_code(secret))
    page.wait_for_url("**/recovery-codes/**")
    codes = page.locator("ul.codes li").all_inner_texts()
    assert len(set(codes)) == 10
    is_fine(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Guardar como archivo").click()
    assert saved.value.path().read_text().split("\n")[:10] == codes
    page.get_by_role("link", name="Los tengo").click()
    page.wait_for_url("**/accounts/hat/")
    page.goto("/accounts/recovery-codes/")
    assert page.locator("ul.codes").count() == 0
    is_fine(page)

    other = visit(LAPTOP, "en-GB").page
    password(other, NEWCOMER)
    is_fine(other)
    assert other.locator("[data-demo-code]").count() == 0
    type_code(other, codes[0])
    other.wait_for_url(lambda url: "/second-step/" not in url)
    other.goto("/accounts/security/")
    is_fine(other)
    assert other.locator("ul.places li").count() == 2
    other.locator("button[value=others]").click()
    other.wait_for_url("**/security/?ended=yes")
    assert other.locator("ul.places li").count() == 1
    page.goto("/accounts/security/")
    assert page.locator("[role=status]").first.is_visible()
    assert "ended=gone" in page.url


def test_a_newcomer_to_the_demo_needs_no_telephone(visit, site):
    site.forget_codes()
    page = visit(NARROW).page
    password(page, DOCTOR)
    shown = page.locator("[data-demo-code]")
    assert re.fullmatch(r"\d{3}\s\d{3}", shown.inner_text())
    is_fine(page)
    type_code(page, shown.get_attribute("data-demo-code"))
    page.wait_for_url("**/desk/**")


@pytest.mark.parametrize("size", [LAPTOP, PHONE, NARROW])
def test_the_pages_of_ones_access_fit_and_pass_axe_in_both_languages(visit, size):
    for locale in ("es-ES", "en-GB"):
        page = visit(size, locale).log_in(DOCTOR)
        for path in ("/accounts/security/", "/accounts/confirm/?next=/accounts/second-step/set-up/mail/"):
            page.goto(path)
            is_fine(page)
        page.locator("input[name=secret]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/confirm/" not in url)
        is_fine(page)
        for path in ("/accounts/second-step/set-up/sms/", "/accounts/second-step/set-up/"):
            page.goto(path)
            is_fine(page)
