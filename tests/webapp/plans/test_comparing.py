"""A draft beside the signed plan: what starts, changes, goes on and stops, and what newer data changed in it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import (
    a_doctor,
    a_patient,
    a_plan,
    a_user,
    an_evaluation,
    content,
    item_of,
    later,
    ppi,
    this_day,
)
from tests.webapp.plans.signing import signed
from webapp.accounts.models import User
from webapp.plans import comparing, services
from webapp.plans.assessment import assess
from webapp.plans.models import Plan
from webapp.plans.terms import terms_of

pytestmark = pytest.mark.django_db
ANTACID = {"ingredient": "alginate", "dose": "500 mg", "frequency": "as needed", "timing": {}, "duration_days": None}


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


def page_of(plan, language="en", user=None):
    client, user = Client(), user or a_doctor()
    User.objects.filter(pk=user.pk).update(language=language)
    client.force_login(user)
    address = reverse("plans:review", kwargs={"pk": plan.pk})
    return client.get(address, headers={"Accept-Language": language}).content.decode()


def double(**changes):
    """The same medicine by another regimen, twice a day."""
    dose = {**ppi()["doses"][0], "frequency": "twice daily", "daily": "40"}
    return ppi(code="rx:ppi_standard_bd_8w", doses=[dose]) | changes


def compared(before, *items):
    patient = a_patient()
    signed(patient, *before)
    plan = a_plan(patient, *items)
    rows = list(plan.items.all())
    return comparing.comparison(plan, comparing.signed_before(plan), rows, terms_of(plan.evaluation, "en"))


def test_each_item_says_whether_it_starts_changes_goes_on_or_stops():
    before = [ppi(), content("diet:low_fodmap"), content("advice:small_meals")]
    found = compared(before, double(), content("diet:low_fodmap"), content("test:fit"), ppi("blocked", code="rx:other"))
    assert {code: one.word for code, one in found.by_code.items()} == {
        "rx:ppi_standard_bd_8w": "change", "diet:low_fodmap": "continue", "test:fit": "start", "rx:other": "start",
    }  # fmt: skip
    assert [one.item.code for one in found.gone] == ["advice:small_meals"]


def test_a_changed_dose_is_told_old_and_new():
    dose = {**ppi()["doses"][0], "frequency": "twice daily"}
    found = compared([ppi()], ppi(doses=[dose]))
    told = found.by_code["rx:ppi_standard_od_8w"].was
    assert told == ["Omeprazole: 20\u00a0mg 1 al día, 8 semanas → 20\u00a0mg cada 12 h, 8 semanas"]


def test_what_was_taken_and_is_forbidden_now_stops():
    found = compared([ppi()], ppi("blocked"))
    assert found.by_code["rx:ppi_standard_od_8w"].word == "stop"
    assert found.gone == []


def test_a_rejected_item_of_the_signed_plan_is_no_part_of_the_comparison():
    doctor, patient = a_doctor(), a_patient()
    plan = a_plan(patient, ppi(), content("diet:low_fodmap"), seen_by=doctor)
    diet = item_of(plan, "diet:low_fodmap")
    reject = {"decision": "rejected", "reason_code": "preference"}
    services.decide_item(plan_id=plan.pk, item_id=diet.pk, doctor=doctor, **reject)
    services.accept_rest(plan_id=plan.pk, doctor=doctor)
    services.sign(plan_id=plan.pk, doctor=doctor, revision=2)
    draft = a_plan(patient, content("diet:low_fodmap"))
    found = comparing.comparison(
        draft, comparing.signed_before(draft), list(draft.items.all()), terms_of(draft.evaluation, "en")
    )
    assert found.by_code["diet:low_fodmap"].word == "start"


def test_without_a_signed_plan_nothing_is_compared():
    plan = a_plan(a_patient())
    assert comparing.signed_before(plan) is None
    assert "as before" not in page_of(plan)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["before → now", "as before", "no longer in the plan"]), ("es", ["antes → ahora", "como antes", "ya no"])],
)
def test_the_page_says_it_in_both_languages(language, words):
    patient = a_patient()
    signed(patient, ppi(), content("diet:low_fodmap"), content("advice:small_meals"))
    plan = a_plan(patient, double(), content("diet:low_fodmap"))
    text = page_of(plan, language)
    assert all(one in text for one in words)
    assert ("Change" if language == "en" else "Cambiar") in text


def test_a_course_that_came_to_its_end_says_so_and_is_not_kept_by_a_key():
    patient = a_patient()
    old = signed(patient, ppi(), content("diet:low_fodmap"))
    later(old, 60 * 24 * 60)
    text = page_of(a_plan(patient, content("diet:low_fodmap")))
    assert "Its course ended on" in text
    assert "Keep it" not in text


def test_a_rule_that_no_longer_holds_says_what_it_lacks():
    patient = clinic.a_dyspeptic_woman()
    clinic.says(patient, heartburn_days=6, regurgitation_days=4)
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    plan = Plan.objects.get(patient=patient, status="draft")
    engine = [item.content for item in plan.items.all() if item.kind == "rx"]
    assert engine, "the library proposes a medicine"
    clinic.says(patient, heartburn_days=0, regurgitation_days=0, dyspepsia=False)
    newest = assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    told = comparing.why_gone(newest, engine, terms_of(newest, "en"))
    assert any("indication" in words or "Not known" in words or "ruled out" in words for words in told.values()), told


def test_what_the_draft_leaves_out_is_kept_by_one_key_and_checked_again():
    patient, doctor = clinic.a_dyspeptic_woman(), a_doctor()
    clinic.says(patient, pregnant=False, breastfeeding=False)
    before = signed(patient, content("rx:alginate", doses=[ANTACID], drugs=["alginate"]), ppi())
    evaluation = assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    plan = Plan.objects.get(patient=patient, status="draft")
    assert plan.evaluation_id == evaluation.pk
    client = Client()
    client.force_login(doctor)
    taken = item_of(before, "rx:ppi_standard_od_8w")
    client.post(reverse("plans:keep", kwargs={"pk": plan.pk}), {"item": taken.pk})
    kept = item_of(plan, "rx:ppi_standard_od_8w")
    assert (kept.decision, kept.decided_by_id) == ("added", doctor.pk)
    assert kept.content["doses"] == taken.content["doses"]


def test_only_a_doctor_keeps_and_only_what_the_signed_plan_holds():
    patient = a_patient()
    signed(patient, ppi())
    plan, client = a_plan(patient, content("diet:low_fodmap")), Client()
    address = reverse("plans:keep", kwargs={"pk": plan.pk})
    client.force_login(a_user("dietitian"))
    assert client.post(address, {"item": plan.pk}).status_code == 404
    client.force_login(a_doctor())
    assert client.post(address, {"item": "no name"}).status_code == 404
    answer = client.post(address, {"item": plan.items.get().pk}, follow=True).content.decode()
    assert "ya no está en el plan firmado" in answer
    assert plan.items.count() == 1


# --- what newer data changed


def test_a_new_answer_shows_what_it_changed_and_why():
    patient = clinic.a_dyspeptic_woman()
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    clinic.says(patient, heartburn_days=6, regurgitation_days=4)
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    plan = Plan.objects.get(patient=patient, status="draft")
    since = comparing.since_before(plan, terms_of(plan.evaluation, "en"))
    assert {(one.before, one.after.split("\u00a0")[0]) for one in since.facts} == {
        ("no se sabe", "6"),
        ("no se sabe", "4"),
    }
    assert [one for one in since.changes if one.kind == "new" and one.because]
    for language, words in (("en", "Changed since"), ("es", "Ha cambiado desde")):
        assert words in page_of(plan, language)


def test_what_nothing_changed_says_nothing():
    assert "Changed since" not in page_of(a_plan(a_patient()))


def test_a_gone_item_and_a_changed_state_are_told_with_the_list_that_made_them():
    patient = a_patient()
    case = {"as_of": this_day().isoformat(), "allergies": []}
    old = Plan.objects.create(patient=patient, evaluation=an_evaluation(patient, case=case), status="draft")
    for place, item in enumerate((ppi(), content("test:fit"))):
        shared = {key: item[key] for key in ("code", "kind", "state", "urgency")}
        old.items.create(position=place, content=item, **shared)
    Plan.objects.filter(pk=old.pk).update(status="discarded", created_at=timezone.now() - timedelta(hours=1))
    told = {**case, "allergies": [{"drug": "omeprazole", "text": "omeprazol"}]}
    plan = Plan.objects.create(patient=patient, evaluation=an_evaluation(patient, case=told))
    item = ppi("blocked")
    plan.items.create(position=0, content=item, **{key: item[key] for key in ("code", "kind", "state", "urgency")})
    since = comparing.since_before(plan, terms_of(plan.evaluation, "en"))
    assert {(one.kind, tuple(one.parts)) for one in since.changes} == {
        ("changed", ("propuesto → bloqueado",)), ("gone", ()),
    }  # fmt: skip
    assert [(one.before, one.after) for one in since.facts] == [("ninguna", "Omeprazole")]
