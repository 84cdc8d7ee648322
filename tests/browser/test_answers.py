"""Answers on a phone that loses its network, on two devices, in two languages, by keyboard, and by staff."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import LAPTOP, NARROW, PHONE, Visit, is_wider_than_the_screen, violations
from tests.site import Site

DOCTOR = "vidal@demo.example"
KEPT = "Guardado en este dispositivo"
MINE = "Object.entries(localStorage).filter(([name]) => name.startsWith('pauta-kept:'))"
STORED = f"() => {MINE}.map(([, text]) => text)"
AGED = f"""hours => {MINE}.forEach(([name, text]) => {{
  const [, at, key] = name.split(':');
  localStorage.removeItem(name);
  localStorage.setItem(`pauta-kept:${{String(Number(at) - hours * 3600000).padStart(15, '0')}}:${{key}}`, text);
}})"""


@pytest.fixture
def phone(visit: Callable[..., Visit]) -> Callable[[str], Page]:
    """Return a way to open a phone with a patient's page of today in the diary, begun by one tap on "pain: 2"."""

    def begun(email: str) -> Page:
        page = visit(PHONE).log_in(email)
        page.goto("/portal/days/")
        page.locator(".first-tap button", has_text="2").first.click()
        expect(page.locator("#q-diary_pain input:checked")).to_have_value("2")
        return page

    return begun


def choose(page: Page, item: str, value: str) -> None:
    page.locator(f"label[for='{item}-{value}']").click()


def status(page: Page) -> Locator:
    return page.locator("#saved")


def stored(page: Page) -> list[str]:
    return list(page.evaluate(STORED))


def response_of(page: Page) -> str:
    found = re.search(r"/(?:intake|answers)/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return found[1]


def rows(site: Site, response: str, code: str) -> int:
    told = site.query("select count(*) from patients_observation where source_id = %s and code = %s", response, code)
    return int(str(told[0][0]))


def is_sent(site: Site, response: str) -> bool:
    return site.query("select status from intake_questionnaireresponse where id = %s", response) == [("completed",)]


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.1)


def test_a_page_of_the_diary_takes_six_taps_and_less_than_a_minute(visit: Callable[..., Visit]) -> None:
    page = visit(PHONE).log_in("patient10@demo.example")
    page.goto("/portal/")
    taps, began = 0, time.monotonic()
    for target in (
        ".first-tap button:has-text('3')",
        ".tally:has-text('Tipo 4') .more",
        "label[for='diary_bloating-2']",
        "label[for='diary_heartburn-0']",
        "label[for='blood_or_black_stool_today-no']",
        ".pfoot .btn-primary",
    ):
        page.locator(target).first.tap()
        taps += 1
    expect(page.locator("h1")).to_contain_text("Gracias")
    assert taps == 6
    assert time.monotonic() - began < 60
    page.goto("/portal/days/")
    today = page.locator(".month td.today")
    assert "anotado" in today.inner_text()
    assert page.locator(".today dd").all_inner_texts() == ["3", "0", "2", "1"]


def test_a_page_begun_with_network_and_finished_without_is_sent_once_also_from_a_closed_tab(
    phone: Callable[[str], Page], site: Site
) -> None:
    page = phone("patient11@demo.example")
    response = response_of(page)
    page.context.set_offline(True)
    choose(page, "diary_bloating", "4")
    expect(status(page)).to_contain_text(KEPT)
    choose(page, "diary_heartburn", "1")
    choose(page, "blood_or_black_stool_today", "no")
    page.locator(".pfoot .btn-primary").click()
    expect(page.locator("#kept-note")).to_contain_text("aunque la cierre")
    assert violations(page) == []
    assert len(stored(page)) == 4
    assert not any("diary" in text for text in stored(page))  # whoever finds the phone reads nothing
    context: BrowserContext = page.context
    page.close()
    context.set_offline(False)
    later = context.new_page()
    later.goto("/portal/more/")
    until(lambda: is_sent(site, response))
    until(lambda: stored(later) == [])
    assert [rows(site, response, code) for code in ("diary_pain", "diary_bloating", "diary_heartburn")] == [1, 1, 1]


def test_the_network_comes_back_while_the_page_is_open(phone: Callable[[str], Page], site: Site) -> None:
    page = phone("patient12@demo.example")
    response = response_of(page)
    page.context.set_offline(True)
    choose(page, "diary_bloating", "5")
    choose(page, "blood_or_black_stool_today", "no")
    page.locator(".pfoot .btn-primary").click()
    expect(page.locator("#kept-note")).to_contain_text("No hay red")
    assert not is_sent(site, response)
    page.context.set_offline(False)
    page.wait_for_url(re.compile("thank-you"))
    assert rows(site, response, "diary_bloating") == 1


def test_a_red_flag_shows_its_screen_without_network_and_reaches_the_clinic_when_it_is_back(
    phone: Callable[[str], Page], site: Site
) -> None:
    page = phone("patient13@demo.example")
    response = response_of(page)
    alerts = "select count(*) from alerts_alert a join intake_questionnaireresponse r using (patient_id)"
    told = f"{alerts} where r.id = %s and a.last_raised_at > r.started_at"
    page.context.set_offline(True)
    choose(page, "blood_or_black_stool_today", "yes")
    expect(page.get_by_role("alert")).to_contain_text("Llame hoy a la clínica")
    expect(page.locator("#alarm")).to_contain_text("No hemos podido avisar")
    expect(page.get_by_role("link", name="Llamar al 112")).to_be_visible()
    assert violations(page) == []
    assert site.query(told, response) == [(0,)]
    page.locator("[data-alarm-close]").click()
    expect(page.locator("#q-diary_pain")).to_be_visible()
    began = time.monotonic()
    page.context.set_offline(False)
    until(lambda: site.query(told, response) == [(1,)])
    assert time.monotonic() - began < 10
    expect(page.get_by_role("alert")).to_contain_text("Llame hoy a la clínica")
    expect(page.locator("main")).to_contain_text("Ya hemos avisado a la clínica")


def test_a_newer_answer_from_another_device_stays_and_the_first_one_is_told(
    phone: Callable[[str], Page], visit: Callable[..., Visit]
) -> None:
    email = "patient14@demo.example"
    first = phone(email)
    first.context.set_offline(True)
    choose(first, "diary_bloating", "1")
    expect(status(first)).to_contain_text(KEPT)
    second = visit(LAPTOP).log_in(email)
    second.goto(first.url)
    expect(second.locator("#q-diary_pain input:checked")).to_have_value("2")  # goes on where the phone was
    with second.expect_response(lambda reply: reply.request.method == "POST"):
        choose(second, "diary_bloating", "7")
    first.context.set_offline(False)
    expect(first.locator(".toast-p")).to_contain_text("más reciente")
    second.reload()
    expect(second.locator("#q-diary_bloating input:checked")).to_have_value("7")


def test_what_is_kept_goes_at_logout_and_after_a_day(phone: Callable[[str], Page]) -> None:
    page = phone("patient15@demo.example")
    page.route("**/intake/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    choose(page, "diary_bloating", "1")
    expect(status(page)).to_contain_text(KEPT)
    page.evaluate(AGED, 25)
    page.reload()
    expect(page.locator(".toast-p")).to_contain_text("más de un día")
    assert stored(page) == []
    choose(page, "diary_bloating", "3")
    expect(status(page)).to_contain_text(KEPT)
    assert len(stored(page)) == 1
    page.goto("/portal/more/")
    page.locator("main form[action$='/logout/'] button").click()
    page.wait_for_url(lambda url: "/portal/" not in url)
    assert stored(page) == []


def test_a_change_of_language_in_the_middle_keeps_every_answer(phone: Callable[[str], Page]) -> None:
    page = phone("patient16@demo.example")
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        choose(page, "diary_heartburn", "6")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#q-diary_pain legend")).to_have_text("How much did your belly hurt?")
    expect(page.locator("#q-diary_heartburn input:checked")).to_have_value("6")
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        choose(page, "diary_bloating", "1")
    key = response_of(page)
    page.get_by_role("button", name="Español").click()
    page.goto(f"/portal/answers/{key}/")
    said = page.locator(".said div")
    expect(said.filter(has_text="¿Cuánto ardor ha tenido?")).to_contain_text("6")
    expect(said.filter(has_text="How bloated was your belly?")).to_contain_text("1")  # as it was asked


def test_a_page_of_the_diary_is_filled_in_by_keyboard_alone(visit: Callable[..., Visit], site: Site) -> None:
    page = visit(LAPTOP).log_in("patient17@demo.example")
    page.goto("/portal/days/")
    page.locator(".first-tap button").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/intake/"))
    response = response_of(page)
    page.locator(".tally .more").nth(3).focus()
    for key in ("Enter", "Space"):  # two of type 4
        with page.expect_response(lambda reply: reply.request.method == "POST"):
            page.keyboard.press(key)
    page.keyboard.press("Tab")
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        page.keyboard.press("Enter")  # and one less again
    expect(page.locator(".tally .times").nth(3)).to_have_text("1")
    page.locator("#blood_or_black_stool_today-yes").focus()
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        page.keyboard.press("ArrowRight")
    page.locator(".pfoot .btn-primary").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("thank-you"))
    assert rows(site, response, "diary_stools") == 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_diary_fits_the_smallest_phone_and_passes_axe(phone: Callable[[str], Page], language: str) -> None:
    page = phone({"es": "patient18@demo.example", "en": "patient08@demo.example"}[language])
    page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    for path in (page.url, "/portal/days/", "/portal/"):
        page.goto(path)
        assert not is_wider_than_the_screen(page), path
        assert violations(page) == [], path


def test_a_doctor_fills_in_for_a_patient_and_everybody_reads_so(
    phone: Callable[[str], Page], visit: Callable[..., Visit], site: Site
) -> None:
    own = phone("patient19@demo.example")
    begun = response_of(own)
    [[patient]] = site.query("select patient_id from intake_questionnaireresponse where id = %s", begun)
    doctor = visit(LAPTOP).log_in(DOCTOR)
    doctor.goto(f"/intake/for/{patient}/")
    assert violations(doctor) == []
    doctor.get_by_role("button", name="GerdQ").first.click()
    doctor.wait_for_url(re.compile(r"/intake/[0-9a-f-]{36}/"))
    expect(doctor.locator(".pmain .known").first).to_contain_text("lo rellena por")
    assert violations(doctor) == []
    while doctor.locator("fieldset.q").count():
        for field in doctor.locator("fieldset.q").all():
            with doctor.expect_response(lambda reply: reply.request.method == "POST"):
                field.locator("label").first.click()
        doctor.locator(".pfoot .btn-primary").click()
        doctor.wait_for_load_state()
    assert stored(doctor) == []  # nothing stays on a machine of the clinic
    doctor.get_by_role("button", name="Enviar").click()
    doctor.wait_for_url(re.compile("/answers/"))
    expect(doctor.locator("main")).to_contain_text("rellenado por Dra. Elena Vidal")
    assert violations(doctor) == []
    own.goto(f"/portal/answers/{response_of(doctor)}/")
    expect(own.locator("main")).to_contain_text("rellenado por Dra. Elena Vidal")


def test_who_may_not_fill_in_finds_nothing_there(visit: Callable[..., Visit], site: Site) -> None:
    [[patient]] = site.query("select id from patients_patient limit 1")
    page = visit(LAPTOP).log_in("patient20@demo.example")
    page.goto(f"/intake/for/{patient}/")
    expect(page.locator("fieldset, form[action*='intake']")).to_have_count(0)
    assert "lo rellena" not in page.content()
