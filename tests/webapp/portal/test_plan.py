"""The patient's plan: only when signed, only one's own, in plain words, by time of day, with its reasons."""

import re
from typing import Any

import pytest
from django.urls import reverse

from rules.models import Release
from tests.rules.texts import INTAKE
from tests.webapp.intake.factories import a_respondent, a_shelf, signed_in
from tests.webapp.people import a_doctor, a_user
from tests.webapp.plans.factories import confirmed, later
from webapp.audit.models import Entry
from webapp.plans import services as plans
from webapp.plans.models import Evaluation, Plan, PlanItem
from webapp.plans.sheets import joined, parts_of

pytestmark = pytest.mark.django_db
WHY = {"es": "Tiene ardor 5 días por semana", "en": "You have heartburn 5 days a week"}
REASON = {"protocol": "reflux", "version": "1.0.0", "rule": "small_meals", "file": "x", "line": 1, "because": WHY}


def an_item(code: str, **changes: Any) -> dict[str, Any]:
    kind, _, name = code.partition(":")
    base = {"code": code, "kind": kind, "state": "proposed", "urgency": "none", "reasons": [REASON]}
    return base | {"title": {"es": f"{name} es", "en": f"{name} en"}, "patient_text": {}, "doses": []} | changes


def a_dose(frequency: str = "once daily", **changes: Any) -> dict[str, Any]:
    return {"ingredient": "omeprazole", "dose": "20 mg", "frequency": frequency, "timing": {}, **changes}


def a_signed_plan(patient, *items: dict[str, Any]) -> Plan:
    """Take a draft of these items through the doctor's hands."""
    a_shelf()
    return a_signed_plan_on_the_shelf(patient, *items)


def a_signed_plan_on_the_shelf(patient, *items: dict[str, Any]) -> Plan:
    doctor = a_doctor(display_name="Dra. Vidal")
    evaluation = Evaluation.objects.create(
        patient=patient, release=Release.objects.get(), case={"as_of": "2026-11-21"}, case_sha256="c" * 64,
        result="{}", result_sha256="r" * 64, status="ok", because="questionnaire",
    )  # fmt: skip
    plan = Plan.objects.create(patient=patient, evaluation=confirmed(evaluation))
    for position, item in enumerate(items):
        columns = {key: item[key] for key in ("code", "kind", "state", "urgency")}
        PlanItem.objects.create(plan=plan, position=position, content=item, **columns)
    plans.mark_seen(user=doctor, items=plan.items.all())
    for item in plan.items.all():
        plans.decide_item(plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="accepted")
    plan.refresh_from_db()
    return later(plans.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision))


def words(page):
    return re.sub(r"[ \n]+", " ", page.content.decode())


def the_page(client, patient, name="plan"):
    return words(signed_in(client, patient.user).get(reverse(f"portal:{name}")))


def test_the_plan_is_taken_along_as_a_pdf_and_before_it_there_is_none(client):
    patient, other = a_respondent(), a_respondent()
    a_signed_plan(patient, an_item("rx:ppi", doses=[a_dose(duration_days=56)]))
    assert f'href="{reverse("plans:own_paper")}"' in the_page(client, patient)
    assert client.get(reverse("plans:own_paper"))["Content-Type"] == "application/pdf"
    assert reverse("plans:own_paper") not in the_page(client, other)
    assert client.get(reverse("plans:own_paper")).status_code == 404


def test_before_a_signature_there_is_nothing_but_what_to_do_meanwhile(client):
    patient = a_respondent()
    page = the_page(client, patient)
    assert "Todavía no hay un plan firmado" in page
    assert "siga con sus medicamentos" in page


def test_the_plan_stands_by_time_of_day_with_dose_and_reason(client):
    patient = a_respondent()
    timing = {"es": "media hora antes del desayuno", "en": "half an hour before breakfast"}
    dose = a_dose(timing=timing, duration_days=56)
    a_signed_plan(patient, an_item("rx:ppi", doses=[dose]))
    page = the_page(client, patient)
    assert "Firmado por Dra. Vidal" in page
    assert "Omeprazol 20\u00a0mg" in page
    assert "media hora antes del desayuno, 1\u00a0al día, 8\u00a0semanas" in page
    assert page.index("Por la mañana") < page.index("Omeprazol")
    assert WHY["es"] in page


def test_what_to_stop_what_to_do_and_what_comes_next_have_their_places(client):
    patient = a_respondent()
    a_signed_plan(
        patient,
        an_item("plan:stop_nsaid", title={"es": "Deje el ibuprofeno", "en": "Stop ibuprofen"}),
        an_item("diet:less_coffee", title={"es": "Menos café", "en": "Less coffee"}),
        an_item("test:fit", title={"es": "Prueba de heces", "en": "Stool test"}, within_days=14),
        an_item("fu:review_8w", title={"es": "Revisión", "en": "Review"}, after_days=56),
    )
    page = the_page(client, patient)
    order = ["Deje de tomar o evite", "Deje el ibuprofeno", "Comida y bebida", "Menos café", "Pruebas y visitas",
             "Prueba de heces", "Revisión", "Llame al 112 si"]  # fmt: skip
    assert sorted(order, key=page.index) == order
    assert "antes del" in page


def test_it_can_be_printed_as_a_table_of_times(client):
    patient = a_respondent()
    a_signed_plan(patient, an_item("rx:ppi", doses=[a_dose("twice daily")]))
    page = the_page(client, patient)
    table = page[page.index("<table") : page.index("</table>")]
    assert table.count("<th scope") == 5
    assert table.count('class="bx"') == 2
    assert "data-print" in page


@pytest.mark.parametrize(
    ("frequency", "timing", "parts"),
    [
        ("once daily", "before breakfast", ["morning"]),
        ("once daily", "at bedtime", ["night"]),
        ("once daily", "antes de la cena", ["dinner"]),
        ("once daily", "", ["morning"]),
        ("twice daily", "before meals", ["morning", "dinner"]),
        ("four times daily", "", ["morning", "lunch", "dinner", "night"]),
        ("as needed", "at night", ["needed"]),
        ("as needed, up to 3 times a day", "at night", ["needed"]),
        ("every 36 hours", "", ["other"]),
        ("", "", ["other"]),
    ],
)
def test_times_of_day_come_from_the_dose_and_are_never_guessed(frequency, timing, parts):
    found = parts_of(a_dose(frequency, timing={"en": timing} if timing else {}))
    assert [part.name for part in found] == parts


def test_a_dose_taken_when_needed_says_how_often_at_most(client):
    patient = a_respondent()
    a_signed_plan(patient, an_item("rx:loperamide_prn", doses=[a_dose("as needed, up to 8 times a day")]))
    page = the_page(client, patient).replace("\u00a0", " ")
    assert "si hace falta, hasta 8 veces al día" in page


def test_a_frequency_nobody_knows_is_shown_as_written(client):
    patient = a_respondent()
    a_signed_plan(patient, an_item("rx:ppi", doses=[a_dose("every 36 hours")]))
    page = the_page(client, patient)
    assert "Según se indica" in page
    assert "every 36\u00a0hours" in page


def test_a_rejected_item_and_a_draft_never_reach_the_patient(client):
    patient = a_respondent()
    plan = a_signed_plan(patient, an_item("advice:small_meals"))
    draft = Plan.objects.create(patient=patient, evaluation=plan.evaluation)
    item = an_item("rx:secret", title={"es": "No firmado", "en": "Not signed"})
    PlanItem.objects.create(plan=draft, position=0, content=item, code="rx:secret", kind="rx", state="proposed")
    assert "No firmado" not in the_page(client, patient)
    assert "No firmado" not in the_page(client, patient, "home")


def test_nobody_reads_another_persons_plan(client):
    patient, other = a_respondent(), a_respondent()
    a_signed_plan(patient, an_item("advice:small_meals", title={"es": "Comidas pequeñas", "en": "Small meals"}))
    assert "Comidas pequeñas" not in the_page(client, other)


@pytest.mark.parametrize("role", ["doctor", "front_desk", "marketing", "director", "billing"])
def test_the_portal_is_for_patients_only(client, role):
    browser = signed_in(client, a_user(role))
    for name in ("home", "plan", "diary", "answers", "consent", "more"):
        assert browser.get(reverse(f"portal:{name}")).status_code == 404


def test_reading_the_own_plan_is_written_down(client):
    patient = a_respondent()
    a_signed_plan(patient, an_item("advice:small_meals"))
    the_page(client, patient)
    entry = Entry.objects.filter(verb="plan.viewed").get()
    assert (entry.patient_id, entry.path) == (patient.pk, "/portal/plan/")


def test_the_plan_is_read_in_english_by_who_chose_it(client):
    patient = a_respondent()
    patient.user.language = "en"
    patient.user.save(update_fields=["language"])
    a_signed_plan(patient, an_item("rx:ppi", doses=[a_dose()]))
    page = the_page(client, patient)
    assert "Omeprazole 20\u00a0mg" in page
    assert WHY["en"] in page
    assert "In the morning" in page


def another_edition(**changes):
    """Publish a new version of the questionnaire in which words are replaced."""
    text = INTAKE.replace("version: 1.0.0", "version: 1.1.0")
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    a_shelf(**{"questionnaires/intake/1.0.0.yaml": None, "questionnaires/intake/1.1.0.yaml": text})


SIGNS = {"signs": ("Vomita sangre. Se desmaya.", "Vomita sangre. Le duele el pecho.")}


def test_when_to_call_for_help_is_told_in_the_words_of_the_version_the_plan_was_made_with(client):
    patient = a_respondent()
    a_signed_plan(patient, an_item("advice:small_meals"))
    another_edition(**SIGNS)
    page = the_page(client, patient)
    assert "<h2>Llame al 112 si</h2><ul><li>Vomita sangre.</li><li>Se desmaya.</li></ul>" in page
    assert 'href="tel:112"' in page
    assert "Le duele el pecho" not in page
    assert "reflux 1.0.0 · intake 1.0.0 · rrrrrrrr" in page  # on the printed sheet


def test_a_plan_older_than_the_text_is_told_the_text_in_force(client):
    patient = a_respondent()
    start, end = INTAKE.index("  plan_emergency:"), INTAKE.index("groups:")
    a_shelf(**{"questionnaires/intake/1.0.0.yaml": INTAKE[:start] + INTAKE[end:]})
    plan = a_signed_plan_on_the_shelf(patient, an_item("advice:small_meals"))
    assert "Llame al 112 si" not in the_page(client, patient)  # nobody approved a text: none is made up
    assert 'href="tel:112"' in the_page(client, patient)  # the line at the foot of every page stays
    another_edition(**SIGNS)
    assert plan.evaluation.release.versions.count()
    assert "<li>Le duele el pecho.</li>" in the_page(client, patient)
    assert "intake 1.1.0" in the_page(client, patient)


def test_the_fixed_text_is_told_in_the_language_of_the_reader(client):
    patient = a_respondent()
    a_signed_plan(patient, an_item("advice:small_meals"))
    patient.user.language = "en"
    patient.user.save()
    page = the_page(client, patient)
    assert "<h2>Call 112 if</h2><ul><li>You vomit blood.</li>" in page


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("30-60 minutos antes, cada 8 h", "30-60\u00a0minutos antes, cada 8\u00a0h"),
        ("unos 15 cm", "unos 15\u00a0cm"),
        ("omeprazol 20 mg", "omeprazol 20\u00a0mg"),
        ("2 (dos)", "2 (dos)"),
        ("sin números", "sin números"),
    ],
)
def test_a_number_stays_on_one_line_with_what_it_counts(words, shown):
    assert joined(words) == shown
