"""Consents as patients and the clinic see them: each purpose apart, given and withdrawn alike, every decision kept."""

import re

import pytest
from django.urls import reverse

from tests.webapp.people import a_patient, a_patient_with_login, a_text, a_user, consented
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.intake.services import ConsentMissing, start
from webapp.patients import consenting, services
from webapp.patients import selectors as patients
from webapp.patients.models import Consent

pytestmark = pytest.mark.django_db
PAGE = "/portal/consent/"
PURPOSES = ("treatment", "research", "marketing")


@pytest.fixture
def marina():
    for purpose in PURPOSES:
        a_text(purpose)
    return a_patient_with_login(user=a_user(Role.PATIENT, language="en"))


@pytest.fixture
def portal(client, marina):
    client.force_login(marina.user)
    return client


@pytest.fixture
def desk(client):
    user = a_user(Role.FRONT_DESK, language="en", display_name="Rosa Recepción")
    client.force_login(user)
    return user


def press(client, purpose, decision):
    """Send the form of a purpose by the button named; fail if the page does not offer it."""
    page = client.get(PAGE).content.decode()
    found = re.search(rf'<form[^>]*action="{reverse("portal:decide", args=[purpose])}".*?</form>', page, re.DOTALL)
    form = found.group()
    assert f'name="decision" value="{decision}"' in form
    text = re.search(r'name="text" value="(\d+)"', form).group(1)
    return client.post(reverse("portal:decide", args=[purpose]), {"text": text, "decision": decision}, follow=True)


def standing(patient):
    return {one.purpose: one.current for one in consenting.ledger_for(patient, "en").standings}


def test_nothing_is_agreed_to_before_it_is_asked_and_each_purpose_stands_apart(portal, marina):
    assert standing(marina) == dict.fromkeys(PURPOSES, False)
    page = portal.get(PAGE).content.decode()
    assert page.count("I have read it and I agree") == 3
    assert "checked" not in page
    press(portal, "treatment", "accept")
    assert standing(marina) == {"treatment": True, "research": False, "marketing": False}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_taking_back_costs_one_press_like_giving(portal, marina, purpose):
    press(portal, purpose, "accept")
    assert standing(marina)[purpose]
    press(portal, purpose, "withdraw")
    assert not standing(marina)[purpose]
    assert "I have read it and I agree" in portal.get(PAGE).content.decode()


def test_what_taking_back_the_treatment_means_is_said_before_and_after_and_it_is_so(portal, marina):
    press(portal, "treatment", "accept")
    assert "we ask you nothing more" in portal.get(PAGE).content.decode()
    done = press(portal, "treatment", "withdraw").content.decode()
    assert "no questionnaires" in done
    assert "as long as the law demands" in done
    with pytest.raises(ConsentMissing):
        start(patient=marina, questionnaire="intake", actor=marina.user, language="en", today=None)


def test_the_treatment_text_lies_open_until_it_is_agreed_to_and_the_others_are_one_press_away(portal):
    page = portal.get(PAGE).content.decode()
    assert page.count('<details class="mt-1" open>') == 1
    assert page.count("btn btn-primary") == 1
    assert '<details class="mt-1" open>' not in press(portal, "treatment", "accept").content.decode()


def test_every_decision_stays_with_text_day_channel_and_who_wrote_it_down(portal, marina):
    rosa = a_user(Role.FRONT_DESK, display_name="Rosa Recepción")
    press(portal, "marketing", "accept")
    services.withdraw_consent(patient=marina, purpose="marketing", channel="phone", actor=rosa)
    services.publish_consent_text(purpose="marketing", body_es="Otro.", body_en="Another wording.", actor=None)
    press(portal, "marketing", "accept")
    lines = consenting.ledger_for(marina, "en").history
    told = [(one.line.decision, one.line.text.version, one.line.channel, one.writer) for one in lines]
    assert told == [
        ("accepted", 2, "portal", ""), ("withdrawn", 1, "phone", "Rosa Recepción"), ("accepted", 1, "portal", "")
    ]  # fmt: skip
    page = portal.get(PAGE).content.decode()
    assert page.count("as it was") == 3
    assert "Another wording." in page
    assert "I agree to be treated." in page
    assert "By telephone" in page


def test_an_earlier_text_can_be_taken_back_without_agreeing_to_the_new_one(portal, marina):
    press(portal, "research", "accept")
    services.publish_consent_text(purpose="research", body_es="Otro.", body_en="Another.", actor=None)
    press(portal, "research", "withdraw")
    assert patients.decision_on(marina, "research").decision == "withdrawn"


def test_a_page_without_decisions_says_so(portal):
    assert "Nothing yet. Each decision is kept here" in portal.get(PAGE).content.decode()


def test_a_long_history_costs_the_same(portal, marina, django_assert_max_num_queries):
    portal.get(PAGE)
    with django_assert_max_num_queries(18) as few:
        portal.get(PAGE)
    cost = len(few)
    for _n in range(6):
        press(portal, "marketing", "accept")
        press(portal, "marketing", "withdraw")
    with django_assert_max_num_queries(cost):
        portal.get(PAGE)


# --- at the desk


def test_the_desk_writes_down_what_came_on_paper_and_the_patient_reads_it(client, desk, marina):
    page = reverse("desk:consents", args=[marina.pk])
    text = patients.current_text("research")
    form = {"decision": "accept", "channel": "desk", "text": text.pk}
    done = client.post(reverse("desk:consent_write", args=[marina.pk, "research"]), form, follow=True)
    assert "Written down" in done.content.decode()
    assert "Rosa Recepción" in done.content.decode()
    assert standing(marina)["research"]
    form = {"decision": "withdraw", "channel": "phone"}
    client.post(reverse("desk:consent_write", args=[marina.pk, "research"]), form)
    assert not standing(marina)["research"]
    assert Entry.objects.filter(verb="consents.viewed", patient_id=marina.pk, actor_id=desk.pk).exists()
    assert client.get(page).status_code == 200
    client.force_login(marina.user)
    assert "Rosa Recepción" in client.get(PAGE).content.decode()


def test_the_desk_cannot_say_that_the_patient_decided_in_the_portal(client, desk, marina):
    text, address = patients.current_text("treatment"), reverse("desk:consent_write", args=[marina.pk, "treatment"])
    for wrong in ({"channel": "portal"}, {"channel": ""}, {"channel": "desk", "decision": "maybe"}):
        assert client.post(address, {"decision": "accept", "text": text.pk} | wrong).status_code == 404
    stale = client.post(address, {"decision": "accept", "channel": "desk", "text": text.pk + 1}, follow=True)
    assert "newer text" in stale.content.decode()
    nothing = reverse("desk:consent_write", args=[marina.pk, "nothing"])
    assert client.post(nothing, {"decision": "accept", "channel": "desk"}).status_code == 404
    assert not Consent.objects.exists()


@pytest.mark.parametrize("role", [Role.MARKETING, Role.BILLING, Role.DIRECTOR, Role.PATIENT])
def test_nobody_else_reads_or_writes_consents(client, marina, role):
    consented(marina)
    client.force_login(a_user(role))
    assert client.get(reverse("desk:consents", args=[marina.pk])).status_code == 404
    form = {"decision": "withdraw", "channel": "desk"}
    assert client.post(reverse("desk:consent_write", args=[marina.pk, "treatment"]), form).status_code == 404
    assert patients.has_current_consent(marina, "treatment")


def test_before_any_text_is_published_both_pages_say_so(client, desk):
    patient = a_patient()
    page = client.get(reverse("desk:consents", args=[patient.pk])).content.decode()
    assert "has not published" in page
    assert "None yet." in page
