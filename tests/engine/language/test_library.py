"""A library is whole or refused: every name means one thing, and each day has its versions."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codes import CODES
from engine.conditions import Arithmetic, Compare, Includes, Name, Number, nodes
from engine.errors import LibraryError
from engine.language.library import check_library, edition, read_library
from tests.engine.language.a_library import (
    FORMULARY,
    PROTOCOL,
    QUESTIONNAIRE,
    SCORE,
    VOCABULARY,
    a_library,
    codes,
    files,
    problems,
    when,
)


def trial(condition):
    """Return the condition of the trial rule, checked."""
    texts = files()
    texts[PROTOCOL] = texts[PROTOCOL].replace("when: heartburn_days >= 2", f"when: {condition}")
    (protocol,) = read_library(texts).protocols
    return protocol.rules["trial"].when


def test_the_small_library_is_whole():
    assert check_library(files())[1] == ()


# --- names


def test_names_say_what_they_are():
    (protocol,) = a_library().protocols
    assert protocol.rules["endoscopy"].when == Name("heartburn.alarm", "definition")
    assert protocol.rules["trial"].exclude == Name("heartburn.needs_endoscopy", "conclusion")
    assert protocol.applies == Compare(">=", Name("age", "fact"), Number(Fraction(18), "years"))


def test_a_definition_of_the_vocabulary_is_written_out():
    found = a_library().formulary.medicines["omeprazole"].safety[0].when
    assert {node.name for node in nodes(found) if isinstance(node, Name)} == {"pregnant", "age"}


def test_a_band_is_named_in_small_letters():
    texts = files()
    texts[SCORE] = texts[SCORE].replace("  low: value < 4\n", "  IBS-C: value < 4\n")
    texts[PROTOCOL] = texts[PROTOCOL].replace("when: heartburn_days >= 2", "when: band(acid) = ibs_c")
    found = read_library(texts).protocols[0].rules["trial"].when
    assert found == Compare("=", Name("acid", "band"), Name("IBS-C", "code"))


# --- units


@pytest.mark.parametrize(
    ("condition", "threshold"),
    [
        ("hb < 12 g/dL", Number(Fraction(120), "g/L")),
        ("hb < 120000 mg/L", Number(Fraction(120), "g/L")),
        ("creatinine > 100 umol/L", Number(Fraction("1.1312"), "mg/dL")),
        ("urea > 60 mg/dL", Number(Fraction("9.99"), "mmol/L")),
        ("urea > 28 mg/dL_BUN", Number(Fraction("9.996"), "mmol/L")),
        ("hba1c >= 48 mmol/mol", Number(Fraction("6.542"), "%")),
        ("age < 24 months", Number(Fraction(2), "years")),
    ],
)
def test_a_threshold_becomes_canonical_by_the_factor_of_its_fact(condition, threshold):
    found = trial(condition)
    assert isinstance(found, Compare)
    assert found.right == threshold


def test_a_value_on_a_threshold_in_another_unit_is_on_it():
    found = trial("creatinine >= 88.4 umol/L")
    assert isinstance(found, Compare)
    given = Fraction("88.4") * a_library().vocabulary.facts["creatinine"].units["umol/L"].factor
    assert given == found.right.value


def test_a_parameter_in_another_unit_is_scaled():
    found = trial("age >= weeks")
    assert isinstance(found, Compare)
    assert isinstance(found.right, Arithmetic)
    assert found.right.right == Number(Fraction(7, 1) / Fraction("365.25"))


def test_urea_is_not_urea_nitrogen():
    texts = files()
    texts[VOCABULARY] = (
        texts[VOCABULARY].replace("      mg/dL_BUN: 0.357\n", "").replace("      mg/dL_BUN: 2 .. 200\n", "")
    )
    texts[PROTOCOL] = texts[PROTOCOL].replace("when: heartburn_days >= 2", "when: urea > 28 mg/dL_BUN")
    assert codes(check_library(texts)[1]) == ["P108"]


# --- sets


@pytest.mark.parametrize(
    ("condition", "members"),
    [
        ("medication includes omeprazole", {"omeprazole"}),
        ("medication includes acid_suppressants", {"omeprazole", "proton_pump_inhibitors", "acid_suppressants"}),
        ("medication includes amoxicillin", {"amoxicillin", "augmentine"}),
        ("medication includes augmentine", {"augmentine"}),
        ("allergy includes amoxicillin", {"amoxicillin", "penicillins", "augmentine"}),
        ("allergy includes penicillins", {"amoxicillin", "penicillins", "augmentine"}),
        ("allergy includes latex", {"latex"}),
        ("history includes ulcerative_colitis", {"ulcerative_colitis"}),
    ],
)
def test_a_set_is_read_by_ingredient_class_and_brand(condition, members):
    found = trial(condition)
    assert isinstance(found, Includes)
    assert found.members == members


# --- circles and order


def test_a_circle_prints_its_loop():
    found = problems(PROTOCOL, "      - dysphagia\n", "      - heartburn.needs_endoscopy\n")
    loop = next(one for one in found if one.code == "P114")
    assert "heartburn.alarm -> " in loop.message
    assert loop.message.count("heartburn.needs_endoscopy") == 1


def test_a_circle_through_a_score_is_found():
    assert "P114" in codes(problems(SCORE, "bind: hb < 120 g/L", "bind: acid > 3"))


def test_a_circle_through_rules_that_silence_each_other_is_found():
    other = "  advice:\n    when: dysphagia\n    unless: [trial]\n    do:\n      - advice: small_meals\n"
    other += "    because:\n      es: Ayuda.\n      en: It helps.\n"
    found = problems(PROTOCOL, "tests:\n", other + "tests:\n")
    assert found == ()
    looped = other.replace("unless: [trial]", "unless: [trial]\n    overrides: [trial]")
    assert "P114" in codes(problems(PROTOCOL, "tests:\n", looped + "tests:\n"))


def test_the_order_of_files_and_keys_changes_nothing():
    forwards, backwards = files(), dict(reversed(list(files().items())))
    assert edition(read_library(forwards)) == edition(read_library(backwards))


# --- where an answer could retract a decision

ASKING = "    do:\n      - ask: [hb]\n"
GIVING = """    do:
      - prescribe: omeprazole
        regimen: ppi_8w
        duration: weeks
      - follow_up: review_8w
        after: 8 weeks
        with: acid
"""


def known_in(actions, condition):
    texts = files()
    head, _ = texts[PROTOCOL].split("tests:\n")
    texts[PROTOCOL] = head.replace("when: heartburn_days >= 2", f"when: {condition}").replace(GIVING, actions)
    return codes(check_library(texts)[1])


@pytest.mark.parametrize("action", ["ask: [hb]", "test: blood_count", "advice: small_meals"])
def test_known_is_allowed_where_a_rule_asks_tests_or_advises(action):
    assert known_in(f"    do:\n      - {action}\n", "unknown(hb)") == []


@pytest.mark.parametrize(
    "action", ["prescribe: omeprazole", "refer: urgent_endoscopy", "conclude: settled", "hypothesis: reflux"]
)
def test_known_is_refused_where_an_answer_could_retract_a_decision(action):
    assert known_in(f"    do:\n      - {action}\n", "unknown(hb)") == ["P113"]


def test_known_is_refused_behind_a_name_too():
    texts = files()
    texts[PROTOCOL] = texts[PROTOCOL].replace("      - hb < 12 g/dL\n", "      - unknown(hb)\n")
    assert "P113" in codes(check_library(texts)[1])


def test_known_is_refused_in_safety_conditions():
    assert codes(problems(FORMULARY, "when: may_be_pregnant", "when: unknown(pregnant)")) == ["P113"]


# --- advice an author can act on


@pytest.mark.parametrize(
    ("condition", "code", "advice"),
    [
        ("sex = Female", "P111", "Did you mean female?"),
        ("heartburn_days >= 2 days", "P108", "without a unit"),
        ("medication = warfarin", "P118", "medication includes warfarin"),
        ("diary_pain > 3", "P119", "latest(x)"),
        ("hb < 12", "P109", "Write 12 g/L."),
        ("hb < 12 mmol/L", "P108", "g/dL"),
        ("alarn", "P105", "Did you mean alarm?"),
        ("heartburn.alarn", "P105", "Did you mean heartburn.alarm?"),
        ("age >= 18 yrs", "P110", "units"),
        ("medication includes augmentin", "P111", "Did you mean augmentine?"),
    ],
)
def test_the_hint_names_the_fix(condition, code, advice):
    (problem,) = when(condition)
    assert problem.code == code
    assert advice in problem.hint


# --- all at once


def test_every_problem_of_every_file_at_once():
    texts = files()
    texts[PROTOCOL] = texts[PROTOCOL].replace("sex", "sexx").replace("evidence: strong", "evidence: stong")
    texts[SCORE] = texts[SCORE].replace("hb < 120 g/L", "hb < 120 kg")
    texts[QUESTIONNAIRE] = texts[QUESTIONNAIRE].replace("when: not dysphagia", "when: not disfagia")
    texts[FORMULARY] = texts[FORMULARY].replace("max_daily: 80 mg", "max_daily: 80 cm")
    found = check_library(texts)[1]
    assert {one.place.file for one in found} >= {PROTOCOL, SCORE, QUESTIONNAIRE, FORMULARY}
    assert list(found) == sorted(found)


def test_two_problems_of_one_rule_are_both_shown():
    assert sorted(codes(when("hb < 120 kg and sex = femal"))) == ["P108", "P111"]


def test_an_error_holds_every_problem():
    with pytest.raises(LibraryError) as refusal:
        read_library(files() | {PROTOCOL: "protocol: x\nwhat: y\n"})
    assert len(refusal.value.problems) > 1
    assert refusal.value.code == "P000"


@pytest.mark.parametrize("file", [VOCABULARY, FORMULARY, SCORE, PROTOCOL])
def test_a_file_that_cannot_be_read_is_the_only_problem(file):
    texts = files()
    texts[PROTOCOL] = texts[PROTOCOL].replace("when: heartburn_days >= 2", "when: acid >= 4 and band(acid) = low")
    texts[SCORE] = texts[SCORE].replace("bind: hb < 120 g/L", "bind: heartburn.alarm")
    assert check_library(texts)[1] == ()
    assert codes(check_library(texts | {file: "a: b: c\n"})[1]) == ["P001"]


def test_without_a_vocabulary_the_reader_says_so():
    assert codes(check_library({})[1]) == ["P020"]


# --- versions and days


def version(number, **changes):
    text = files()[PROTOCOL].replace("version: 1.0.0", f"version: {number}")
    for key, line in changes.items():
        text = text.replace("sources:\n", f"{key}: {line}\nsources:\n", 1)
    return {f"protocols/heartburn/{number}.yaml": text}


def test_the_highest_published_version_is_in_force():
    library = read_library(files() | version("1.2.0") | version("1.10.0") | version("2.0.0", status="draft"))
    assert edition(library).versions["protocol:heartburn"] == "1.10.0"
    assert edition(library, include_drafts=True).versions["protocol:heartburn"] == "2.0.0"


def test_a_day_has_the_version_of_that_day():
    from_march = version("2.0.0", effective="{from: 2026-03-01}")
    library = read_library(files() | from_march)
    assert edition(library, date(2026, 2, 28)).versions["protocol:heartburn"] == "1.0.0"
    assert edition(library, date(2026, 3, 1)).versions["protocol:heartburn"] == "2.0.0"


def test_what_is_drafted_only_is_not_in_the_edition():
    texts = files()
    texts[QUESTIONNAIRE] = texts[QUESTIONNAIRE].replace("kind: diary", "status: draft\nkind: diary")
    assert edition(read_library(texts)).questionnaires == {}


def test_a_version_that_names_what_was_not_in_force_is_refused():
    texts = files()
    texts[SCORE] = texts[SCORE].replace("range: 0 .. 17", "range: 0 .. 17\neffective: {from: 2027-01-01}")
    texts[PROTOCOL] = texts[PROTOCOL].replace("when: heartburn_days >= 2", "when: acid >= 4")
    library = read_library(texts)
    assert edition(library, date(2027, 1, 1)).scores
    with pytest.raises(LibraryError):
        edition(library, date(2026, 1, 1))


def test_the_digest_follows_the_texts_and_nothing_else():
    first = edition(a_library()).digest
    assert first == edition(a_library()).digest
    assert first != edition(a_library(**{PROTOCOL: files()[PROTOCOL] + "# a comment\n"})).digest
    assert first == edition(read_library(files() | version("0.9.0"))).digest


# --- mutations

SLIPS = [
    "",
    ":",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "#",
    " ",
    "\n",
    "\t",
    "-",
    "&x",
    "*x",
    "!x",
    "|",
    "%",
    "é",
    "0",
    "or",
    ",",
    "((",
    "..",
    "\x00",
]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([PROTOCOL, VOCABULARY, FORMULARY, SCORE, QUESTIONNAIRE]), st.data())
def test_a_valid_file_with_any_slip_is_read_or_refused_with_a_place(file, data):
    texts = files()
    text = texts[file]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.sampled_from(SLIPS)) + text[at + cut :]
    _, found = check_library(texts | {file: text})
    for problem in found:
        assert problem.code in CODES
        assert problem.place.file in texts
        assert problem.place.line >= 1
        assert problem.place.column >= 1


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([PROTOCOL, SCORE, FORMULARY]), st.data())
def test_a_file_with_lines_lost_or_moved_is_read_or_refused(file, data):
    lines = files()[file].splitlines()
    first, second = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, len(lines) - 1))
    lines[first], lines[second] = lines[second], data.draw(st.sampled_from(["", lines[first], f"  {lines[first]}"]))
    for problem in check_library(files() | {file: "\n".join(lines)})[1]:
        assert problem.code in CODES


def test_a_chain_of_thousands_of_definitions_is_refused():
    chain = "".join(f"  d{number}: d{number + 1}\n" for number in range(2000)) + "  d2000: dysphagia\n"
    assert "P121" in codes(problems(PROTOCOL, "define:\n", f"define:\n{chain}"))
