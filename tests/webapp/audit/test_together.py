"""The lines of a deed of several steps come at its end: the book never makes two deeds wait for each other."""

import threading
import uuid

import pytest
from django.db import connection, transaction

from tests.webapp.plans.factories import a_doctor, a_patient
from webapp.alerts import services as alerts
from webapp.audit import services
from webapp.audit.models import Entry


def verbs():
    return list(Entry.objects.order_by("pk").values_list("verb", flat=True))


@services.together()
def fail_after_writing(verb):
    services.record(actor=None, verb=verb)
    raise RuntimeError


@pytest.mark.django_db
def test_lines_stand_in_the_order_of_the_steps_and_only_at_the_end():
    with services.together():
        services.record(actor=None, verb="first.step")
        assert verbs() == []
        with services.together():
            services.record(actor=None, verb="second.step")
        assert verbs() == []
    assert verbs() == ["first.step", "second.step"]
    assert services.verify_chain().whole


@pytest.mark.django_db
def test_a_step_that_failed_leaves_no_line_of_its_own():
    with services.together():
        services.record(actor=None, verb="first.step")
        with pytest.raises(RuntimeError):
            fail_after_writing("failing.step")
    assert verbs() == ["first.step"]


@pytest.mark.django_db
def test_a_deed_that_failed_leaves_no_line():
    with pytest.raises(RuntimeError):
        fail_after_writing("first.step")
    assert verbs() == []
    services.record(actor=None, verb="another.deed")
    assert verbs() == ["another.deed"]


def in_a_thread(work):
    def run():
        work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_an_assessment_and_a_doctor_at_the_same_alert_do_not_wait_for_each_other():
    """One holds a line back and wants the alert's row; the other has the row and wants the book."""
    patient, doctor = a_patient(), a_doctor()
    told = {"es": "Sangrado", "en": "Bleeding"}

    def raise_it(facts):
        return alerts.raise_(
            patient_id=patient.pk, rule="r", code="alert:r", urgency="soon", text=told, facts={"n": facts}
        )

    alert = raise_it(0)
    has_the_row, done = threading.Event(), []

    def settle():
        with transaction.atomic():
            alerts.acknowledge(alert_id=alert.pk, actor=doctor)
            has_the_row.set()
        done.append("settled")

    with transaction.atomic(), services.together():
        services.record(actor=None, verb="assessment.begun", patient_id=uuid.uuid4())
        thread = in_a_thread(settle)
        assert has_the_row.wait(10)
        raise_it(1)
    thread.join(10)
    assert done == ["settled"]
    assert services.verify_chain().whole
