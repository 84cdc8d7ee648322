"""The pages of medicines: both languages, every width, no barrier; a dose is ticked by keys alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, SMALL_LAPTOP, tab_to
from tests.browser.test_patient_pages import look, speak
from tests.browser.test_staff_pages import faults
from tests.site import Site

ASKED = "SELECT id, patient_id, plan_id FROM prescriptions_renewal WHERE state = 'requested' ORDER BY asked_at LIMIT 1"
STAFF = {
    "vidal": (
        "/desk/?tab=renewals", "/orders/asked/{asked}/", "/orders/plans/{plan}/", "/orders/patients/{whose}/",
        "/orders/me/",
    ),
    "director": ("/figures/saved/",),
    "administrator": ("/orders/where/",),
}  # fmt: skip
MINE = ("/orders/mine/", "/orders/mine/day/")
PATIENTS = {"es": "patient07@demo.example", "en": "patient09@demo.example"}


@pytest.fixture(scope="module")
def objects(site: Site) -> dict[str, str]:
    """Return the numbers of what the pages are about."""
    [[asked, whose, plan]] = site.query(ASKED)
    return {"asked": str(asked), "whose": str(whose), "plan": str(plan)}


@pytest.mark.parametrize("who", STAFF)
def test_the_pages_of_medicines_are_whole_for_who_works_here(
    visit: Callable, objects: dict[str, str], who: str
) -> None:
    screen = visit(SMALL_LAPTOP)
    screen.log_in(f"{who}@demo.example")
    for language in ("es", "en"):
        screen.read_in(language)
        assert [one for path in STAFF[who] for one in faults(screen, path.format(**objects))] == []


@pytest.mark.parametrize("language", PATIENTS)
def test_the_medicines_of_a_patient_fit_every_phone(visit: Callable, language: str) -> None:
    page = visit(PHONE).log_in(PATIENTS[language])  # whose own language it stays
    speak(page, language)
    for path in MINE:
        page.goto(path)
        look(page)


def test_a_dose_is_ticked_by_keys_alone(visit: Callable) -> None:
    """One of a day on which it was left out; today its course is over."""
    page = visit(PHONE).log_in("patient07@demo.example")
    page.goto(f"/orders/mine/day/?day={timezone.localdate() - timedelta(days=5)}")
    taken = page.locator("button[name=taken][value=yes]")
    before = taken.count()
    tab_to(page, taken.first)
    page.keyboard.press("Enter")
    expect(taken).to_have_count(before - 1)


def test_a_renewal_is_refused_in_words_by_keys_alone(visit: Callable, objects: dict[str, str], site: Site) -> None:
    page = visit(SMALL_LAPTOP).log_in("vidal@demo.example")
    page.goto(f"/orders/asked/{objects['asked']}/")
    refuse = page.locator("button[value=refuse]")
    tab_to(page, refuse)
    page.keyboard.press("Enter")
    expect(page.locator("main [role=alert]")).to_be_visible()  # not without a word to the patient
    tab_to(page, page.locator("#reason"))
    page.keyboard.type("Venga antes a una revisión, por favor.")
    tab_to(page, refuse)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(refuse).to_have_count(0)
    assert site.query("SELECT state FROM prescriptions_renewal WHERE id = %s", objects["asked"]) == [("refused",)]
