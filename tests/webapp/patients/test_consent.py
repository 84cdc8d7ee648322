"""Consent: to which text, when, how and by whom; as easy to withdraw as to give."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests.webapp.people import a_patient, a_patient_with_login, a_text, a_user, consented
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients import selectors, services
from webapp.patients.models import Consent, ConsentText

pytestmark = pytest.mark.django_db


def a_newer_text(purpose="treatment"):
    return services.publish_consent_text(purpose=purpose, body_es="Otro texto.", body_en="Another text.", actor=None)


def test_agreeing_is_kept_with_text_time_channel_and_person():
    marina, text = a_patient_with_login(), a_text()
    assert not selectors.has_current_consent(marina, "treatment")
    services.accept_consent(patient=marina, text=text, channel="portal", actor=marina.user)
    [line] = selectors.ledger_of(marina)
    assert (line.text.version, line.channel, line.recorded_by, line.decision) == (1, "portal", marina.user, "accepted")
    assert selectors.has_current_consent(marina, "treatment")
    assert Entry.objects.get(verb="consent.accepted").detail == {
        "purpose": "treatment", "version": 1, "channel": "portal"
    }  # fmt: skip


def test_consent_to_one_purpose_says_nothing_of_another():
    patient = a_patient()
    consented(patient)
    a_text("marketing")
    assert not selectors.has_current_consent(patient, "marketing")
    assert not selectors.has_current_consent(patient, "research")
    assert not selectors.has_current_consent(a_patient(), "treatment")


def test_a_new_text_asks_everybody_again():
    patient = a_patient()
    old = consented(patient).text
    new = a_newer_text()
    assert new.version == 2
    assert selectors.current_text("treatment") == new
    assert not selectors.has_current_consent(patient, "treatment")
    with pytest.raises(services.PatientError, match="newer text"):
        services.accept_consent(patient=patient, text=old, channel="desk", actor=None)
    consented(patient)
    assert selectors.has_current_consent(patient, "treatment")
    assert [line.text.version for line in selectors.ledger_of(patient)] == [2, 1]


def test_withdrawing_takes_one_act_and_leaves_what_was_there():
    marina = a_patient_with_login()
    services.accept_consent(patient=marina, text=a_text("marketing"), channel="portal", actor=marina.user)
    services.withdraw_consent(patient=marina, purpose="marketing", channel="portal", actor=marina.user)
    assert not selectors.has_current_consent(marina, "marketing")
    assert [line.decision for line in selectors.ledger_of(marina)] == ["withdrawn", "accepted"]
    consented(marina, "marketing")
    assert selectors.has_current_consent(marina, "marketing")


def test_two_clicks_make_one_line_and_nothing_given_is_nothing_withdrawn():
    patient = a_patient()
    assert consented(patient) == consented(patient)
    assert services.withdraw_consent(patient=patient, purpose="research", channel="desk", actor=None) is None
    services.withdraw_consent(patient=patient, purpose="treatment", channel="desk", actor=None)
    services.withdraw_consent(patient=patient, purpose="treatment", channel="desk", actor=None)
    assert Consent.objects.count() == 2


def test_nobody_decides_in_the_portal_for_somebody_else():
    marina, other, text = a_patient_with_login(), a_patient_with_login(), a_text()
    for actor in (other.user, a_user(Role.DOCTOR), a_user(Role.FRONT_DESK)):
        with pytest.raises(services.NotAllowed):
            services.accept_consent(patient=marina, text=text, channel="portal", actor=actor)
        with pytest.raises(services.NotAllowed):
            services.withdraw_consent(patient=marina, purpose="treatment", channel="portal", actor=actor)
    with pytest.raises(services.NotAllowed):
        services.accept_consent(patient=marina, text=text, channel="desk", actor=marina.user)
    assert not Consent.objects.exists()


def test_the_front_desk_writes_down_what_was_signed_on_paper():
    patient, desk = a_patient(), a_user(Role.FRONT_DESK)
    line = services.accept_consent(patient=patient, text=a_text(), channel="desk", actor=desk)
    assert (line.recorded_by, selectors.has_current_consent(patient, "treatment")) == (desk, True)
    with pytest.raises(services.NotAllowed):
        services.accept_consent(patient=patient, text=a_text(), channel="phone", actor=a_user(Role.MARKETING))


def test_texts_and_decisions_never_change():
    line = consented(a_patient())
    for attempt in (
        lambda: ConsentText.objects.update(body_es="otro"),
        lambda: ConsentText.objects.all().delete(),
        lambda: Consent.objects.update(decision="withdrawn"),
        line.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Consent.objects.get().decision == "accepted"


def test_a_text_speaks_both_languages_and_is_published_by_those_who_may():
    with pytest.raises(services.PatientError, match="in Spanish and in English"):
        services.publish_consent_text(purpose="research", body_es="Acepto.", body_en=" ", actor=None)
    for role in (Role.DOCTOR, Role.MARKETING, Role.PATIENT):
        with pytest.raises(services.NotAllowed):
            services.publish_consent_text(purpose="research", body_es="a", body_en="b", actor=a_user(role))
    text = services.publish_consent_text(
        purpose="research", body_es="Acepto.", body_en="I agree.", actor=a_user(Role.DIRECTOR)
    )
    assert (text.body("es"), text.body("en"), text.body("fr")) == ("Acepto.", "I agree.", "Acepto.")


def test_the_database_refuses_a_second_text_of_the_same_version_and_a_line_out_of_order():
    text = a_text()
    with pytest.raises(IntegrityError, match="text_once"), transaction.atomic():
        ConsentText.objects.create(purpose="treatment", version=text.version, body_es="a", body_en="b")
    line = consented(a_patient())
    with pytest.raises(IntegrityError, match="lines_in_order"), transaction.atomic():
        Consent.objects.create(patient=line.patient, text=text, decision="withdrawn", channel="desk", line=line.line)
