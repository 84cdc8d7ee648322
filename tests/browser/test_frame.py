"""The frame of every page, as a person at a screen has it: keys, theme, language, notices."""

import pytest

from tests.browser.conftest import LAPTOP, NARROW, PHONE, is_wider_than_the_screen, violations
from tests.site import demo_code

DOCTOR, BILLING = "vidal@demo.example", "billing@demo.example"


def test_the_look_for_barriers_finds_a_picture_that_says_nothing(visit):
    page = visit().page
    page.goto("/accounts/login/")
    assert violations(page) == []
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    [found] = violations(page)
    assert found.startswith("image-alt: ")
    assert "img" in found


def theme(page):
    return page.evaluate("document.documentElement.dataset.bsTheme")


def open_account(page):
    page.locator("[popovertarget=me]").click()


@pytest.mark.parametrize("size", [LAPTOP, PHONE, NARROW])
@pytest.mark.parametrize("path", ["/nowhere/", "/accounts/login/"])
def test_pages_of_strangers_fit_and_pass_axe(visit, size, path):
    page = visit(size).page
    page.goto(path)
    assert violations(page) == []
    assert not is_wider_than_the_screen(page)


@pytest.mark.parametrize("size", [LAPTOP, PHONE, NARROW])
def test_the_frame_of_staff_fits_and_passes_axe_with_the_account_open(visit, size):
    page = visit(size).log_in(BILLING)
    open_account(page)
    assert violations(page) == []
    assert not is_wider_than_the_screen(page)


def test_the_dark_theme_stays_chosen_on_the_next_page_and_passes_axe(visit):
    page = visit().log_in(BILLING)
    before = theme(page)
    open_account(page)
    page.locator("#me [data-theme-switch]").click()
    page.goto("/nowhere/")
    assert theme(page) != before
    assert violations(page) == []


def test_the_language_switch_turns_this_page(visit):
    page = visit().log_in(BILLING)
    open_account(page)
    page.locator("#me").get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    open_account(page)
    page.locator("#me").get_by_role("button", name="Español").click()
    assert page.locator("html").get_attribute("lang") == "es"


def test_the_first_tab_leads_past_the_menu(visit):
    page = visit().log_in(BILLING)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_question_mark_lists_the_pages_keys_and_escape_gives_the_focus_back(visit):
    page = visit().log_in(DOCTOR)
    page.keyboard.press("?")
    dialog = page.locator("dialog#keys")
    assert dialog.is_visible()
    assert dialog.locator("kbd").first.is_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_a_key_typed_into_a_field_is_only_a_letter(visit):
    page = visit().log_in(DOCTOR)
    field = page.locator("input[type=search]").first
    field.focus()
    page.keyboard.type("n?j")
    assert field.input_value() == "n?j"
    assert not page.locator("dialog#keys").is_visible()


def test_j_and_k_move_the_cursor_and_stop_at_the_ends(visit):
    page = visit().log_in(DOCTOR)
    rows = page.locator("[data-row]")
    page.keyboard.press("k")
    page.keyboard.press("j")
    if rows.count() > 1:
        page.keyboard.press("k")
    assert page.locator("[data-row].cursor").count() == 1
    assert "cursor" in rows.first.get_attribute("class")


def test_without_scripts_a_person_still_logs_in_and_out(chromium, site):
    context = chromium.new_context(java_script_enabled=False, base_url=site.address, locale="es-ES")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(BILLING)
    page.locator("input[name=password]").fill("pauta-demo-2026")
    page.locator("main button[type=submit]").last.click()
    site.forget_codes()
    page.locator("input[name=code]").fill(demo_code())
    page.locator("main button[type=submit]").first.click()
    assert page.locator("nav.rail").is_visible()
    open_account(page)
    page.locator("#me form[action$='logout/'] button").click()
    page.goto("/desk/")
    assert "/accounts/login/" in page.url
    context.close()


@pytest.mark.parametrize("locale", ["es-ES", "en-GB"])
def test_on_a_narrow_screen_four_ways_in_stand_in_the_bar_and_the_rest_behind_more(visit, locale):
    page = visit(NARROW, locale).log_in("administrator@demo.example")
    bar = page.locator("nav.rail")
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    assert bar.locator("a:visible").count() == 4
    looked = page.locator("#me a[href='/desk/who-looked/']")
    assert not looked.is_visible()
    bar.locator("button:visible").click()
    assert violations(page) == []
    looked.click()
    page.wait_for_url("**/desk/who-looked/")


def test_on_a_laptop_every_way_in_stands_in_the_rail_and_none_twice(visit):
    page = visit(LAPTOP).log_in("administrator@demo.example")
    assert page.locator("a[href='/desk/who-looked/']:visible").count() == 1
    page.locator("nav.rail [popovertarget=me]:visible").click()
    assert page.locator("a[href='/desk/who-looked/']:visible").count() == 1
