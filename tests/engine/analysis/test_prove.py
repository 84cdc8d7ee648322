"""`pauta prove`: what is stated holds of every possible patient, or here is one of whom it does not."""

import json
import os

import pytest

from engine.analysis.conditions import encoder_of
from engine.analysis.invariants import breaks, prove
from engine.analysis.items import Plans
from engine.analysis.rules import findings
from engine.analysis.search import Search
from engine.analysis.witness import Witness
from engine.cli import main
from engine.compiler import compile_edition
from engine.language.cases import read_example
from engine.language.library import check_library, edition, read_library
from tests.engine.analysis.shipped import plans, program
from tests.engine.language.a_library import PROTOCOL, files

HEAD = """invariants: safety
version: 1.0.0
title:
  es: Lo que ningún plan puede hacer
  en: What no plan may do
statements:
  stated:
    {statement}
    because:
      es: Por seguridad.
      en: For safety.
"""


def stated(statement, *, when="heartburn_days >= 2", exclude="needs_endoscopy"):
    """Return the texts of the small library with a statement, and its prescription under these conditions."""
    texts = files()
    own = texts[PROTOCOL].replace("when: heartburn_days >= 2", f"when: {when}", 1)
    own = own.replace("    exclude: needs_endoscopy\n", f"    exclude: {exclude}\n" if exclude else "", 1)
    body = "\n    ".join(statement.splitlines())
    return texts | {PROTOCOL: own, "invariants.yaml": HEAD.format(statement=body)}


def searched(texts):
    return Search(Plans(encoder_of(compile_edition(edition(read_library(texts))))))


def verdict(statement, **changed):
    search = searched(stated(statement, **changed))
    made = search.plans.encoder.program
    return prove(made.edition.invariants[0], search), made


@pytest.mark.parametrize(
    "statement",
    [
        "never: [drug:omeprazole]\nwhen: dysphagia",
        "never: [drug:omeprazole]\nwhen: unknown(dysphagia)",
        "never: [drug:omeprazole]\nwhen: hb < 12 g/dL",
        "never: [drug:acid_suppressants]\nwhen: allergy includes omeprazole",
        "never: [rx]\nwhen: unknown(allergy)",
        "never: [any_medicine]\nwhen: age < 18 years",
        "never: [any_medicine]\nwhen: unknown(age)",
        "always: [ref:urgent_endoscopy]\nwhen: dysphagia",
        "always: [ref:urgent_endoscopy]\nwhen: hb < 12 g/dL",
    ],
)
def test_what_the_rules_see_to_is_proved_of_all_patients(statement):
    found, _ = verdict(statement)
    assert (found.found, found.empty, found.witness) == ("proved", "", None)


@pytest.mark.parametrize(
    ("statement", "changed"),
    [
        ("never: [drug:omeprazole]\nwhen: dysphagia", {"exclude": ""}),
        ("never: [drug:omeprazole]\nwhen: heartburn_days < 3", {}),
        ("never: [drug:omeprazole]\nwhen: medication includes warfarin", {}),
        ("never: [rx]\nwhen: hb = 12 g/dL", {}),
        ("never: [any_medicine]\nwhen: age = 18 years", {}),
        ("always: [rx:ppi_8w]\nwhen: heartburn_days >= 2 and age >= 18 years", {}),
        ("always: [fu:review_8w]\nwhen: dysphagia", {}),
    ],
)
def test_what_does_not_hold_is_shown_of_one_patient_whom_the_evaluator_confirms(statement, changed):
    found, made = verdict(statement, **changed)
    assert found.found == "refuted"
    assert breaks(found.invariant, found.witness, made)
    again = read_example(found.witness.given, made.edition.vocabulary, made.edition.formulary)
    assert breaks(found.invariant, Witness(found.witness.given, again), made), "as a test of a file it is somebody else"


def test_the_patient_has_no_more_facts_than_the_matter_needs():
    found, _ = verdict("never: [drug:omeprazole]\nwhen: medication includes warfarin")
    assert set(found.witness.given) == {"age", "heartburn_days", "dysphagia", "hb", "allergy", "medication"}
    assert found.witness.given["medication"] == ["warfarin"]


def test_a_proof_over_nobody_is_no_proof():
    found, _ = verdict("never: [drug:omeprazole]\nwhen: hb < 12 g/dL and hb > 13 g/dL")
    assert (found.found, found.empty, found.holds) == ("proved", "nobody", False)


def test_what_no_rule_proposes_is_said_to_be_guarded_only():
    found, _ = verdict("never: [drug:amoxicillin]\nwhen: allergy includes penicillins")
    assert (found.found, found.empty, found.holds) == ("proved", "nothing", True)


@pytest.mark.parametrize(
    ("when", "kind"),
    [("heartburn_days >= 2 and heartburn_days < 2", "never"), ("heartburn_days > 7", "never"), ("dysphagia", "hidden")],
)
def test_a_rule_that_nobody_can_meet_is_found(when, kind):
    found = list(findings(searched(stated("never: [rx]\nwhen: dysphagia", when=when))))
    assert [(each.kind, each.rule) for each in found if each.kind != "beyond"] == [(kind, "heartburn.trial")]


def test_a_rule_that_somebody_meets_is_none():
    assert not list(findings(searched(stated("never: [rx]\nwhen: dysphagia"))))


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("when: dysphagia", "P312"),
        ("never: [rx]\nalways: [rx]\nwhen: dysphagia", "P312"),
        ("never: [drug:nonsense]\nwhen: dysphagia", "P313"),
        ("never: [rx:nonsense]\nwhen: dysphagia", "P313"),
        ("never: [rx]\nbut: [nonsense]\nwhen: dysphagia", "P313"),
        ("never: [rx]\nwhen: nonsense", "P105"),
        ("never: [rx]\nwhen: hb < 12", "P109"),
        ("never: [rx]", "P012"),
    ],
)
def test_a_statement_that_cannot_be_read_is_a_problem_of_the_check(statement, code):
    _, problems = check_library(stated(statement))
    assert code in [problem.code for problem in problems]
    assert all(problem.place.file == "invariants.yaml" and problem.hint for problem in problems)


def test_everything_the_shipped_library_states_holds_and_its_rules_contradict_nobody():
    search = Search(plans())
    open_ = [each for each in (prove(one, search) for one in program().edition.invariants) if not each.holds]
    assert len(program().edition.invariants) >= 40
    assert open_ == []
    assert list(findings(search)) == []


@pytest.fixture
def folder(tmp_path):
    def write(texts):
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return os.fspath(tmp_path)

    return write


def test_the_command_prints_the_patient_and_ends_with_1(folder, capsys):
    where = folder(stated("never: [drug:omeprazole]\nwhen: medication includes warfarin"))
    assert main(["prove", where]) == 1
    said = capsys.readouterr().out
    assert "invariants.yaml:8:" in said
    assert "stated: does not hold for this patient:" in said
    assert "    medication: [warfarin]" in said
    assert "0 of 1 invariants proved" in said


def test_the_command_says_in_json_what_was_proved(folder, capsys):
    where = folder(stated("never: [drug:omeprazole]\nwhen: dysphagia"))
    assert main(["prove", where, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "invariants": [
            {"name": "stated", "result": "proved", "empty": "", "why": "", "witness": None, "file": "invariants.yaml",
             "line": 8}
        ],
        "rules": [],
    }  # fmt: skip


def test_an_invariant_nobody_stated_is_wrong_use(folder, capsys):
    where = folder(stated("never: [drug:omeprazole]\nwhen: dysphagia"))
    assert main(["prove", where, "--only", "nonsense"]) == 2
    assert "stated" in capsys.readouterr().err


ADULT_WITH_HEARTBURN = "age >= 18 years and heartburn_days >= 2"


def test_a_protocol_that_should_say_something_of_everybody_is_proved_to_or_here_is_a_patient_it_leaves_alone():
    always = "always: [protocol:heartburn]\nwhen: " + ADULT_WITH_HEARTBURN
    assert verdict(always)[0].found == "proved"
    found, made = verdict(always, when="heartburn_days >= 3")
    assert found.found == "refuted"
    assert found.witness.given["heartburn_days"].startswith("2")
    assert breaks(found.invariant, found.witness, made)


@pytest.mark.parametrize(
    "statement",
    ["always: [protocol:nonsense]\nwhen: dysphagia", "never: [protocol:heartburn]\nwhen: dysphagia"],
)
def test_a_protocol_that_is_not_there_or_must_never_speak_is_no_statement(statement):
    _, problems = check_library(stated(statement))
    assert [problem.code for problem in problems] == ["P313"]


def test_who_asks_to_be_told_reads_how_far_the_proofs_are(folder, capsys):
    where = folder(stated("never: [drug:omeprazole]\nwhen: dysphagia"))
    assert main(["prove", where, "--progress"]) == 0
    assert "1 of 1" in capsys.readouterr().err
    assert main(["prove", where]) == 0
    assert capsys.readouterr().err == ""
