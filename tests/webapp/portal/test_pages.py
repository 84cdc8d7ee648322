"""The patient's first page, diary, answers and consents."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.rules.texts import INTAKE
from tests.webapp.intake.factories import a_respondent, a_shelf, begun, say, signed_in
from tests.webapp.people import a_patient_with_login, a_text
from webapp.audit import services as audit
from webapp.intake import services as intake
from webapp.intake.models import QuestionnaireResponse
from webapp.patients import selectors as patients
from webapp.patients.models import Consent
from webapp.portal import selectors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


def the_page(client, patient, name="home", *arguments):
    return words(signed_in(client, patient.user).get(reverse(f"portal:{name}", args=arguments)))


def sent(patient, name="intake", said=(("vomiting", "no"), ("pregnant", "no")), **values):
    response = begun(patient, name, **values)
    for item, value in said:
        say(response, item, value)
    intake.submit(response_id=response.pk, actor=patient.user, today=timezone.localdate())
    return response


def a_page(patient, days_ago, pain):
    return sent(patient, "diary", [("diary_pain", str(pain))], for_day=timezone.localdate() - timedelta(days=days_ago))


def test_at_first_there_is_one_thing_to_do_and_it_is_the_questionnaire(client):
    page = the_page(client, a_respondent())
    assert "Primera consulta" in page
    assert "Empezar" in page
    assert "Este portal no sustituye a la consulta" in page
    assert "¿Qué tal hoy?" not in page


def test_a_questionnaire_begun_is_gone_on_with(client):
    patient = a_respondent()
    response = begun(patient)
    page = the_page(client, patient)
    assert "Lo dejó empezado" in page
    assert reverse("intake:resume", args=[response.pk]) in page


def test_after_sending_the_page_says_who_is_at_work_and_asks_for_the_diary(client):
    patient = a_respondent()
    sent(patient)
    page = the_page(client, patient)
    assert "Un médico lo prepara con sus respuestas" in page
    assert "Empezar por las otras preguntas" in page


def test_when_all_is_done_nothing_is_asked(client):
    patient = a_respondent()
    sent(patient)
    a_page(patient, 0, 2)
    assert "Nada que hacer ahora" in the_page(client, patient)


def test_with_an_empty_shelf_the_page_still_opens(client):
    patient = a_respondent()
    for kind in ("questionnaires/intake/1.0.0.yaml", "questionnaires/diary/1.0.0.yaml"):
        a_shelf(**{kind: None, "questionnaires/intake/1.0.0.yaml": None, "questionnaires/diary/1.0.0.yaml": None})
    assert "Nada que hacer ahora" in the_page(client, patient)
    assert "no usa ningún diario" in the_page(client, patient, "diary")


def test_the_diary_says_in_words_how_the_pain_changed(client):
    patient = a_respondent()
    for days_ago, pain in ((7, 6), (6, 2), (2, 2), (1, 2)):
        a_page(patient, days_ago, pain)
    page = the_page(client, patient, "diary")
    assert "Su dolor: 2,0 de 10 esta semana" in page
    assert "anotó 4 de 17 días" in page
    assert page.count('class="s-miss"') == 13
    assert page.count("· de memoria") == 4
    assert "sin datos" in page


def test_a_diary_nobody_began_says_so(client):
    page = the_page(client, a_respondent(), "diary")
    assert "Todavía no ha anotado ningún día" in page
    assert "s-miss" not in page  # no empty chart


def test_too_few_days_make_no_finding(client):
    patient = a_respondent()
    a_page(patient, 1, 9)
    assert "Pocos días todavía" in the_page(client, patient, "diary")


def test_days_that_can_still_be_written_down_are_offered_and_no_others(client):
    patient = a_respondent()
    a_page(patient, 3, 5)
    page = the_page(client, patient, "diary")
    assert page.count("Quedará marcado «de memoria»") == 6


def test_a_diary_nobody_began_offers_no_day_from_before_the_registration(client):
    patient = a_respondent()
    for known, offered in ((0, 0), (2, 2), (30, 7)):
        patient.registered_at = timezone.now() - timedelta(days=known)
        patient.save(update_fields=["registered_at"])
        page = the_page(client, patient, "diary")
        assert page.count("Quedará marcado «de memoria»") == offered


def test_answers_are_listed_and_read_as_they_were_asked(client):
    patient = a_respondent()
    response = sent(patient)
    a_shelf(
        **{
            "questionnaires/intake/1.1.0.yaml": INTAKE.replace("version: 1.0.0", "version: 1.1.0").replace(
                "¿Ha vomitado?", "¿Vomita?"
            )
        }
    )
    assert "Primera consulta" in the_page(client, patient, "answers")
    page = the_page(client, patient, "answer", response.pk)
    assert "¿Ha vomitado?" in page
    assert "¿Vomita?" not in page
    assert "versión 1.0.0" in page
    assert "Sin contestar" in page


def test_another_persons_answers_do_not_exist(client):
    response = sent(a_respondent())
    browser = signed_in(client, a_respondent().user)
    assert browser.get(reverse("portal:answer", args=[response.pk])).status_code == 404
    assert "Primera consulta" not in words(browser.get(reverse("portal:answers")))


def test_a_hundred_answers_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    patient = a_respondent()
    sent(patient)
    browser = signed_in(client, patient.user)
    browser.get(reverse("portal:answers"))
    for days_ago in range(7):
        a_page(patient, days_ago, 1)
    with django_assert_max_num_queries(14):
        browser.get(reverse("portal:answers"))


def test_many_answers_come_in_pages(client, monkeypatch):
    monkeypatch.setattr(selectors, "A_PAGE", 3)
    patient = a_respondent()
    like = QuestionnaireResponse.objects.get(pk=a_page(patient, 0, 1).pk)
    shared = {name: getattr(like, name) for name in ("patient", "questionnaire", "version", "release", "language")}
    now = timezone.now()
    done = {"status": "completed", "started_at": now, "completed_at": now, "completed_by": patient.user}
    QuestionnaireResponse.objects.bulk_create(
        QuestionnaireResponse(**shared, **done, for_day=date(2026, 3, day)) for day in range(1, 6)
    )
    browser = signed_in(client, patient.user)
    sent(patient)
    found = reverse("portal:answers")
    whole = words(browser.get(found))
    assert whole.count("Enviado el") == 1  # the days of the diary stand by months
    month = "2026-03"
    assert f'href="?month={month}"' in whole
    assert "5 días" in whole
    first, last = (words(browser.get(f"{found}?month={month}&page={page}")) for page in ("1", "99"))
    assert (first.count("Enviado el"), last.count("Enviado el")) == (3, 2)
    assert f"?page=2&amp;month={month}" in first
    assert f"?page=1&amp;month={month}" in last


def test_the_first_page_asks_the_database_a_fixed_number_of_times(client, django_assert_max_num_queries):
    patient = a_respondent()
    sent(patient)
    browser = signed_in(client, patient.user)
    browser.get(reverse("portal:home"))
    for days_ago in range(5):
        a_page(patient, days_ago, 1)
    with django_assert_max_num_queries(16):
        browser.get(reverse("portal:home"))


def test_a_consent_is_withdrawn_as_easily_as_it_was_given(client):
    patient = a_respondent()
    page = the_page(client, patient, "consent")
    assert "Aceptado" in page
    browser = signed_in(client, patient.user)
    done = browser.post(reverse("portal:decide", args=["treatment"]), {"decision": "withdraw"}, follow=True)
    assert "Retirado" in words(done)
    assert not patients.has_current_consent(patient, "treatment")
    text = patients.current_text("treatment")
    browser.post(reverse("portal:decide", args=["treatment"]), {"decision": "accept", "text": text.pk})
    assert patients.has_current_consent(patient, "treatment")
    assert Consent.objects.filter(patient=patient).count() == 3


def test_a_consent_to_a_text_that_is_no_longer_in_force_is_not_taken(client):
    patient, text = a_patient_with_login(), a_text()
    browser = signed_in(client, patient.user)
    done = browser.post(
        reverse("portal:decide", args=["treatment"]), {"decision": "accept", "text": text.pk + 1}, follow=True
    )
    assert "Hay un texto más nuevo" in words(done)
    assert not Consent.objects.exists()


def test_an_unknown_purpose_or_decision_does_not_exist(client):
    browser = signed_in(client, a_respondent().user)
    assert browser.post(reverse("portal:decide", args=["nothing"]), {"decision": "accept"}).status_code == 404
    assert browser.post(reverse("portal:decide", args=["treatment"]), {"decision": "maybe"}).status_code == 404
    assert browser.get(reverse("portal:decide", args=["treatment"])).status_code == 405


def test_the_own_page_shows_who_we_think_one_is(client):
    patient = a_respondent(phone="612345480")
    page = the_page(client, patient, "more")
    assert patient.record_number in page
    assert "Marina Ortega Rey" in page


def test_an_answer_is_read_in_the_language_it_was_asked_in_whatever_the_page_speaks_now(client):
    a_shelf()
    patient = a_respondent()
    response = begun(patient)
    say(response, "heartburn_days", "__unknown")
    patient.user.language = "en"
    patient.user.save()
    page = signed_in(client, patient.user).get(reverse("portal:answer", args=[response.pk])).content.decode()
    assert "No lo sé" in page
    assert "I don’t know" not in page
    assert "Not sent yet" in page


def test_the_older_pages_of_who_looked_keep_the_own_visits(client):
    patient = a_patient_with_login()
    for n in range(31):
        audit.record(actor=patient.user, verb=f"part{n}.viewed", patient_id=patient.pk)
    signed_in(client, patient.user)
    page = client.get(reverse("portal:looks"), {"own": "1"}).content.decode()
    older = re.search(r'href="([?][^"]*page=2)"', page)
    assert older is not None
    assert "<b>Usted</b>" in words(client.get(reverse("portal:looks") + unescape(older[1])))
    assert 'page=1"' in client.get(reverse("portal:looks") + unescape(older[1])).content.decode()
