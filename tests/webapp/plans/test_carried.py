"""A medicine added by hand stays in sight after the signature: the next draft brings it, checked on new facts."""

import pytest

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, item_of, this_day
from webapp.patients import services as patients
from webapp.plans import adding, editing, services
from webapp.plans.assessment import assess
from webapp.plans.models import Plan
from webapp.plans.terms import terms_of

pytestmark = pytest.mark.django_db
AMOXICILLIN = {"dose": "1 g", "frequency": "twice daily", "days": "10", "note": ""}
IN_WRITING = {"reason_code": "risk_accepted", "note": "Cultivo con antibiograma"}


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


def drafted(patient):
    assess(patient_id=patient.pk, because="answer", today=this_day())
    return Plan.objects.filter(patient=patient, status="draft").first()


def signed_with(patient, doctor, code):
    """Sign the draft with a medicine added by hand and the rest rejected or accepted."""
    plan = drafted(patient)
    checked = adding.check(plan, editing.added(code, AMOXICILLIN, terms_of(plan.evaluation, "es")))
    services.add_item(plan_id=plan.pk, doctor=doctor, content=checked.content, brings=checked.brings, **IN_WRITING)
    services.mark_seen(user=doctor, items=plan.items.all())
    services.accept_rest(plan_id=plan.pk, doctor=doctor)
    for item in plan.items.filter(decision="pending").exclude(kind__in=("dx", "alert", "ask")):
        services.decide_item(
            plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="rejected", reason_code="other_choice"
        )
    plan.refresh_from_db()
    return services.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)


def a_woman():
    patient = clinic.a_dyspeptic_woman()
    clinic.says(patient, pregnant=False, breastfeeding=False)
    return patient


def test_the_next_draft_brings_it_for_a_new_decision():
    patient, doctor = a_woman(), a_doctor()
    signed_with(patient, doctor, "rx:amoxicillin")
    clinic.says(patient, heartburn_days=6, regurgitation_days=5)
    item = item_of(drafted(patient), "rx:amoxicillin")
    assert (item.decision, item.content["by_hand"], item.content["doses"][0]["dose"]) == ("pending", True, "1 g")


def test_a_new_allergy_against_it_makes_a_draft_in_which_it_is_forbidden():
    patient, doctor = a_woman(), a_doctor()
    signed_with(patient, doctor, "rx:amoxicillin")
    patients.add_allergy(patient=patient, code="augmentine", text="Augmentine", verification="confirmed", actor=doctor)
    item = item_of(drafted(patient), "rx:amoxicillin")
    assert (item.state, item.decision) == ("blocked", "pending")


def test_one_that_was_rejected_before_the_signature_is_not_brought_back():
    patient, doctor = a_woman(), a_doctor()
    plan = drafted(patient)
    checked = adding.check(plan, editing.added("rx:amoxicillin", AMOXICILLIN, terms_of(plan.evaluation, "es")))
    item = services.add_item(plan_id=plan.pk, doctor=doctor, content=checked.content, **IN_WRITING)
    services.undecide(plan_id=plan.pk, item_id=item.pk, doctor=doctor)
    clinic.says(patient, heartburn_days=6, regurgitation_days=5)
    assert item_of(drafted(patient), "rx:amoxicillin") is None
