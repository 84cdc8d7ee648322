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
