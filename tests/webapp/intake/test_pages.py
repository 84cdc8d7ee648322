"""The screens as a browser meets them: with scripts and without, in both languages, and for nobody else."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, say, signed_in
from tests.webapp.people import a_patient_with_login, a_text, a_user
from webapp.alerts import services as alerts
from webapp.alerts.models import Alert
from webapp.base.codes import code_of
from webapp.intake import selectors
from webapp.intake.models import QuestionnaireResponse
from webapp.intake.screens import Advice
from webapp.patients import services as patients
from webapp.patients.models import Consent

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def patient():
    return a_respondent()


@pytest.fixture
def browser(client, patient):
    return signed_in(client, patient.user)


@pytest.fixture
def response(patient):
    return begun(patient)


def at(name, response, *more):
    return reverse(f"intake:{name}", args=[response.pk, *more])


def text(page):
    return re.sub(r"\s+", " ", page.content.decode())


def test_the_first_question_comes_only_after_the_consent(client):
    patient, consent = a_patient_with_login(), a_text()
    browser = signed_in(client, patient.user)
    page = browser.post(reverse("intake:start"), {"questionnaire": "intake"})
    assert "Acepto que la clínica me trate." in text(page)
    assert not QuestionnaireResponse.objects.exists()
    done = browser.post(reverse("intake:consent"), {"text": consent.pk, "questionnaire": "intake"})
    response = QuestionnaireResponse.objects.get()
    assert done.url == at("resume", response)
    given = Consent.objects.get()
    assert (given.text, given.channel, given.recorded_by) == (consent, "portal", patient.user)


def test_no_address_names_a_group_or_a_question(browser, response):
    book = selectors.book_of(response).questionnaire
    names = {group.name for group in book.groups} | {one.item for group in book.groups for one in group.questions}
    addresses = [browser.get(at("resume", response)).url]
    for group in book.groups:
        page = browser.get(at("group", response, group.name))
        addresses += re.findall(r'(?:href|action|hx-post|hx-get|data-answer-to)="([^"#]*)', page.content.decode())
    assert len([one for one in addresses if "/intake/" in one]) > len(names)
    assert not [one for one in addresses if names & set(re.split(r"[/?&=]", one))]


def test_an_address_of_no_group_or_question_of_this_questionnaire_is_not_found(browser, response):
    for group, item in (("stomach", "nothing"), ("nowhere", "vomiting")):
        assert browser.post(at("answer", response, group, item), {"vomiting": "yes"}).status_code == 404
    assert browser.get(at("group", response, "nowhere")).status_code == 404
    assert browser.get(f"/intake/{response.pk}/stomach/").status_code == 404


def test_a_consent_text_that_was_replaced_while_being_read_is_shown_anew(client):
    patient, old = a_patient_with_login(), a_text()
    browser = signed_in(client, patient.user)
    patients.publish_consent_text(purpose="treatment", body_es="Texto nuevo", body_en="New text", actor=None)
    page = browser.post(reverse("intake:consent"), {"text": old.pk}, follow=True)
    assert "Texto nuevo" in text(page)
    assert not Consent.objects.exists()


def test_one_group_a_screen_with_where_one_is(browser, response):
    page = text(browser.get(at("resume", response), follow=True))
    assert "El estómago" in page
    assert "Su cuerpo" not in page
    assert "1 de 3 · quedan unos 4 minutos" in page
    assert page.count("No lo sé") == 3


def test_an_answer_is_saved_at_once_and_the_page_says_so(browser, response):
    page = browser.post(at("answer", response, "stomach", "heartburn_days"), {"heartburn_days": "3"}, **HTMX)
    assert answers(response) == {"heartburn_days": {"value": 3}}
    assert f"Guardado {timezone.localtime():%H}" in text(page)
    assert "HX-Retarget" not in page.headers


def test_an_answer_that_others_depend_on_shows_the_group_anew(browser, response):
    page = browser.post(at("answer", response, "stomach", "vomiting"), {"vomiting": "no"}, **HTMX)
    assert page.headers["HX-Retarget"] == "#group"
    assert "¿Con sangre?" not in text(page)
    page = browser.post(at("answer", response, "stomach", "vomiting"), {"vomiting": "yes"}, **HTMX)
    assert "¿Con sangre?" in text(page)


def test_what_cannot_be_is_asked_beside_its_field_and_the_offered_unit_saves_it(browser, response):
    address = at("answer", response, "body", "weight_kg")
    page = text(browser.post(address, {"weight_kg": "61500", "weight_kg-unit": "kg"}, **HTMX))
    assert "61500 kg no es posible. ¿Son 61500 g?" in page
    assert "Guardado" not in page
    browser.post(address, {"weight_kg": "61500", "weight_kg-unit": ["kg", "g"]}, **HTMX)
    assert answers(response)["weight_kg"] == {"value": "61500", "unit": "g"}


def test_without_scripts_a_whole_screen_is_saved_and_the_next_one_comes(browser, response):
    done = browser.post(at("group", response, "stomach"), {"heartburn_days": "2", "vomiting": "no", "go": "next"})
    assert done.url == at("group", response, "body")
    assert answers(response) == {"heartburn_days": {"value": 2}, "vomiting": {"value": False}}
    back = browser.post(at("group", response, "body"), {"weight_kg": "70", "weight_kg-unit": "kg", "go": "back"})
    assert back.url == at("group", response, "stomach")
    assert 'value="2" checked' in text(browser.get(back.url))


def test_without_scripts_a_screen_with_a_doubtful_value_stays_with_what_was_typed(browser, response):
    page = browser.post(
        at("group", response, "body"), {"weight_kg": "7", "weight_kg-unit": "kg", "pregnant": "no", "go": "next"}
    )
    assert page.status_code == 200
    assert 'value="7"' in text(page)
    assert answers(response) == {"pregnant": {"value": False}}


def test_without_scripts_a_question_opened_by_an_answer_is_shown_before_going_on(browser, response):
    say(response, "vomiting", "no")
    page = browser.post(at("group", response, "stomach"), {"vomiting": "yes", "go": "next"})
    assert page.status_code == 200
    assert "¿Con sangre?" in text(page)


def test_one_goes_on_where_one_left(browser, response):
    say(response, "heartburn_days", "2")
    say(response, "vomiting", "no")
    assert browser.get(at("resume", response)).url == at("group", response, "body")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_red_flag_shows_its_fixed_instruction_within_the_request(browser, response, scripts):
    say(response, "vomiting", "yes")
    if scripts:
        page = browser.post(at("answer", response, "stomach", "gi_bleeding"), {"gi_bleeding": "yes"}, **HTMX)
        assert page.headers["HX-Retarget"] == "body"
    else:
        page = browser.post(at("group", response, "stomach"), {"gi_bleeding": "yes", "vomiting": "yes", "go": "next"})
    shown = text(page)
    assert "Llame ahora al 112" in shown
    assert 'href="tel:112"' in shown
    assert "Siéntese y no conduzca." in shown
    assert "Ya hemos avisado a la clínica" in shown
    assert Alert.objects.get(patient=response.patient).urgency == "emergency"
    assert answers(response)["gi_bleeding"] == {"value": True}


@pytest.mark.parametrize(("number", "look"), [("112", "urgent-top"), ("", "urgent-top soon")])
def test_only_what_must_be_called_for_is_red(number, look):
    advice = Advice("Su médico lo verá pronto", "Lo que ha marcado se mira pronto.", ("Puede seguir.",), number)
    shown = render_to_string("intake/_urgent_what.html", {"first": advice, "others": []})
    assert f'class="{look}"' in shown
    assert ('href="tel:112"' in shown) is bool(number)


def test_the_instruction_can_be_opened_again_while_the_answer_stands_and_taken_back(browser, response):
    address = at("urgent", response, "stomach", "gi_bleeding")
    assert browser.get(address).status_code == 404
    say(response, "gi_bleeding", "yes")
    assert "112" in text(browser.get(address))
    done = browser.post(at("mistake", response, "stomach", "gi_bleeding"), follow=True)
    assert "La respuesta queda retirada" in text(done)
    assert "gi_bleeding" not in answers(response)
    assert browser.get(address).status_code == 404


def test_opened_again_the_instruction_claims_that_the_clinic_knows_only_where_its_alert_is(
    browser, response, monkeypatch
):
    def unreachable(**_alert):
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(alerts, "raise_", unreachable)
        say(response, "gi_bleeding", "yes")
    address = at("urgent", response, "stomach", "gi_bleeding")
    shown = text(browser.get(address))
    assert "Llame ahora al 112" in shown
    assert "Ya hemos avisado a la clínica" not in shown
    back = text(browser.post(at("mistake", response, "stomach", "gi_bleeding"), follow=True))
    assert "La respuesta queda retirada" in back
    assert "La clínica ya estaba avisada" not in back
    say(response, "gi_bleeding", "yes")
    assert "Ya hemos avisado a la clínica" in text(browser.get(address))


def test_an_alert_of_another_time_does_not_say_that_the_clinic_knows_of_this_one(browser, response):
    say(response, "gi_bleeding", "yes")
    Alert.objects.update(raised_at=response.started_at - DAY, last_raised_at=response.started_at - DAY)
    assert "Ya hemos avisado" not in text(browser.get(at("urgent", response, "stomach", "gi_bleeding")))


def test_a_list_offers_names_and_keeps_what_it_does_not_know(browser, response):
    found = browser.post(at("search", response, "lists", "medications"), {"medications-text": "ome"})
    assert "Omeprazol" in text(found)
    page = browser.post(
        at("answer", response, "lists", "medications"),
        {"medications-text": "ome", "medications-pick": "Omeprazol", "medications-dose": "20 mg"},
        **HTMX,
    )
    assert page.headers["HX-Retarget"] == "#q-medications"
    assert "20 mg" in text(page)
    page = browser.post(at("group", response, "lists"), {"allergies-text": "polvo de luna"})
    assert "Queda como lo ha escrito" in text(page)
    assert "No está en nuestra lista" in text(
        browser.post(at("search", response, "lists", "allergies"), {"allergies-text": "zzzz"})
    )


def test_the_last_look_names_what_is_missing_and_sending_thanks(browser, response):
    page = text(browser.get(at("check", response)))
    assert "Contestar esto" in page
    page = text(browser.post(at("check", response)))
    assert page.count("Faltan preguntas") == 1
    missing = page.partition('<ul class="missing"')[2].partition("</ul>")[0]  # first, each one press away
    assert re.findall('#([0-9a-f]{10})"', missing) == [code_of("gi_bleeding"), code_of("pregnant")]
    for item, said in (("vomiting", "no"), ("pregnant", "no"), ("heartburn_days", "4")):
        say(response, item, said)
    done = browser.post(at("check", response))
    assert done.url == at("thanks", response)
    assert "Gracias, está enviado" in text(browser.get(done.url))
    assert browser.post(at("check", response)).url == done.url


def test_a_second_window_learns_that_it_was_sent_and_changes_nothing(browser, response):
    for item, said in (("vomiting", "no"), ("pregnant", "no")):
        say(response, item, said)
    browser.post(at("check", response))
    late = browser.post(at("answer", response, "stomach", "heartburn_days"), {"heartburn_days": "7"}, **HTMX)
    assert late.headers["HX-Redirect"] == at("thanks", response)
    assert browser.post(at("group", response, "stomach"), {"go": "next"}).url == at("thanks", response)
    assert "heartburn_days" not in answers(response)


def test_a_second_window_may_close_a_question_the_first_one_still_shows(browser, response):
    say(response, "vomiting", "no")
    page = browser.post(at("answer", response, "stomach", "gi_bleeding"), {"gi_bleeding": "yes"}, **HTMX)
    assert page.headers["HX-Retarget"] == "#group"
    assert "gi_bleeding" not in answers(response)
    assert not Alert.objects.exists()


def test_a_page_of_the_diary_is_sent_with_one_tap(browser, patient):
    page = begun(patient, "diary", for_day=timezone.localdate())
    shown = text(browser.get(at("group", page, "today")))
    assert "Enviar" in shown
    done = browser.post(at("group", page, "today"), {"diary_pain": "3", "diary_stools-4": "1", "go": "next"})
    assert done.url == at("thanks", page)
    page.refresh_from_db()
    assert page.status == "completed"


WHERE = {"group": ["stomach"]} | {name: ["stomach", "vomiting"] for name in ("answer", "search", "urgent", "mistake")}


@pytest.mark.parametrize("name", ["resume", "check", "thanks", "kept", *WHERE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_persons_questionnaire_does_not_exist(client, response, name, method):
    browser = signed_in(client, a_respondent().user)
    page = getattr(browser, method)(at(name, response, *WHERE.get(name, [])), {"vomiting": "yes"})
    assert page.status_code in (404, 405)
    assert not answers(response)


@pytest.mark.parametrize("role", ["front_desk", "marketing", "director", "administrator"])
def test_the_screens_are_for_patients_and_clinicians_only(client, response, role):
    browser = signed_in(client, a_user(role))
    for page in (browser.get(at("resume", response)), browser.post(reverse("intake:start"), {})):
        assert page.status_code == 404


def test_a_stranger_is_sent_to_the_login(client, response):
    assert "/accounts/login/" in client.get(at("resume", response)).url
    assert "/accounts/login/" in client.post(at("answer", response, "stomach", "vomiting"), **HTMX)["HX-Redirect"]


def test_an_unknown_group_or_item_does_not_exist(browser, response):
    assert browser.get(at("group", response, "nothing")).status_code == 404
    assert browser.post(at("search", response, "stomach", "vomiting")).status_code == 404


def test_no_name_that_is_looked_up_stands_in_an_address(browser, response):
    page = text(browser.get(at("group", response, "lists")))
    assert "hx-get" not in page
    assert browser.get(at("search", response, "lists", "medications"), {"medications-text": "ome"}).status_code == 405


def test_the_whole_screen_speaks_english_to_who_chose_it(client):
    patient = a_respondent()
    patient.user.language = "en"
    patient.user.save(update_fields=["language"])
    response = begun(patient, language="en")
    page = text(signed_in(client, patient.user).get(at("group", response, "stomach")))
    assert "How many days have you had heartburn?" in page
    assert "about 4 minutes left" in page
    assert "No lo sé" not in page


def test_no_page_carries_anything_inline(browser, response):
    say(response, "medications", medications__text="omeprazol")
    for group in ("stomach", "body", "lists"):
        page = text(browser.get(at("group", response, group)))
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_a_screen_asks_the_database_a_fixed_number_of_times(browser, response, django_assert_max_num_queries):
    say(response, "heartburn_days", "2")
    browser.get(at("group", response, "stomach"))
    with django_assert_max_num_queries(16):
        browser.get(at("group", response, "stomach"))
