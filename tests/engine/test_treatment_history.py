"""What was tried before and what came of it: what failed is not repeated, and silence is not taken for a no."""

import pytest

from engine.compiler import compile_edition
from engine.compiler.walk import scope_of, truth
from engine.errors import CaseError
from engine.evaluator import evaluate
from engine.language.cases import read_case, read_example
from engine.language.library import check_library, edition, read_library
from tests.engine.language.a_library import codes, files

FACTS = """vocabulary: treatments
version: 1.0.0
title:
  es: Tratamientos
  en: Treatments
facts:
  tried:
    type: set
    title:
      es: Probados
      en: Tried
  failed:
    type: set
    title:
      es: Sin efecto
      en: Failed
    ask: [previous_treatments]
  not_tolerated:
    type: set
    title:
      es: Mal tolerados
      en: Not tolerated
"""
RULES = """protocol: again
version: 1.0.0
title:
  es: Otra vez
  en: Again
rules:
  trial:
    when: dysphagia
    exclude: {exclude}
    do:
      - prescribe: omeprazole
        regimen: ppi_8w
    because:
      es: Por algo.
      en: For a reason.
"""
NEVER = "failed includes omeprazole"


def texts(exclude=NEVER):
    return files() | {"vocabulary/treatments.yaml": FACTS, "protocols/again/1.0.0.yaml": RULES.format(exclude=exclude)}


PROGRAMS = {}


def program(exclude=NEVER):
    if exclude not in PROGRAMS:
        PROGRAMS[exclude] = compile_edition(edition(read_library(texts(exclude))))
    return PROGRAMS[exclude]


def case(treatments, **more):
    raw = {"id": "x", "previous_treatments": treatments, **more}
    return read_case(raw, program().edition.vocabulary, program().edition.formulary)


def known(condition, treatments, **more):
    """Return whether a condition over the history is true, as the exclusion of a rule."""
    compiled = program(condition)
    rule = compiled.rules[compiled.positions["again.trial"]]
    return truth(rule.exclude, scope_of(compiled, case(treatments, **more)))


FAILED = {"drug": "omeprazole", "result": "failed", "start": "2025-01-10", "end": "2025-03-10"}


@pytest.mark.parametrize(
    ("treatments", "tried", "failed"),
    [
        (None, None, None),  # nobody asked
        ([], False, False),  # asked, and none
        ([FAILED], True, True),
        ([{"drug": "omeprazole", "result": "worked"}], True, False),
        ([{"drug": "omeprazole", "result": "partial"}], True, False),
        ([{"drug": "omeprazole"}], True, None),  # what came of it nobody said
        ([{"drug": "omeprazole", "result": "worked"}, FAILED], True, True),
        ([{"drug": "amoxicillin", "result": "failed"}], False, False),
        ([{"drug": None, "text": "unas cápsulas"}], None, None),  # they may have been that
        ([{"regimen": "ppi_8w", "result": "failed"}], True, True),
        ([{"regimen": "ppi_99w", "result": "failed"}], None, None),  # a regimen nobody knows
    ],
)
def test_what_was_tried_and_failed_is_true_false_or_unknown(treatments, tried, failed):
    assert known("tried includes omeprazole", treatments) is tried
    assert known(NEVER, treatments) is failed


@pytest.mark.parametrize(
    ("condition", "drug", "answer"),
    [
        ("failed includes proton_pump_inhibitors", "omeprazole", True),
        ("failed includes omeprazole", "Losec", None),
        ("failed includes penicillins", "Augmentine", True),
        ("failed includes amoxicillin", "Augmentine", True),
        ("failed includes ppi_8w", "omeprazole", False),  # the ingredient alone is not the regimen
        ("not_tolerated includes omeprazole", "omeprazole", False),
    ],
)
def test_a_history_is_read_by_class_brand_and_regimen(condition, drug, answer):
    entry = {"drug": drug, "result": "failed"} if drug != "Losec" else {"drug": None, "text": drug, "result": "failed"}
    assert known(condition, [entry]) is answer


def test_what_was_stopped_for_harm_did_not_fail():
    entry = [{"drug": "omeprazole", "result": "not_tolerated"}]
    assert known("not_tolerated includes omeprazole", entry) is True
    assert known(NEVER, entry) is False


@pytest.mark.parametrize(("treatments", "state"), [([FAILED], None), ([], "proposed"), (None, "held")])
def test_a_failed_treatment_is_not_repeated_and_an_unknown_history_holds(treatments, state):
    lists = {"allergies": [], "medications": [], "history": [], "family_history": []}
    person = {"patient": {"age_years": 40, "sex": "male"}, "questionnaire": {"dysphagia": True}}
    plan = evaluate(program(), case(treatments, **lists, **person))
    items = {item.code: item for item in plan.items}
    assert (items["rx:ppi_8w"].state if "rx:ppi_8w" in items else None) == state
    if state == "held":
        assert items["rx:ppi_8w"].waiting_for == ("failed",)
        assert "previous_treatments" in plan.ask


def test_a_treatment_without_result_keeps_the_rest_of_the_list_known():
    treatments = [{"drug": "omeprazole"}, {"drug": "amoxicillin", "result": "failed"}]
    assert known("failed includes amoxicillin", treatments) is True
    assert known("failed includes warfarin", treatments) is False


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"drug": "omeprazol3"}, "C005"),
        ({"drug": "omeprazole", "result": "so so"}, "C008"),
        ({"drug": "omeprazole", "outcome": "failed"}, "C002"),
        ({"drug": "omeprazole", "start": "last year"}, "C006"),
        ({"regimen": "ppi_8w", "start": "last year"}, "C006"),
        ("omeprazole", "C003"),
    ],
)
def test_a_slip_in_an_entry_is_named(entry, code):
    with pytest.raises(CaseError) as caught:
        case([entry])
    assert caught.value.code == code
    assert "omeprazol3" not in str(caught.value)


def test_a_test_of_a_file_names_what_failed():
    vocabulary, formulary = program().edition.vocabulary, program().edition.formulary
    for given in ({"failed": ["omeprazole"]}, {"previous_treatments": [FAILED]}, {"failed": ["ppi_8w"]}):
        facts = read_example(given, vocabulary, formulary)
        assert "omeprazole" in facts.values["failed"].codes


def test_a_name_nobody_knows_is_refused_in_a_rule():
    assert codes(check_library(texts("failed includes omeprazul"))[1]) == ["P111"]
    assert check_library(texts("failed includes ppi_8w"))[1] == ()


def test_a_library_without_the_sets_takes_no_history():
    edition_of = edition(read_library(files()))
    with pytest.raises(CaseError, match="not declared"):
        read_case({"previous_treatments": [FAILED]}, edition_of.vocabulary, edition_of.formulary)
    assert read_case({"previous_treatments": []}, edition_of.vocabulary, edition_of.formulary).values
