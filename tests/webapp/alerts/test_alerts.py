"""One open alert a patient and rule; worse or other facts bring it back; settled means settled."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.webapp.plans.factories import a_doctor, a_patient, a_user
from webapp.alerts import selectors, services
from webapp.alerts.models import NOT_ASSESSED, Alert
from webapp.audit.models import Entry

pytestmark = pytest.mark.django_db
TEXT = {"es": "Heces negras", "en": "Black stools"}


def raised(patient, urgency="same_day", facts=None, rule="upper.bleeding"):
    return services.raise_(
        patient_id=patient.pk,
        rule=rule,
        code="alert:gi_bleed",
        urgency=urgency,
        text=TEXT,
        facts=facts or {"melena": True},
    )


def test_two_bad_days_make_one_open_alert():
    patient = a_patient()
    first, second = raised(patient), raised(patient)
    assert first.pk == second.pk
    assert second.times == 1


def test_other_facts_call_again():
    patient, doctor = a_patient(), a_doctor()
    alert = raised(patient)
    services.acknowledge(alert_id=alert.pk, actor=doctor)
    again = raised(patient, facts={"melena": True, "syncope": True})
    assert (again.pk, again.status, again.times) == (alert.pk, "open", 2)


def test_a_higher_urgency_calls_again():
    patient, doctor = a_patient(), a_doctor()
    services.acknowledge(alert_id=raised(patient, "urgent_2w").pk, actor=doctor)
    assert raised(patient, "emergency").status == "open"


def test_a_live_alert_never_grows_milder_by_itself():
    patient = a_patient()
    raised(patient, "emergency")
    assert raised(patient, "soon", facts={"other": 1}).urgency == "emergency"


def test_what_a_clinician_settled_is_not_repeated_on_the_same_facts():
    patient, doctor = a_patient(), a_doctor()
    services.close(alert_id=raised(patient).pk, actor=doctor, note="Llamada: es el bismuto")
    assert raised(patient).status == "closed"


def test_a_closed_alert_comes_back_with_new_facts_and_its_new_urgency():
    patient, doctor = a_patient(), a_doctor()
    services.close(alert_id=raised(patient, "emergency").pk, actor=doctor, note="Llamada")
    back = raised(patient, "soon", facts={"melena": True, "day": 2})
    assert (back.status, back.urgency) == ("open", "soon")


def test_what_was_closed_stays_with_its_note_and_who_closed_it_when_the_rule_speaks_again():
    patient, doctor = a_patient(), a_doctor()
    first = services.close(alert_id=raised(patient).pk, actor=doctor, note="Llamada: es el bismuto")
    second = raised(patient, facts={"melena": True, "syncope": True})
    services.close(alert_id=second.pk, actor=doctor, note="Al hospital")
    first.refresh_from_db()
    assert (second.pk == first.pk, first.status, first.note) == (False, "closed", "Llamada: es el bismuto")


def test_a_second_note_is_written_below_the_first():
    alert, doctor = raised(a_patient()), a_doctor()
    services.acknowledge(alert_id=alert.pk, actor=doctor, note="La llamo hoy")
    services.close(alert_id=alert.pk, actor=doctor, note="Hablado: es el bismuto")
    alert.refresh_from_db()
    assert alert.note == "La llamo hoy\nHablado: es el bismuto"


def test_the_database_holds_one_live_alert_a_rule():
    patient = a_patient()
    raised(patient)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(
            patient=patient,
            rule="upper.bleeding",
            code="x",
            text=TEXT,
            facts_digest="",
            raised_at=now,
            last_raised_at=now,
        )


def test_an_alert_is_closed_by_somebody_and_with_a_note():
    alert, doctor = raised(a_patient()), a_doctor()
    with pytest.raises(services.AlertError):
        services.close(alert_id=alert.pk, actor=doctor, note="  ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(status="closed", closed_at=timezone.now())


def test_only_clinicians_settle_and_see_alerts():
    alert = raised(a_patient())
    for role in ("front_desk", "marketing", "director", "patient"):
        somebody = a_user(role)
        assert not selectors.alerts_for(somebody).exists()
        with pytest.raises(services.AlertError):
            services.acknowledge(alert_id=alert.pk, actor=somebody)
    assert selectors.alerts_for(a_user("dietitian")).get() == alert


def test_the_most_urgent_come_first_then_the_longest_waiting():
    doctor, patients = a_doctor(), [a_patient() for _ in range(3)]
    mild, first, second = raised(patients[0], "soon"), raised(patients[1]), raised(patients[2])
    assert list(selectors.open_for(doctor)) == [first, second, mild]


def test_not_assessed_closes_by_itself_when_an_assessment_works():
    patient = a_patient()
    raised(patient, rule=NOT_ASSESSED)
    raised(patient)
    services.assessed(patient_id=patient.pk)
    assert {alert.rule: alert.status for alert in Alert.objects.all()} == {
        NOT_ASSESSED: "closed",
        "upper.bleeding": "open",
    }


def test_an_assessment_that_works_closes_the_alert_of_that_patient_alone():
    one, other = a_patient(), a_patient()
    for patient in (one, other):
        raised(patient, rule=NOT_ASSESSED)
    services.assessed(patient_id=one.pk)
    assert Alert.objects.exclude(status="closed").get().patient_id == other.pk


def test_what_cannot_be_assessed_again_is_told_again_though_the_answers_are_the_same():
    patient = a_patient()
    raised(patient, rule=NOT_ASSESSED)
    services.assessed(patient_id=patient.pk)
    assert raised(patient, rule=NOT_ASSESSED).status == "open"
    assert Alert.objects.filter(not_assessed=True).count() == 2


def test_the_table_holds_no_readable_word_and_the_audit_no_clinical_one():
    raised(a_patient())
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM alerts_alert")
        stored = bytes(cursor.fetchone()[0])
    assert b"negras" not in stored
    entry = Entry.objects.get(verb="alert.raised")
    assert "melena" not in str(entry.detail)
