"""What if an answer were another one: the plan that would follow is shown beside the one there is, and nothing kept."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_user, this_day
from webapp.accounts.models import User
from webapp.audit.models import Entry
from webapp.patients import services as patients
from webapp.patients.models import Observation
from webapp.plans.assessment import assess
from webapp.plans.models import Evaluation, Plan
from webapp.plans.supposing import Sent, suppose, supposed
from webapp.plans.terms import terms_of

pytestmark = pytest.mark.django_db
NOTHING = {"en": "Nothing: the plan would be the same.", "es": "Nada: el plan sería el mismo."}


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


@pytest.fixture
def plan():
    patient = clinic.a_dyspeptic_woman()
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    return Plan.objects.get(patient=patient, status="draft")


def ask(plan, *pairs, user=None, language="en", **more):
    client, user = Client(), user or a_doctor()
    User.objects.filter(pk=user.pk).update(language=language)
    client.force_login(user)
    form = {"fact": [name for name, _value in pairs], "value": [value for _name, value in pairs], **more}
    address = reverse("plans:what_if", kwargs={"pk": plan.pk})
    return client.post(address, form, headers={"Accept-Language": language}) if pairs else client.get(address)


def test_a_fact_is_chosen_then_answered_and_the_plan_that_would_follow_is_told_with_its_reasons(plan):
    first = ask(plan).content.decode()
    assert '<option value="heartburn_days">' in first
    chosen = ask(plan, ("heartburn_days", "")).content.decode()
    assert 'name="value" inputmode="decimal"' in chosen
    assert "What would change" not in chosen
    text = ask(plan, ("heartburn_days", "6"), ("regurgitation_days", "4")).content.decode()
    assert "What would change" in text
    assert 'class="is-new"' in text


def test_nothing_is_written_down_but_that_somebody_looked(plan):
    before = Observation.objects.count(), Evaluation.objects.count(), Plan.objects.count()
    looked = Entry.objects.filter(verb="plan.explained").count()
    ask(plan, ("heartburn_days", "6"))
    assert (Observation.objects.count(), Evaluation.objects.count(), Plan.objects.count()) == before
    assert Entry.objects.filter(verb="plan.explained").count() == looked + 1


def test_an_answer_taken_away_shows_what_would_go_or_wait_for_it(plan):
    text = ask(plan, ("dysphagia", "unknown")).content.decode()
    assert 'class="is-changed"' in text or 'class="is-gone"' in text or 'class="is-new"' in text
    counted = ask(plan, ("duration_weeks", "9"), unknown=["duration_weeks"]).content.decode()
    assert 'value="duration_weeks" checked' in counted


def test_a_lab_value_is_supposed_in_its_own_unit(plan):
    clinic.lab(plan.patient, "hb", 145, "g/L")
    assess(patient_id=plan.patient_id, because="record", today=this_day())
    draft = Plan.objects.get(patient=plan.patient, status="draft")
    text = ask(draft, ("hb", "85")).content.decode()
    assert "now: 145" in text
    assert 'class="is-new"' in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_where_nothing_would_change_it_says_so(plan, language):
    assert NOTHING[language] in ask(plan, ("dyspepsia", "yes"), language=language).content.decode()


@pytest.mark.parametrize("value", ["mucho", "-3", "99999", "nan"])
def test_a_value_that_cannot_be_says_why_beside_its_field(plan, value):
    text = ask(plan, ("heartburn_days", value)).content.decode()
    assert 'aria-invalid="true"' in text
    assert "What would change" not in text


def test_what_is_no_fact_is_refused(plan):
    assert "Choose from the list" in ask(plan, ("no_such_fact", "1")).content.decode()


def test_a_pregnancy_is_supposed_though_it_stands_with_the_person(plan):
    text = ask(plan, ("pregnant", "yes")).content.decode()
    assert "What would change" in text
    assert "The check could not run" not in text


def test_a_dietitian_may_ask_what_if_and_who_is_no_clinician_finds_no_page(plan):
    assert ask(plan, user=a_user("dietitian")).status_code == 200
    for role in ("front_desk", "marketing", "patient"):
        assert ask(plan, user=a_user(role)).status_code == 404


# --- lists and own words


def outcome(text):
    """Return what a page says would change, without the form above it."""
    assert "The check could not run" not in text
    return text.partition("What would change")[2].partition("</section>")[0]


@pytest.fixture
def with_a_plan_for_heartburn():
    patient = clinic.a_dyspeptic_woman()
    clinic.says(patient, heartburn_days=6, regurgitation_days=5)
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    return Plan.objects.get(patient=patient, status="draft")


def test_the_lists_and_the_own_words_are_offered_and_a_list_shows_what_stands_in_it():
    patient = clinic.on_warfarin()
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    draft = Plan.objects.get(patient=patient, status="draft")
    first = ask(draft).content.decode()
    for name in ("allergy", "medication", "history", "family_history", "failed", "other", "main_complaint"):
        assert f'<option value="{name}">' in first, name
    shown = ask(draft, ("medication", "")).content.decode()
    assert "without Warfarin 5 mg" in shown
    assert '<option value="Ibuprofen">' in shown
    assert "What would change" not in shown


def test_a_medicine_that_is_supposed_to_be_taken_changes_the_plan_and_one_left_out_does_too():
    patient = clinic.on_warfarin()
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    draft = Plan.objects.get(patient=patient, status="draft")
    without = ask(draft, ("medication", ""), without=["medication:0"], whole=["medication"]).content.decode()
    assert 'class="is-' in outcome(without)
    with_more = ask(draft, ("medication", "ibuprofeno 600 mg, omeprazol")).content.decode()
    assert 'class="is-' in outcome(with_more)
    assert 'value="ibuprofeno 600 mg, omeprazol"' in with_more


def test_an_allergy_that_is_supposed_blocks_what_the_plan_proposes(with_a_plan_for_heartburn):
    text = ask(with_a_plan_for_heartburn, ("allergy", "omeprazole")).content.decode()
    assert 'class="is-' in outcome(text)


def supposing(evaluation, *sent):
    """Return the case that the engine is given for what a form says."""
    terms = terms_of(evaluation, "es")
    return suppose(evaluation.case, supposed(evaluation, terms, sent), terms)


def worked_out(patient):
    assess(patient_id=patient.pk, because="record", today=this_day())
    return Evaluation.objects.filter(patient=patient).latest("created_at")


REALLY = {
    "medications": lambda one: patients.add_medication(
        patient=one, code="ibuprofen", text="ibuprofeno", dose="", actor=None
    ),
    "allergies": lambda one: patients.add_allergy(patient=one, code="omeprazole", text="omeprazol", actor=None),
    "history": lambda one: patients.add_condition(patient=one, code="peptic_ulcer", detail={}, actor=None),
    "previous_treatments": lambda one: patients.add_previous_treatment(
        patient=one, code="omeprazole", text="omeprazol", outcome="failed", actor=None
    ),
    "free_text": lambda one: clinic.says(one, other="Vomito sangre"),
}


@pytest.mark.parametrize(
    ("section", "sent"),
    [
        ("medications", Sent("medication", "ibuprofeno")),
        ("allergies", Sent("allergy", "omeprazol")),
        ("history", Sent("history", "peptic_ulcer")),
        ("previous_treatments", Sent("failed", "omeprazol")),
        ("free_text", Sent("other", "Vomito sangre")),
    ],
)
def test_what_is_supposed_is_what_the_engine_would_read_were_it_written_down(section, sent):
    patient = clinic.a_dyspeptic_woman()
    before = worked_out(patient)
    told = supposing(before, sent)
    REALLY[section](patient)
    after = worked_out(patient).case

    def plain(entries):
        if isinstance(entries, dict):
            return entries
        return [{key: one.get(key) for key in ("drug", "code", "regimen", "result")} for one in entries]

    assert plain(told[section]) == plain(after[section])
    assert {key for key in told if told[key] != before.case.get(key)} <= {section}


def test_a_list_that_nobody_asked_for_is_unknown_and_a_whole_one_without_an_entry_is_empty():
    before = worked_out(clinic.on_warfarin())
    assert supposing(before, Sent("medication", "unknown"))["medications"] is None
    left_out = Sent("medication", without=frozenset("0"))
    assert supposing(before, left_out)["medications"] == [{"drug": None, "text": "?"}]  # nobody said that this is all
    assert supposing(before, Sent("medication", without=frozenset("0"), whole=True))["medications"] == []
    assert supposing(before, Sent("failed", whole=True))["previous_treatments"] == []


def test_a_name_the_rules_do_not_know_is_said_beside_its_field_and_nothing_is_worked_out(plan):
    text = ask(plan, ("medication", "omeprazol, polvo de hadas")).content.decode()
    assert "The rules know no “polvo de hadas”" in text
    assert 'aria-invalid="true"' in text
    assert "What would change" not in text
    many = ", ".join(["omeprazol"] * 11)
    assert "ten names at once" in ask(plan, ("medication", many)).content.decode()


def test_what_is_written_in_own_words_is_read_as_a_patients_is(plan):
    text = ask(plan, ("other", "Vomito sangre desde ayer")).content.decode()
    assert 'class="is-' in outcome(text) or "Urgency" in outcome(text)
    assert "Vomito sangre desde ayer</textarea>" in text
    assert NOTHING["en"] in ask(plan, ("other", "Me gusta el mar")).content.decode()


def test_a_text_that_is_too_long_is_refused(plan):
    text = ask(plan, ("other", "a" * 2001)).content.decode()
    assert "Write 2000 characters at most." in text
    assert "What would change" not in text


def test_what_is_supposed_of_a_list_or_a_text_is_written_nowhere(plan):
    before = Observation.objects.count(), Evaluation.objects.count()
    ask(plan, ("medication", "warfarina"), ("other", "Vomito sangre"))
    assert (Observation.objects.count(), Evaluation.objects.count()) == before
    stored = Evaluation.objects.get(patient=plan.patient).case
    assert stored["medications"] == []
    assert "Vomito" not in str(stored)


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_the_patient_wrote_stands_under_the_question_it_answers(language):
    patient = clinic.a_dyspeptic_woman()
    clinic.says(patient, other="Me gusta el mar")
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    text = page_of(Plan.objects.get(patient=patient, status="draft"), language)
    assert {"en": "Is there anything else we should know?", "es": "¿Hay algo más que debamos saber?"}[language] in text


# --- the whole plan, as the review page says it


def page_of(plan, language="en"):
    client, user = Client(), a_doctor()
    User.objects.filter(pk=user.pk).update(language=language)
    client.force_login(user)
    return client.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "The whole plan"), ("es", "El plan entero")])
def test_the_five_checks_of_the_whole_plan_stand_on_the_page(plan, language, words):
    text = page_of(plan, language)
    assert words in text
    section = text.partition(words)[2].partition("</section>")[0]
    assert section.count("<li class=") == 5


def test_an_interaction_with_what_is_taken_is_found_and_a_missing_list_is_named():
    patient = clinic.on_warfarin()
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    draft = Plan.objects.get(patient=patient, status="draft")
    text = page_of(draft).partition("The whole plan")[2].partition("</section>")[0]
    assert "is-found" in text
    assert "Warfarin" in text
    other = clinic.a_dyspeptic_woman()
    patients.add_medication(patient=other, code="", text="unas pastillas", dose="", actor=None)
    clinic.says(other, heartburn_days=6, regurgitation_days=5)
    assess(patient_id=other.pk, because="questionnaire", today=this_day())
    told = (
        page_of(Plan.objects.get(patient=other, status="draft"))
        .partition("The whole plan")[2]
        .partition("</section>")[0]
    )
    assert "could not be checked" in told
    assert "Missing:" in told
