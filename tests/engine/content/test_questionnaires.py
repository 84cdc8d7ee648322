"""The shipped questionnaires: what is asked, when it is skipped, and what an alarming answer shows at once."""

from itertools import chain

import pytest

from engine.compiler import compile_edition
from engine.evaluator import truth
from engine.language.cases import read_example
from engine.language.documents import Question, Questionnaire
from engine.language.library import edition
from tests.engine.content.shipped import library, sample

FORMS = {form.name: form for form in library().questionnaires}
EDITION = edition(library())
PROGRAM = compile_edition(EDITION)
INTAKE, DIARY = FORMS["digestive_intake"], FORMS["daily_diary"]
FEMALE = {"sex": "female", "age": "40 years"}
MALE = {"sex": "male", "age": "40 years"}


def questions(form: Questionnaire) -> dict[str, Question]:
    return {question.item: question for group in form.groups for question in group.questions}


def shown(form: Questionnaire, **given: str | list[str]) -> set[str]:
    """Return the questions on the screens of somebody who answered this: hidden only where known to be idle."""
    case = read_example(given, EDITION.vocabulary, EDITION.formulary)
    return {
        question.item
        for group in form.groups
        if group.when is None or truth(group.when, case, PROGRAM) is not False
        for question in group.questions
        if question.when is None or truth(question.when, case, PROGRAM) is not False
    }


def raised(form: Questionnaire, **given: str) -> set[tuple[str, str]]:
    """Return the instruction and urgency of every red flag these answers raise."""
    case = read_example(given, EDITION.vocabulary, EDITION.formulary)
    flags = chain.from_iterable(question.red_flags for question in questions(form).values())
    return {(flag.instruction, flag.urgency) for flag in flags if truth(flag.when, case, PROGRAM) is True}


NOTHING = dict.fromkeys(
    [
        "severe_abdominal_pain_rigid", "bowel_obstruction_signs", "chest_pain", "haematemesis", "melaena", "syncope",
        "rectal_bleeding", "gi_bleeding", "dysphagia", "weight_loss", "vomiting", "jaundice", "upper_abdominal_mass",
        "abdominal_mass", "anal_mass_or_ulcer", "rectal_mass", "reflux", "dyspepsia", "abdominal_pain", "constipation",
        "diarrhoea", "anaemia",
    ],
    "no",
)  # fmt: skip


def test_the_four_questionnaires_are_shipped():
    assert set(FORMS) == {"digestive_intake", "daily_diary", "gerdq", "ibs_sss"}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_every_screen_is_short(form):
    assert all(len(group.questions) <= 6 for group in form.groups)


@pytest.mark.parametrize("complaint", ["reflux", "abdominal_pain", "diarrhoea"])
@pytest.mark.parametrize("person", [MALE, FEMALE], ids=["man", "woman"])
def test_whoever_has_one_complaint_answers_about_forty_questions(person, complaint):
    answers = {**person, **NOTHING, "pregnant": "no", complaint: "yes"}
    if person is MALE:
        del answers["pregnant"]
    assert 36 <= len(shown(INTAKE, **answers, history=[])) <= 46


def test_a_complaint_adds_its_own_questions_and_no_others():
    without = shown(INTAKE, **MALE, **NOTHING, history=[])
    with_pain = shown(INTAKE, **MALE, **{**NOTHING, "abdominal_pain": "yes"}, history=[])
    assert with_pain - without == {
        "pain_days_per_week", "related_to_defecation", "change_in_frequency", "change_in_form", "nocturnal_symptoms",
        "pct_bristol_1_2", "pct_bristol_6_7",
    }  # fmt: skip
    assert without <= with_pain


def test_nothing_is_skipped_before_it_is_known_to_be_idle():
    assert shown(INTAKE) == set(questions(INTAKE))


@pytest.mark.parametrize(
    ("answer", "follows"),
    [
        ("reflux", "heartburn_days"),
        ("dyspepsia", "early_satiation_days_wk"),
        ("dysphagia", "dysphagia_solids_or_liquids"),
        ("weight_loss", "weight_before_kg"),
        ("melaena", "stool_tarry_sticky"),
        ("haematemesis", "haematemesis_or_melaena_last_7d"),
        ("rectal_bleeding", "bloody_stools_day"),
        ("jaundice", "fever"),
        ("diarrhoea", "chronic_diarrhoea"),
    ],
)
def test_an_answer_opens_its_next_question(answer, follows):
    assert follows in shown(INTAKE, **MALE, **{**NOTHING, answer: "yes"})
    assert follows not in shown(INTAKE, **MALE, **NOTHING)


class TestPregnancy:
    ITEMS = {"pregnant", "breastfeeding"}

    def test_a_woman_of_40_is_asked(self):
        assert shown(INTAKE, **FEMALE) >= self.ITEMS

    @pytest.mark.parametrize("person", [MALE, {"sex": "female", "age": "60 years"}], ids=["man", "woman of 60"])
    def test_nobody_else_is(self, person):
        assert not shown(INTAKE, **person) & (self.ITEMS | {"gestational_week"})

    def test_it_is_never_skipped_as_already_known(self):
        assert all(questions(INTAKE)[item].always_ask for item in self.ITEMS)

    def test_the_weeks_are_asked_of_who_is_pregnant(self):
        assert "gestational_week" in shown(INTAKE, **FEMALE, pregnant="yes")
        assert "gestational_week" not in shown(INTAKE, **FEMALE, pregnant="no")


def test_every_red_flag_question_is_always_asked():
    for form in FORMS.values():
        assert [one.item for one in questions(form).values() if one.red_flags and not one.always_ask] in ([], ["fever"])


@pytest.mark.parametrize(
    ("answers", "instruction", "urgency"),
    [
        ({"haematemesis": "yes"}, "call_112_bleeding", "emergency"),
        ({"melaena": "yes"}, "emergency_bleeding", "emergency"),
        ({"melaena": "yes", "syncope": "yes"}, "call_112_bleeding", "emergency"),
        ({"rectal_bleeding": "yes", "syncope": "yes"}, "call_112_bleeding", "emergency"),
        ({"rectal_bleeding": "yes"}, "seen_soon", "soon"),
        ({"bloody_stools_day": "6"}, "call_today", "same_day"),
        ({"severe_abdominal_pain_rigid": "yes"}, "emergency_abdomen", "emergency"),
        ({"bowel_obstruction_signs": "yes"}, "emergency_abdomen", "emergency"),
        ({"chest_pain": "yes"}, "call_112_heart", "emergency"),
        ({"jaundice": "yes", "fever": "yes"}, "emergency_jaundice_fever", "emergency"),
        ({"jaundice": "yes"}, "call_today", "same_day"),
        ({"gi_bleeding": "yes"}, "call_today", "same_day"),
        ({"dysphagia": "yes"}, "seen_soon", "urgent_2w"),
        ({"upper_abdominal_mass": "yes"}, "seen_soon", "urgent_2w"),
        ({"weight_loss": "yes"}, "seen_soon", "soon"),
    ],
)
def test_an_alarming_answer_shows_its_fixed_text(answers, instruction, urgency):
    assert (instruction, urgency) in raised(INTAKE, **answers)


@pytest.mark.parametrize(
    "answers",
    [{}, NOTHING, {"syncope": "yes"}, {"syncope": "yes", **dict.fromkeys(("haematemesis", "melaena"), "no")},
     {"bloody_stools_day": "0"}, {"fever": "yes"}, {"heartburn_days": "7"}],
)  # fmt: skip
def test_an_answer_that_is_no_alarm_shows_nothing(answers):
    assert raised(INTAKE, **answers) == set()


def test_five_bloody_stools_are_not_six():
    assert ("call_today", "same_day") not in raised(INTAKE, bloody_stools_day="5")


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_an_instruction_says_why_and_what_to_do_in_both_languages(form):
    for fixed in form.instructions.values():
        for language in ("es", "en"):
            lines = fixed.body[language].strip().splitlines()
            assert len(lines) >= 3, fixed.name
            assert not any("!" in line or "¡" in line for line in lines)


def test_an_instruction_that_sends_to_emergency_can_call_112():
    for name, fixed in INTAKE.instructions.items():
        assert (fixed.call == "112") == name.startswith(("call_112", "emergency", "plan_emergency")), name


def test_the_words_of_an_emergency_are_those_agreed():
    fixed = INTAKE.instructions["call_112_bleeding"]
    assert fixed.title["es"] == "Llame ahora al 112"
    assert fixed.title["en"] == "Call 112 now"
    assert fixed.body["es"].startswith("Puede ser una hemorragia.")


def test_the_lists_are_asked_by_name():
    kinds = {question.kind for question in questions(INTAKE).values()}
    assert {"allergies", "medications", "history", "family_history"} <= kinds


def test_every_answer_lands_on_a_name_a_case_may_use():
    facts = EDITION.vocabulary.facts
    named = {question.fact for question in questions(INTAKE).values() if question.fact}
    assert named <= set(facts)
    assert {"heartburn_days", "pain_days_per_week", "weight_before_kg"} <= named & set(
        sample("inputs")["questionnaire"]
    )


@pytest.mark.parametrize(
    ("item", "section"),
    [("pregnant", "patient"), ("weight_kg", "patient"), ("main_complaint", "questionnaire"), ("other", "free_text"),
     ("medications", "medications")],
)  # fmt: skip
def test_an_answer_goes_into_its_section_of_the_case(item, section):
    assert questions(INTAKE)[item].section == section


class TestDiary:
    def test_it_has_five_questions(self):
        assert list(questions(DIARY)) == [
            "diary_stools", "diary_pain", "diary_bloating", "diary_heartburn", "blood_or_black_stool_today",
        ]  # fmt: skip

    def test_its_scales_run_from_0_to_10(self):
        scales = [question for question in questions(DIARY).values() if question.kind == "scale"]
        assert {(question.low, question.high) for question in scales} == {(0, 10)}

    def test_blood_is_an_alarm_and_pain_is_none(self):
        assert raised(DIARY, blood_or_black_stool_today="yes") == {("diary_bleeding", "same_day")}
        assert raised(DIARY, blood_or_black_stool_today="no") == set()


@pytest.mark.parametrize("name", ["gerdq", "ibs_sss"])
def test_a_score_questionnaire_asks_exactly_what_its_score_reads(name):
    assert FORMS[name].score == name
    assert set(questions(FORMS[name])) == set(EDITION.scores[name].inputs)


def test_the_patient_is_addressed_with_usted():
    informal = {" tú ", " tu ", " tus ", "¿tienes", "¿has ", " te ", "llama al", "notas"}
    words = [
        text["es"].lower()
        for form in FORMS.values()
        for group in form.groups
        for question in group.questions
        for text in (question.text, question.help or {"es": ""})
    ]
    assert [said for said in words if any(form in f" {said} " for form in informal)] == []


def test_every_plan_has_its_fixed_text_of_when_to_call_in_both_languages_and_without_empty_lines():
    fixed = INTAKE.instructions["plan_emergency"]
    lines = {language: fixed.body[language].strip().splitlines() for language in ("es", "en")}
    assert len(lines["es"]) == len(lines["en"]) >= 5
    assert all(line.strip().endswith(".") for said in lines.values() for line in said)
