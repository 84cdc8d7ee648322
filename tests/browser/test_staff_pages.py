"""Every page of every other role: both languages, laptop and narrow phone, no barrier and nothing cut off."""

import pytest

from tests.browser.conftest import LAPTOP, NARROW, is_wider_than_the_screen, violations

HOMES = {
    "director@demo.example": ["/studio/", "/accounts/password/change/"],
    "dietitian@demo.example": ["/desk/", "/desk/patients/"],
    "front_desk@demo.example": ["/desk/patients/"],
    "marketing@demo.example": ["/"],
    "administrator@demo.example": ["/"],
    "salas@demo.example": ["/accounts/hat/"],
}


@pytest.mark.parametrize("email", HOMES)
@pytest.mark.parametrize("size", [LAPTOP, NARROW])
def test_a_role_finds_its_pages_whole(visit, email, size):
    page = visit(size).log_in(email)
    for path in HOMES[email]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        assert violations(page) == [], path
        assert not is_wider_than_the_screen(page), path


@pytest.mark.parametrize("size", [LAPTOP, NARROW])
def test_a_director_reads_a_protocol_at_the_line_a_plan_names(visit, size):
    page = visit(size).log_in("director@demo.example")
    page.goto("/studio/")
    page.get_by_role("link", name="Enfermedad por reflujo gastroesofágico").click()
    page.wait_for_load_state()
    assert page.locator("#L1").is_visible()
    assert violations(page) == []
    assert not is_wider_than_the_screen(page)


@pytest.mark.parametrize("path", ["/desk/", "/studio/", "/plans/", "/portal/plan/"])
def test_a_role_that_may_not_sees_the_page_of_nothing_here(visit, path):
    page = visit().log_in("marketing@demo.example")
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404
    assert "Aquí no hay nada para usted" in page.locator("main").inner_text()
