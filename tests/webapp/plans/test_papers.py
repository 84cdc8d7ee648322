"""Plans on paper: the patient's in plain words of both languages, the record of every decision for the file."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, content, item_of, later, ppi
from webapp.alerts import services as alerts
from webapp.audit.models import Entry
from webapp.plans import services
from webapp.plans.models import Plan, PlanItem

pytestmark = pytest.mark.django_db
TEXT = {"es": "Tome una cápsula media hora antes del desayuno", "en": "Take one capsule half an hour before breakfast"}
CODES = ("rx:", "advice:", "ppi_standard", "ppi_trial", "small_meals", "omeprazole", "test:")


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


def words(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


def get(user, name, plan=None, **query):
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"plans:{name}", kwargs={"pk": plan.pk} if plan else {}), query)


@pytest.fixture
def doctor():
    return a_doctor()


@pytest.fixture
def patient():
    return a_patient(user=a_user("patient"))


@pytest.fixture
def signed(doctor, patient):
    """A plan with one line edited, one rejected, one forbidden, and alerts."""
    meals = content("advice:small_meals", title={"es": "Comidas pequeñas", "en": "Small meals"})
    fit = content("test:fit", title={"es": "Sangre oculta", "en": "Hidden blood"}, within_days=14)
    blocked = content("rx:concomitant", "blocked", title={"es": "Concomitante", "en": "Concomitant"})
    alert = content("alert:watch_it", title={"es": "Vigilar el INR", "en": "Watch the INR"})
    plan = a_plan(patient, ppi(patient_text=TEXT), meals, fit, blocked, alert, seen_by=doctor)
    alerts.raise_(
        patient_id=patient.pk, rule="r", code="alert:x", urgency="soon", text={"es": "Bajó de peso"}, facts={}
    )
    edit(plan, doctor)
    services.settle_notice(
        plan=Plan.objects.select_related("patient", "evaluation").get(pk=plan.pk), doctor=doctor,
        key="alert:watch_it", reason_code="will_monitor", note="En diez días", today=plan.created_at.date(),
    )  # fmt: skip
    services.accept_rest(plan_id=plan.pk, doctor=doctor)
    plan.refresh_from_db()
    return services.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)


def edit(plan, doctor):
    item = item_of(plan, "rx:ppi_standard_od_8w")
    final = {"doses": [item.content["doses"][0] | {"dose": "40 mg", "daily": "40"}]}
    # the draft was made without the engine, which therefore cannot check the new dose
    PlanItem.objects.filter(pk=item.pk).update(
        decision="edited", final=final, decided_by=doctor, decided_at=timezone.now()
    )
    services.decide_item(
        plan_id=plan.pk,
        item_id=item_of(plan, "test:fit").pk,
        doctor=doctor,
        decision="rejected",
        reason_code="preference",
        note="Prefiere esperar",
    )


def test_the_patient_s_paper_says_what_when_why_and_who_and_no_code(doctor, patient, signed):
    text = words(get(doctor, "paper", later(signed)))
    for said in ("Su pauta", "Marina Ortega Rey", "Dra. Vidal", "Clínica", "Omeprazol 40 mg", "Por la mañana"):
        assert said in text
    assert "Pirosis 5 días por semana" in text
    assert "Comidas pequeñas" in text
    assert "Llame al 112 si" in text
    assert not [code for code in CODES if code in text]
    assert "Sangre oculta" not in text  # rejected
    assert "Concomitante" not in text  # forbidden


def test_it_speaks_english_too(doctor, signed):
    text = words(get(doctor, "paper", later(signed), language="en"))
    assert "Your plan" in text
    assert "Small meals" in text
    assert "Su pauta" not in text
    assert not [code for code in CODES if code in text]


def test_nothing_is_handed_out_that_may_still_be_taken_back(doctor, patient, signed):
    assert get(doctor, "paper", signed).status_code == 404
    assert get(patient.user, "own_paper").status_code == 404
    later(signed)
    assert "Omeprazol 40 mg" in words(get(patient.user, "own_paper"))


def test_a_draft_is_no_paper(doctor):
    plan = a_plan(a_patient())
    assert get(doctor, "paper", plan).status_code == 404
    assert get(doctor, "record_paper", plan).status_code == 404


@pytest.mark.parametrize("role", ["front_desk", "director", "marketing", "billing", "administrator", "patient"])
@pytest.mark.parametrize("name", ["paper", "record_paper"])
def test_who_is_no_clinician_gets_none(role, name, signed):
    assert get(a_user(role), name, later(signed)).status_code == 404


def test_another_patient_s_own_paper_is_not_this_one(signed):
    later(signed)
    assert get(a_user("patient"), "own_paper").status_code == 404


def test_each_paper_is_in_the_audit(doctor, patient, signed):
    later(signed)
    get(doctor, "paper", signed)
    get(patient.user, "own_paper")
    get(doctor, "record_paper", signed)
    verbs = list(Entry.objects.filter(patient_id=patient.pk, verb__contains="printed").values_list("verb", "actor_id"))
    assert verbs == [
        ("plan.printed", doctor.pk),
        ("plan.printed", patient.user_id),
        ("plan.record_printed", doctor.pk),
    ]


def test_a_paper_s_file_has_our_own_name_and_is_kept_not_opened(doctor, signed):
    answer = get(doctor, "paper", later(signed))
    assert answer["Content-Disposition"].startswith('attachment; filename="plan-')
    assert "Marina" not in answer["Content-Disposition"]


def test_the_record_tells_every_decision_with_rule_reason_who_and_digests(doctor, signed):
    text = words(get(doctor, "record_paper", signed))
    squeezed = text.replace(" ", "")
    for said in ("Registro de decisiones", "Marina Ortega Rey", "Dra. Vidal", "editado", "rechazado", "aceptado"):
        assert said.casefold() in text.casefold()
    assert "El paciente prefiere otra cosa" in text or "prefiere" in text
    assert "Prefiere esperar" in text
    assert "ppi_trial" in text
    assert "1.2.0" in text
    assert signed.evaluation.case_sha256 in squeezed
    assert signed.evaluation.result_sha256 in squeezed
    assert signed.evaluation.release.digest in squeezed
    assert "Antes: Omeprazol 20 mg" in text
    assert "Bloqueado" in text


def test_the_record_tells_which_alerts_were_shown_and_how_they_were_settled(doctor, signed):
    text = words(get(doctor, "record_paper", signed))
    assert "Vigilar el INR" in text
    assert "Se vigilará" in text
    assert "En diez días" in text
    assert "Bajó de peso" in text
    assert "Mostrado. Sin resolver." in text
    assert "Por vigilar" in text


def test_words_of_people_do_not_become_markup(doctor, patient):
    plan = a_plan(patient, seen_by=doctor)
    item = PlanItem.objects.get(plan=plan)
    services.decide_item(
        plan_id=plan.pk,
        item_id=item.pk,
        doctor=doctor,
        decision="edited",
        final={"patient_text": {"es": '<img src="https://example.org/x.png"> una al día', "en": "one a day"}},
        note="<b>nota</b>",
    )
    plan.refresh_from_db()
    services.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)
    assert "<img src=" in words(get(doctor, "paper", later(Plan.objects.get(pk=plan.pk))))
    assert "<b>nota</b>" in words(get(doctor, "record_paper", plan))
