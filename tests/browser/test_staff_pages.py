"""Every page of every role that works here: both languages, laptop and narrow phone, no barrier and nothing cut off."""

from typing import Any

import pytest

from tests.browser.conftest import NARROW, SMALL_LAPTOP, Visit, code_of, is_wider_than_the_screen, violations
from tests.site import Site

# Where the objects of the pages come from: Marina's record, which has an entry of nearly every kind, and her draft.
OBJECTS = {
    "patient": """SELECT a.patient_id FROM patients_allergyintolerance a JOIN plans_plan p USING (patient_id)
        JOIN patients_relatedperson r USING (patient_id) JOIN patients_documentreference d USING (patient_id)
        WHERE p.status = 'draft' AND a.active LIMIT 1""",
    "allergy": "SELECT id FROM patients_allergyintolerance WHERE patient_id = '{patient}' AND active LIMIT 1",
    "contact": "SELECT id FROM patients_relatedperson WHERE patient_id = '{patient}' AND active LIMIT 1",
    "document": "SELECT id FROM patients_documentreference WHERE patient_id = '{patient}' AND active LIMIT 1",
    "value": "SELECT id FROM patients_observation WHERE patient_id = '{patient}' AND origin = 'lab' LIMIT 1",
    "asked": """SELECT id FROM intake_questionnaireresponse WHERE patient_id = '{patient}' AND status = 'completed'
        LIMIT 1""",
    "plan": "SELECT id FROM plans_plan WHERE patient_id = '{patient}' AND status = 'draft' LIMIT 1",
    "item": "SELECT id FROM plans_planitem WHERE plan_id = '{plan}' ORDER BY position LIMIT 1",
    "signed": "SELECT id FROM plans_plan WHERE status = 'signed' ORDER BY signed_at LIMIT 1",
    "replaced": "SELECT id FROM plans_plan WHERE status IN ('replaced', 'discarded') ORDER BY created_at LIMIT 1",
    "protocol": """SELECT v.id FROM rules_version v JOIN rules_sourcefile f ON f.id = v.source_file_id
        WHERE f.kind = 'protocol' AND v.status = 'published' ORDER BY f.name LIMIT 1""",
    "share": "SELECT id FROM sharing_share WHERE patient_id = '{patient}' ORDER BY opened_at LIMIT 1",
    "colleague": "SELECT u.user_id FROM accounts_userrole u WHERE u.role = 'dietitian' LIMIT 1",
}
RECORD, DESK = "/desk/patients/{patient}/", "/desk/patients/"
IDENTITY = (RECORD, RECORD + "identity/", RECORD + "contacts/new/", RECORD + "contacts/{contact}/", DESK + "new/")
INVITING = ("/desk/invitations/", RECORD + "invitation/", RECORD + "consents/")
PAGES = {
    "vidal": (
        "/desk/", "/desk/?tab=watched", DESK, *IDENTITY, *INVITING,
        *(f"{RECORD}record/{code_of(kind)}/new/" for kind in ("allergies", "medications", "reports", "treatments")),
        f"{RECORD}record/{code_of('allergies')}/{{allergy}}/", f"{RECORD}record/{code_of('documents')}/{{document}}/",
        RECORD + "measurements/new/", RECORD + "measurements/{value}/", RECORD + "answers/{asked}/",
        f"{RECORD}all/{code_of('plans')}/", f"{RECORD}all/{code_of('medications')}/", "/intake/for/{patient}/",
        "/desk/who-looked/", "/desk/who-looked/{patient}/", "/desk/views/", RECORD + "time/", RECORD + "course/",
    ),
    "salas": ("/accounts/hat/", "/accounts/security/", "/accounts/confirm/?next=/", "/nowhere/"),
    "ibarra": (
        "/plans/{plan}/review/", "/plans/{signed}/review/", "/plans/{replaced}/review/", "/plans/{plan}/patient-text/",
        "/plans/{plan}/add/", "/plans/{plan}/items/{item}/why/", "/plans/{plan}/outlook/",
        "/plans/{plan}/what-if/", "/plans/{plan}/hand-over/",
    ),
    "dietitian": ("/desk/", "/plans/{plan}/review/"),
    "director": (
        "/studio/", "/studio/?q=omeprazol", "/studio/?q=zzzz", "/studio/uses/?name=age", "/studio/uses/?name=omeprazo",
        "/studio/use/", "/studio/trials/", "/studio/recall/", "/studio/{protocol}/", "/studio/{protocol}/read/",
        "/accounts/tokens/", "/accounts/password/change/",
    ),
    "front_desk": (DESK, *IDENTITY, *INVITING),
    "administrator": (
        "/accounts/staff/", "/accounts/staff/?q=zzzz", "/accounts/staff/new/", "/accounts/staff/{colleague}/",
        "/accounts/permissions/", "/accounts/features/", "/jobs/", "/desk/who-looked/", "/desk/who-looked/{patient}/",
    ),
    "specialist": (
        "/shared/", *(f"/shared/{{share}}/{code_of(name)}/" for name in ("history", "treatments", "results", "diary")),
    ),
    "marketing": ("/",),
    "billing": ("/",),
}  # fmt: skip


@pytest.fixture(scope="module")
def objects(site: Site) -> dict[str, str]:
    """Return the numbers of what the pages are about."""
    found: dict[str, str] = {}
    for name, text in OBJECTS.items():
        rows = site.query(text.format(**found).replace("%", "%%"))
        assert rows, f"the demo has no {name}"
        found[name] = str(rows[0][0])
    return found


def faults(screen: Visit, path: str) -> list[Any]:
    """Return what is wrong with a page, loaded once and looked at in both widths."""
    page, found = screen.page, []
    page.set_viewport_size(SMALL_LAPTOP)
    page.goto(path)
    if page.locator("html").get_attribute("lang") != screen.language:
        found.append(f"{path} is not in {screen.language}")
    for size in (SMALL_LAPTOP, NARROW):
        page.set_viewport_size(size)
        found += [f"{path} at {size['width']}: {one}" for one in violations(page)]
        if is_wider_than_the_screen(page):
            found.append(f"{path} is wider than {size['width']}")
    return found


@pytest.mark.parametrize("who", PAGES)
def test_a_role_finds_its_pages_whole(visit, objects, who):
    screen = visit(SMALL_LAPTOP)
    screen.log_in(f"{who}@demo.example")
    for language in ("es", "en"):
        screen.read_in(language)
        assert [one for path in PAGES[who] for one in faults(screen, path.format(**objects))] == []


def test_a_director_reads_a_protocol_at_the_line_a_plan_names(visit):
    page = visit().log_in("director@demo.example")
    page.goto("/studio/")
    page.get_by_role("link", name="Enfermedad por reflujo gastroesofágico").click()
    page.wait_for_load_state()
    assert page.locator("#L1").is_visible()


@pytest.mark.parametrize("path", ["/desk/", "/studio/", "/plans/", "/portal/plan/"])
def test_a_role_that_may_not_sees_the_page_of_nothing_here(visit, path):
    page = visit().log_in("marketing@demo.example")
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404
    assert "Aquí no hay nada para usted" in page.locator("main").inner_text()
