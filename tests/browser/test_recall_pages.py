"""A recall in a browser: a director asks for a rule at a version, a doctor finds the task in the list and closes it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SMALL_LAPTOP, tab_to
from tests.browser.test_studio_pages import as_director, wrong_in
from tests.site import Site

pytestmark = pytest.mark.browser
DIRECTOR = "salas@demo.example"
# A rule that treated somebody in the demonstration, and who treats that patient: of the items a signed plan holds.
RULES = """
from webapp.accounts.models import User, email_index
from webapp.plans.models import PlanItem
for email in ("ibarra@demo.example", "vidal@demo.example"):
    doctor = User.objects.get(email_index=email_index(email))
    items = PlanItem.objects.filter(plan__status="signed", decision__in=["accepted", "edited"],
        plan__patient__general_practitioner=doctor)
    found = sorted({(one["protocol"] + "." + one["rule"], one["version"])
        for item in items for one in item.content.get("reasons") or ()})
    if found:
        print(*found[0], email, doctor.pk)
        break
"""


def test_a_director_recalls_whom_a_rule_treated_and_the_doctor_settles_it(visit: Callable, site: Site) -> None:
    rule, version, email, doctor_id = site.manage("shell", "-v", "0", "-c", RULES).split()[-4:]
    screen = as_director(visit, DIRECTOR)
    page = screen.page
    page.goto("/studio/recall/")
    assert wrong_in(screen, "/studio/recall/", "/studio/recall/?rule=a.b&version=9") == []
    page.goto("/studio/recall/")
    tab_to(page, page.get_by_label("Regla, con su protocolo"))
    page.keyboard.insert_text(rule)
    tab_to(page, page.get_by_label("Versión"))
    page.keyboard.insert_text(version)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    asked = re.sub(r"^https?://[^/]+", "", page.url)
    expect(page.locator("main")).to_contain_text("en tratamiento")
    expect(page.locator("main")).to_contain_text("solo lo ven aquí los médicos")
    with page.expect_navigation():
        page.get_by_role("button", name="Dar las tareas a los médicos").click()
    expect(page.locator("main")).to_contain_text("han resuelto 0 de")
    assert wrong_in(screen, asked) == []

    mine = "SELECT id::text FROM plans_recalltask WHERE settled_at IS NULL AND doctor_id = %s LIMIT 1"
    [(task,)] = site.query(mine, int(doctor_id))
    doctor = visit(SMALL_LAPTOP)
    doctor.log_in(email)
    doctor.page.goto("/desk/?tab=recalled")
    expect(doctor.page.locator("main")).to_contain_text("Revisión pedida por")
    assert wrong_in(doctor, f"/plans/recalls/{task}/", asked) == []
    doctor.page.goto(f"/plans/recalls/{task}/")
    doctor.page.get_by_label("Qué se ha hecho").fill("Llamada: sigue bien")
    with doctor.page.expect_navigation():
        doctor.page.get_by_role("button", name="hecho").click()
    assert site.query("SELECT count(*) FROM plans_recalltask WHERE id = %s AND settled_at IS NOT NULL", task) == [(1,)]
    doctor.page.goto(asked)
    expect(doctor.page.locator("main")).to_contain_text("han resuelto 1 de")
    expect(doctor.page.locator("main")).to_contain_text("Queda anotado que ha visto estos nombres")
