"""Pages off the beaten path, both languages, every width: clinic, consent texts, one's access, copies of a record."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SMALL_LAPTOP, code_of
from tests.browser.test_patient_pages import look, speak
from tests.browser.test_staff_pages import faults
from tests.site import PASSWORD, Site

TEXTS = "/privacy/consent-texts/"
DRAFT = f"{TEXTS}{code_of('marketing')}/"
ACCESS = (
    "/accounts/recovery-codes/", "/accounts/second-step/set-up/", "/accounts/second-step/set-up/mail/",
    "/accounts/second-step/set-up/sms/",
)  # fmt: skip
# What opens to who showed a moment ago to be who signed in.
STAFF = {
    "administrator": ("/clinic/", TEXTS, f"{TEXTS}{code_of('treatment')}/"),
    "vidal": (
        *ACCESS, "/plans/tasks/{task}/", "/desk/patients/{patient}/summary/", "/privacy/patients/{patient}/copy/",
        "/privacy/copies/{copy}/",
    ),
}  # fmt: skip
PATIENTS = (*ACCESS[:3], "/privacy/my-data/", "/clinic/questions/", "/intake/consent/", "/accounts/password/change/")
MADE = """from django.utils import timezone
from webapp.accounts.models import User
from webapp.plans import monitoring
from webapp.plans.models import Plan
from webapp.privacy import services
vidal = next(one for one in User.objects.all() if one.display_name == "Dra. Elena Vidal")
plan = Plan.objects.filter(status="signed").first()
vidal.active_role = "doctor"
title = {"es": "Calprotectina", "en": "Calprotectin"}
today = timezone.localdate()
task = monitoring.watch(plan=plan, what="test:calprotectin", title=title, doctor=vidal, days=14, today=today)
copy = services.ask(patient=plan.patient, language="es", actor=vidal, path="/", enqueue=lambda _copy: None)
print(f"MADE {task.pk} {copy.pk} {plan.patient.pk}")"""


@pytest.fixture(scope="module")
def objects(site: Site) -> dict[str, str]:
    """Return the numbers of what the pages are about: something to watch, and a copy that is still being made."""
    task, copy, patient = site.manage("shell", "-c", MADE).rpartition("MADE ")[2].split()
    return {"task": task, "copy": copy, "patient": patient}


def confirm(page: Page) -> None:
    page.goto("/accounts/confirm/?next=/accounts/security/")
    page.locator("#id_secret").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/confirm/" not in url)


@pytest.mark.parametrize("who", STAFF)
def test_the_other_pages_are_whole_for_who_works_here(visit: Callable, objects: dict[str, str], who: str) -> None:
    screen = visit(SMALL_LAPTOP)
    screen.log_in(f"{who}@demo.example")
    confirm(screen.page)
    for language in ("es", "en"):
        screen.read_in(language)
        for path in (one.format(**objects) for one in STAFF[who]):
            assert faults(screen, path) == []
            assert screen.page.url.endswith(path), "it led elsewhere"


@pytest.fixture
def draft(visit: Callable) -> Iterator[None]:
    """A text that the director has begun to write, and throws away again."""
    page = visit(SMALL_LAPTOP).log_in("director@demo.example")
    page.goto(DRAFT)
    page.locator("#body_es").fill("Acepto recibir noticias.")
    page.locator("#body_en").fill("I agree to be sent news.")
    page.locator("button[name=look]").click()
    page.wait_for_url("**/preview/")
    yield
    page.goto(DRAFT)
    page.locator("form[action$='/drop/'] button").click()
    page.wait_for_url(f"**{TEXTS}")


@pytest.mark.usefixtures("draft")
def test_a_draft_as_patients_would_read_it_is_whole(visit: Callable) -> None:
    screen = visit(SMALL_LAPTOP)
    screen.log_in("administrator@demo.example")
    for language in ("es", "en"):
        screen.read_in(language)
        assert [one for path in (DRAFT, f"{DRAFT}preview/") for one in faults(screen, path)] == []
        expect(screen.page.locator("main")).to_contain_text("noticias" if language == "es" else "news")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_other_pages_of_a_patient_fit_every_phone(visit: Callable, language: str) -> None:
    page = visit(PHONE).log_in("patient10@demo.example")
    speak(page, language)
    confirm(page)
    for path in PATIENTS:
        page.goto(path)
        assert page.url.endswith(path), "it led elsewhere"
        look(page)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_file_of_results_is_whole_while_it_is_looked_at(visit: Callable, language: str) -> None:
    """One row that could come in with a unit, and one of a patient nobody knows."""
    screen = visit(SMALL_LAPTOP)
    page = screen.log_in("vidal@demo.example")
    screen.read_in(language)
    page.goto("/sheets/files/")
    rows = "nhc;fecha;prueba;valor;unidad\r\n100001;01/10/2026;Ferritina;40;\r\n999999;01/10/2026;Ferritina;40;ug/L\r\n"
    page.locator("#id_file").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile(r"/sheets/files/[0-9a-f-]{36}/$"))
    expect(page.locator("tbody tr")).to_have_count(2)
    assert faults(screen, page.url) == []
