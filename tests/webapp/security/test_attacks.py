"""Attacks on one page each: forms that were never on it, addresses that lead astray, pages that have grown old."""

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.webapp.access.routes import path_to, routes
from tests.webapp.people import PASSWORD, a_user, comes_in
from webapp.accounts.models import User
from webapp.alerts import services as alerts
from webapp.alerts.models import Alert
from webapp.base.roles import Role
from webapp.intake.models import Answer
from webapp.patients import services as patients
from webapp.patients.models import AllergyIntolerance
from webapp.plans.models import Plan, PlanItem

pytestmark = pytest.mark.django_db
LONG = "9" * 5000  # more digits than Python turns into a number


@pytest.fixture
def doctor(world):
    client = Client(raise_request_exception=False)
    client.force_login(world.users[Role.DOCTOR])
    return client


def settle(client, world, allergy=None, **form):
    given = allergy or world.own.allergy
    return client.post(reverse("plans:allergy", args=[world.own.draft.pk, given.pk]), form)


def kept(allergy):
    return AllergyIntolerance.objects.values_list("active", "verification").get(pk=allergy.pk)


# --- what protects a patient


def test_an_empty_form_withdraws_no_allergy(doctor, world):
    settle(doctor, world)
    assert kept(world.own.allergy) == (True, "unconfirmed")


def test_an_allergy_another_doctor_confirmed_is_not_withdrawn_from_a_page_grown_old(doctor, world):
    patients.confirm_allergy(allergy=world.own.allergy, actor=world.users[Role.DOCTOR])
    answer = settle(doctor, world, withdraw="yes")
    assert kept(world.own.allergy) == (True, "confirmed")
    assert answer.status_code == 302


def test_an_allergy_that_was_withdrawn_is_not_confirmed_from_a_page_grown_old(doctor, world):
    patients.close_allergy(allergy=world.own.allergy, actor=world.users[Role.DOCTOR])
    settle(doctor, world, confirm="yes")
    assert kept(world.own.allergy) == (False, "unconfirmed")


def test_an_allergy_of_another_patient_is_missing_here(doctor, world):
    assert settle(doctor, world, world.foreign.allergy, withdraw="yes").status_code == 404
    assert kept(world.foreign.allergy) == (True, "unconfirmed")


def worse(world):
    """The same alert, as an emergency, while a page that shows the milder one is open."""
    alert = Alert.objects.get(pk=world.own.alert_id)
    return alerts.raise_(
        patient_id=alert.patient_id,
        rule=alert.rule,
        code=alert.code,
        urgency="emergency",
        text={"es": "x", "en": "x"},
        facts={"now": "worse"},
    )


@pytest.mark.parametrize("deed", ["acknowledge", "close"])
def test_an_alert_that_grew_worse_since_it_was_shown_is_not_settled_unseen(doctor, world, deed):
    shown = Alert.objects.get(pk=world.own.alert_id).times
    worse(world)
    form = {"note": "Llamada", "times": shown, "next": reverse("desk:patient", args=[world.own.patient.pk])}
    answer = doctor.post(reverse(f"alerts:{deed}", args=[world.own.alert_id]), form, follow=True)
    assert Alert.objects.get(pk=world.own.alert_id).status == "open"
    assert "ha cambiado desde que usted" in answer.content.decode()
    doctor.post(reverse(f"alerts:{deed}", args=[world.own.alert_id]), {**form, "times": shown + 1})
    assert Alert.objects.get(pk=world.own.alert_id).status != "open"


def test_every_page_that_settles_an_alert_says_which_one_it_shows(doctor, world):
    for name, pk in (("desk:patient", world.own.patient.pk), ("plans:review", world.own.draft.pk)):
        page = doctor.get(reverse(name, args=[pk])).content.decode()
        settling = re.findall(r'action="/alerts/[0-9a-f-]{36}/(?:acknowledge|close)/"', page)
        assert page.count('name="times" value="1"') == len(settling) > 0


# --- numbers, words and addresses nobody would type


def test_numbers_without_end_are_refused_with_a_word(doctor, world):
    draft, item = world.own.draft, world.own.item
    PlanItem.objects.filter(pk=item.pk).update(
        content=item.content | {"doses": [{"ingredient": "omeprazole", "dose": "20 mg", "frequency": "once daily"}]}
    )
    review = reverse("plans:review", args=[draft.pk])
    answer = doctor.post(reverse("plans:answer", args=[draft.pk]), {"fact": "age", "value": "1e999999"})
    assert (answer.status_code, answer.url) == (302, review)
    page = doctor.post(reverse("plans:decide", args=[draft.pk, item.pk]), {"decision": "edited", "days-0": LONG})
    assert (page.status_code, LONG in page.content.decode()) == (200, True), "the form comes back as it was typed"
    assert doctor.post(reverse("plans:sign", args=[draft.pk]), {"revision": LONG, "secret": PASSWORD}).status_code < 500
    assert Plan.objects.get(pk=draft.pk).status == "draft"
    assert PlanItem.objects.get(pk=item.pk).decision == "pending"


@pytest.mark.parametrize("address", ["foo", "plans:review", "javascript:alert(1)", "//evil.example", "/\\evil.example"])
def test_settling_an_alert_leads_home_whatever_address_is_given(doctor, world, address):
    answer = doctor.post(reverse("alerts:acknowledge", args=[world.own.alert_id]), {"next": address, "times": "1"})
    assert (answer.status_code, answer.url) == (302, reverse("home"))


@pytest.mark.parametrize("language", ["fr", "ca", "pt-br", "de"])
def test_a_language_only_django_speaks_is_not_kept(client, language):
    person = a_user(Role.DOCTOR, language="en")
    client.force_login(person)
    assert client.post(reverse("set_language"), {"language": language}).status_code == 302
    assert User.objects.get(pk=person.pk).language == "en"


def test_asking_for_the_password_again_leads_to_no_other_site(client):
    client.force_login(a_user(Role.DOCTOR))
    answer = client.post(reverse("accounts:confirm"), {"secret": PASSWORD, "next": "https://evil.example/"})
    assert answer.status_code == 302
    assert "evil" not in answer.url


# --- sessions and hats


def test_a_session_somebody_else_prepared_does_not_become_mine(client):
    cache.clear()
    person = a_user(Role.DOCTOR, email="vidal@example.org")
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key
    comes_in(client, "vidal@example.org")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert thief.get(reverse("accounts:hat")).status_code == 302


def test_a_patient_who_forges_the_hat_in_form_header_and_cookie_stays_a_patient(world):
    client = Client()
    client.force_login(world.own.user)
    client.cookies["active_role"] = "doctor"
    assert client.post(reverse("accounts:hat"), {"role": "doctor"}).status_code == 422
    forged = {"X-Active-Role": "doctor"}
    for path in (reverse("desk:list"), reverse("plans:review", args=[world.own.draft.pk]), reverse("studio:list")):
        assert client.get(path, {"role": "doctor", "active_role": "doctor"}, headers=forged).status_code == 404


# --- what leaves the clinic


def test_signing_leaves_no_name_in_a_cookie(doctor, world):
    draft = world.own.draft
    doctor.post(reverse("plans:decide", args=[draft.pk, world.own.item.pk]), {"decision": "accepted"})
    patients.close_allergy(allergy=world.own.allergy, actor=world.users[Role.DOCTOR])
    answer = doctor.post(reverse("plans:sign", args=[draft.pk]), {"revision": 1, "secret": PASSWORD})
    assert Plan.objects.get(pk=draft.pk).status == "signed"
    assert "Marina" not in str(answer.cookies)


def test_a_patient_finds_nothing_of_a_draft_or_of_what_was_refused_on_any_page(world):
    unsigned = {"title": {"es": "Zarzamora", "en": "Zarzamora"}, "patient_text": {"es": "Zarzamora", "en": "Zarzamora"}}
    item = world.own.item
    PlanItem.objects.filter(pk=item.pk).update(content=item.content | unsigned, note="Zarzamora")
    client, seen = Client(raise_request_exception=False), set()
    client.force_login(world.own.user)
    for route in routes():
        if route.name == "account_logout":
            continue
        cache.clear()
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(path_to(route, world.own), headers=headers)
            seen |= {route.name} if b"Zarzamora" in answer.content else set()
    assert seen == set()
    doctor = Client()
    doctor.force_login(world.users[Role.DOCTOR])
    assert "Zarzamora" in doctor.get(reverse("plans:review", args=[world.own.draft.pk])).content.decode()


def test_a_form_sent_after_the_consent_was_withdrawn_saves_nothing_and_leads_to_the_text(world):
    client, mine = Client(raise_request_exception=False), world.own
    client.force_login(mine.user)
    patients.withdraw_consent(patient=mine.patient, purpose="treatment", channel="portal", actor=mine.user)
    before = Answer.objects.filter(response=mine.open_response).count()
    group = path_to(next(route for route in routes() if route.name == "intake:group"), mine)
    page = client.get(group)
    fields = page.context["screen"].fields
    form = {one.item: "yes" for one in fields} | {one.item + "-value": "1" for one in fields}
    for extra in ({"go": "next"}, {}):
        answer = client.post(group, form | extra)
        assert (answer.status_code, answer.url) == (302, reverse("intake:consent"))
    assert Answer.objects.filter(response=mine.open_response).count() == before
