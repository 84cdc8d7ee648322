"""A version on trial in a browser: two directors make a pilot of it, one doctor's patient comes by it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SMALL_LAPTOP, Visit, tab_to
from tests.browser.test_studio_pages import as_director, examined, write, wrong_in
from tests.site import PASSWORD, Site

pytestmark = pytest.mark.browser
DYSPEPSIA = "Dispepsia"
# What the worker does, in a process of its own: of these patients alone.
ASSESS = """
from webapp.patients.models import Patient
from webapp.plans.assessment import assess
from django.utils import timezone
patient = Patient.objects.get(pk='{}')
assess(patient_id=patient.pk, because='again', today=timezone.localdate())
"""


def proposed(screen: Visit, site: Site) -> str:
    """Change a protocol, have it examined and propose it; return the draft's address."""
    page = screen.page
    page.goto("/studio/")
    page.get_by_role("link", name=DYSPEPSIA, exact=True).click()
    with page.expect_navigation():
        page.get_by_role("button", name="Nuevo borrador").click()
    address = page.url
    write(page, lambda text: text + "# leído de nuevo\n")
    with page.expect_navigation():
        page.get_by_role("button", name="Pasar pruebas y demostraciones", exact=True).click()
    examined(site, page)
    expect(page.locator("#found")).to_contain_text("Nada impide proponerlo")
    page.get_by_label("Qué cambia y por qué").fill("Para probarla con una persona")
    with page.expect_navigation():
        page.get_by_role("button", name="Presentarlo a otra persona de la dirección").click()
    return address


def patients_of(site: Site) -> list[tuple[str, int]]:
    """Return two patients with drafts, of two doctors: each patient's id and the doctor's."""
    rows = site.query(
        "SELECT DISTINCT ON (p.general_practitioner_id) p.id::text, p.general_practitioner_id FROM patients_patient p"
        " JOIN plans_plan d ON d.patient_id = p.id AND d.status = 'draft'"
        " WHERE p.general_practitioner_id IS NOT NULL ORDER BY p.general_practitioner_id, p.record_number"
    )
    assert len(rows) >= 2
    return rows[:2]


def opened(page: Page, address: str) -> None:
    for part in ("text/", "proved/"):
        page.goto(f"{address}{part}")


def test_a_pilot_for_one_doctor_reaches_her_patient_and_no_others(visit: Callable, site: Site) -> None:
    first = visit(SMALL_LAPTOP)
    first.log_in("director@demo.example")
    draft = proposed(first, site)
    (patient, doctor), (other, _another) = patients_of(site)

    screen = as_director(visit, "salas@demo.example")
    page = screen.page
    [(proposal,)] = site.query("SELECT max(id) FROM rules_submission WHERE decision = ''")
    address = f"/studio/proposals/{proposal}/"
    opened(page, address)
    page.goto(address)
    expect(page.locator("#ends")).to_be_hidden()  # a trial's fields stand there once one is chosen
    tab_to(page, page.locator("#how_force"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("#how_pilot")).to_be_checked()
    expect(page.locator("#ends")).to_be_visible()
    expect(page.locator("#effective_from")).to_be_hidden()
    tab_to(page, page.locator(f"#doctor_{doctor}"))
    page.keyboard.press("Space")
    assert wrong_in(screen, address) == []
    page.goto(address)
    page.locator("#how_pilot").check()
    page.locator(f"#doctor_{doctor}").check()
    page.locator("[name=secret]").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Aprobar").click()
    expect(page.locator("h1")).to_contain_text(DYSPEPSIA)
    trial = re.sub(r"^https?://[^/]+", "", page.url)
    assert re.fullmatch(r"/studio/trials/\d+/", trial)
    page.goto("/studio/")
    expect(page.locator("main")).to_contain_text("Versiones en prueba")
    expect(page.locator(f"a[href='{trial}']").first).to_be_visible()

    for one in (patient, other):
        site.manage("shell", "-c", ASSESS.format(one))
    drafts = "SELECT id::text FROM plans_plan WHERE patient_id = %s AND status = 'draft'"
    chips = []
    doctors = visit(SMALL_LAPTOP)
    doctors.log_in("ibarra@demo.example")
    for one in (patient, other):
        [(plan,)] = site.query(drafts, one)
        doctors.page.goto(f"/plans/{plan}/review/")
        chips.append(doctors.page.locator(".pbar a.chip", has_text="Piloto: dyspepsia").count())
    evaluated = "SELECT count(*) FROM plans_evaluation WHERE patient_id = %s AND trial_id IS NOT NULL"
    assert [site.query(evaluated, one)[0][0] for one in (patient, other)] == [1, 0]
    assert chips[1] == 0

    assert wrong_in(screen, trial, "/studio/trials/", "/studio/", f"/studio/proposals/{proposal}/") == []
    page.goto(trial)
    page.locator("#why_stop").fill("Para probar el camino")
    with page.expect_navigation():
        page.get_by_role("button", name="Detenerla ahora").click()
    expect(page.locator("main")).to_contain_text("Para probar el camino")
    expect(page.locator("header .chip", has_text="Detenida")).to_be_visible()
    assert wrong_in(screen, trial) == []
    first.page.goto(draft)
    expect(first.page.get_by_role("button", name="Guardar", exact=True)).to_be_visible()  # the draft is open again
