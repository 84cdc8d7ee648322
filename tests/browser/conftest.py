"""A browser as a person has it: the patient's phone and the doctor's laptop, on a clinic that really runs."""

import os
from collections.abc import Callable, Iterator
from http.cookiejar import Cookie
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from tests import site as sites
from tests.site import PASSWORD, Site, clinic, demo_code
from tools import devdb
from tools.run_tests import INSTALL, find_browser
from webapp.base import codes

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}
SMALL_LAPTOP = {"width": 1280, "height": 720}
NARROW = {"width": 320, "height": 640}
MOST_TABS = 120
expect.set_options(timeout=20_000)  # the patience is that of a machine on which everything else runs too
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _executable() -> str:
    found = find_browser()
    assert found, f"No Chromium here. On Debian: {INSTALL}"
    return found


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with clinic(f"browser{os.environ.get('PYTEST_XDIST_WORKER', '')}") as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file. It ends with the file: while it lives, no other loop can run in its thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_executable(), args=QUIET)
        yield browser
        browser.close()


def as_the_clinic() -> override_settings:
    """Work with the key of the clinic that runs here, which is not that of the tests."""
    return override_settings(SECRET_KEY=os.environ.get("SECRET_KEY") or devdb.stored_secrets()["secret_key"])


def code_of(name: str) -> str:
    """Return what stands for a name in the addresses of the clinic that runs here."""
    with as_the_clinic():
        return codes.code_of(name)


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus stands on what is wanted, as somebody without a mouse does."""
    wanted.wait_for()
    for _press in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached with {MOST_TABS} presses of Tab")


def _carried(cookie: Cookie) -> Any:
    """Return a cookie as Chromium takes it: hidden from scripts and from other sites as the clinic said."""
    told = {"domain": cookie.domain, "path": cookie.path, "secure": cookie.secure}
    kept = {"expires": cookie.expires} if cookie.expires else {}
    site = {"sameSite": named} if (named := cookie.get_nonstandard_attr("SameSite")) else {}
    hidden = cookie.has_nonstandard_attr("HttpOnly")
    return {"name": cookie.name, "value": cookie.value, "httpOnly": hidden, **told, **kept, **site}


class Visit:
    """One person at one screen. Collects what must never happen: refused policies and requests to elsewhere."""

    def __init__(self, browser: Browser, site: Site, size: dict[str, int], locale: str = "es-ES") -> None:
        touch = size["width"] < 900
        options = {"viewport": size, "locale": locale, "has_touch": touch, "base_url": site.address}
        self.context = browser.new_context(**options, reduced_motion="reduce", timezone_id="Europe/Madrid")
        self.page: Page = self.context.new_page()
        self.site, self.faults, self.locale, self.language = site, [], locale, locale[:2]
        self.turned: set[object] = set()  # accounts that read another language for as long as this screen is open
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(f"{message.text} ({message.location.get('url')}:{message.location.get('lineNumber')})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.site.address, "data:", "blob:", "about:")):
            self.faults.append(f"request to {request.url}")

    def log_in(self, email: str, password: str = PASSWORD) -> Page:
        """Come in as somebody and open the first page. The forms are sent as this browser would, but not drawn.

        Drawing them costs more than what most tests are about; ``log_in_by_the_pages`` draws them.
        """
        headers = {"User-Agent": self.page.evaluate("navigator.userAgent"), "Accept-Language": self.locale}
        forms = sites.Browser(self.site.address, **headers)
        forms.get("/accounts/login/")
        forms.post(forms.at, {"login": email, "password": password})
        if "/accounts/second-step/" in forms.at:
            self.site.forget_codes()
            forms.post(forms.at, {"code": demo_code()})
        self.context.add_cookies([_carried(cookie) for cookie in forms.cookies])
        self.page.goto(forms.at)
        self._turn()
        return self.page

    def log_in_by_the_pages(self, email: str) -> Page:
        """Come in as a person does: by typing into what is drawn."""
        self.page.goto("/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main button[type=submit]").last.click()
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)
        if "/accounts/second-step/" in self.page.url:
            self.site.forget_codes()
            self.page.locator("input[name=code]").fill(demo_code())
            self.page.locator("main button[type=submit]").first.click()
            self.page.wait_for_url(lambda url: "/accounts/second-step/" not in url)
        self._turn()
        return self.page

    def read_in(self, language: str) -> None:
        """Go on in another language, from the person's first page."""
        self.language = language
        self.page.goto("/")
        self._turn()

    def _turn(self) -> None:
        """Turn the pages into this screen's language: what a person chose once wins over what the browser asks for."""
        other = self.page.locator(f"html:not([lang={self.language}]) form.langs button[value={self.language}]")
        if other.count():
            before = self._readers()
            other.first.evaluate("button => button.form.requestSubmit(button)")
            self.page.locator(f"html[lang={self.language}]").wait_for(state="attached")
            self.turned |= self._readers() - before

    def _readers(self) -> set[object]:
        return {pk for (pk,) in self.site.query("SELECT id FROM accounts_user WHERE language = %s", self.language)}

    def close(self) -> None:
        self.context.close()
        if self.turned:
            back = {"es": "en", "en": "es"}[self.language]
            change = "UPDATE accounts_user SET language = %s WHERE id = ANY(%s) RETURNING id"
            self.site.query(change, back, list(self.turned))


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Visit]]:
    """Open a screen of the given size; at the end no screen may have broken the content policy."""
    opened: list[Visit] = []

    def open_screen(size: dict[str, int] = LAPTOP, locale: str = "es-ES") -> Visit:
        opened.append(Visit(chromium, site, size, locale))
        return opened[-1]

    yield open_screen
    faults = [fault for one in opened for fault in one.faults]
    for one in opened:
        one.close()
    assert faults == []


AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"


# Without preload: axe would read the style sheets anew, into <style> elements that the page's policy refuses. Only
# what is wrong is handed over: the long list of what was looked at takes longer to carry than to find.
LOOK = """async tags => {
    const all = {preload: false, resultTypes: ["violations"], runOnly: {type: "tag", values: tags}};
    const {violations} = await axe.run(document, all);
    return violations.map(({id, help, nodes}) => [id, help, nodes.slice(0, 3).map(node => node.target)]);
}"""


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.0 and 2.1 A and AA, one line each."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text() + "; undefined")
    found = page.evaluate(LOOK, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    return [f"{name}: {words}: {places}" for name, words, places in found]


def is_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
