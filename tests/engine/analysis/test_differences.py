"""`pauta diff`: for whom two versions give different plans; nobody whom they treat differently is overlooked."""

import json
import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.analysis.differences import compare
from engine.analysis.witness import read
from engine.cli import main
from engine.commands.diff import programs
from engine.commands.files import load
from engine.compiler import compile_edition
from engine.evaluator import evaluate
from engine.language.library import edition, read_library
from tests.engine.analysis.disk import write
from tests.engine.language.a_library import FORMULARY, PROTOCOL, QUESTIONNAIRE, VOCABULARY, files
from tests.engine.programs import built, cases, conditions, protocols

LONG = int(os.environ.get("PAUTA_LONG_PROPERTIES", "0"))


def program(texts):
    return compile_edition(edition(read_library(texts)))


def changed(old, new, file=PROTOCOL):
    texts = files()
    assert old in texts[file]
    return texts | {file: texts[file].replace(old, new, 1)}


def compared(old, new, file=PROTOCOL):
    return compare(program(files()), program(changed(old, new, file)))


def told(found):
    return {(each.code, each.aspect, each.old, each.new) for each in found.differences}


def test_a_library_is_equivalent_to_itself():
    assert compare(program(files()), program(files())).equivalent


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("when: heartburn_days >= 2", "when: not (heartburn_days < 2)"),
        ("when: heartburn_days >= 2", "when: heartburn_days > 1"),
        ("when: heartburn_days >= 2", "when: heartburn_days in [2 .. 7]"),
    ],
)
def test_what_is_only_said_otherwise_is_proved_to_be_the_same(old, new):
    found = compared(old, new)
    assert found.equivalent
    assert "rx:ppi_8w" in found.changed.codes


def test_a_limit_that_moved_is_shown_by_one_patient_of_few_facts_whom_the_evaluator_confirms():
    found = compared("when: heartburn_days >= 2", "when: heartburn_days >= 3")
    assert ("rx:ppi_8w", "state", "proposed", "absent") in told(found)
    patient = next(each.witness for each in found.differences if each.code == "rx:ppi_8w")
    assert patient.given["heartburn_days"].startswith("2")
    assert len(patient.given) <= 7
    states = []
    for texts in (files(), changed("when: heartburn_days >= 2", "when: heartburn_days >= 3")):
        made = program(texts)
        items = evaluate(made, read(patient.given, made).facts).items
        states.append({item.code: item.state for item in items}.get("rx:ppi_8w"))
    assert states == ["proposed", None]


def test_an_exclusion_that_is_gone_is_told_as_such():
    found = compared("    exclude: needs_endoscopy\n", "")
    assert {(code, aspect) for code, aspect, _, _ in told(found)} >= {("rx:ppi_8w", "state")}


def test_a_fact_that_only_one_version_knows_is_told():
    fact = "  hiccups:\n    type: yes_no\n    title:\n      es: Hipo\n      en: Hiccups\n"
    found = compared("facts:\n", f"facts:\n{fact}", VOCABULARY)
    assert found.changed.new_facts == ("hiccups",)
    assert found.equivalent


@pytest.mark.parametrize(
    ("old", "new", "file", "named"),
    [
        ("    fresh_for: 4 weeks\n", "    fresh_for: 5 weeks\n", VOCABULARY, "fresh for 28 days before, 35 now"),
        ("- item: ", "- always_ask: yes\n        item: ", QUESTIONNAIRE, "daily."),
    ],
)
def test_what_differs_beside_the_rules_is_named_and_not_searched_for(old, new, file, named):
    found = compared(old, new, file)
    assert found.equivalent
    assert len(found.changed.aside) == 1
    assert named in found.changed.aside[0]


def test_a_dose_of_a_regimen_that_changed_is_told_with_its_days():
    for old, new, said in (
        ("dose: 20 mg", "dose: 40 mg", "40 mg"),
        ("duration: 8 weeks", "duration: 4 weeks", "28 days"),
    ):
        found = compared(old, new, FORMULARY)
        (dose,) = [each for each in found.differences if each.aspect == "dose"]
        assert dose.code == "rx:ppi_8w"
        assert said in dose.new
        assert said not in dose.old
        assert found.undecided == ()


def test_what_a_medicine_brings_is_told_where_its_item_comes_to_others():
    found = compared("when: heartburn_days >= 2", "when: heartburn_days >= 3")
    assert ("test:blood_count", "state", "proposed", "absent") in told(found)


def test_a_warning_that_changes_nothing_of_what_is_given_is_named():
    found = compared("        add:\n          - test:blood_count\n        source", "        source", FORMULARY)
    assert {each.code for each in found.differences} == {"test:blood_count"}
    gone = changed("      - when: may_be_pregnant", "      - when: may_be_pregnant and dysphagia", FORMULARY)
    assert "warnings and questions of omeprazole" in compare(program(files()), program(gone)).changed.aside


def test_of_a_broad_change_some_items_are_looked_into_and_the_others_named():
    seen = []
    old, new = program(files()), program(changed("when: heartburn_days >= 2", "when: heartburn_days >= 3"))
    found = compare(old, new, most=1, told=lambda count, number: seen.append((count, number)))
    assert seen == [(1, 1)]
    assert "rx:ppi_8w" in {code for code, _ in found.undecided}
    assert "more than 1 items" in found.undecided[0][1]
    assert {each.code for each in found.differences} == {"fu:review_8w"}
    assert not compare(old, new, most=None).undecided


def test_two_versions_read_together_are_those_read_apart():
    before, after = files(), changed("when: heartburn_days >= 2", "when: heartburn_days >= 3")
    together = [made.edition for made in programs(before, after)]
    assert together == [program(before).edition, program(after).edition]
    one, other = programs(before, before)
    assert one is other


def test_the_command_prints_the_item_and_the_patient_and_ends_with_1(tmp_path, capsys):
    old, new = write(files(), tmp_path / "old"), write(
        changed("when: heartburn_days >= 2", "when: heartburn_days >= 3"), tmp_path / "new"
    )  # fmt: skip
    assert main(["diff", old, new]) == 1
    said = capsys.readouterr().out
    assert "rx:ppi_8w: proposed before, absent now, for this patient:" in said
    assert "    heartburn_days: 2" in said
    assert main(["diff", old, old, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["equivalent"] is True


def test_a_file_is_compared_inside_the_library_of_the_other(tmp_path, capsys):
    old = write(files(), tmp_path / "old")
    alone = tmp_path / "1.1.0.yaml"
    text = files()[PROTOCOL].replace("version: 1.0.0", "version: 1.1.0", 1)
    alone.write_text(text.replace("when: heartburn_days >= 2", "when: heartburn_days >= 3", 1), encoding="utf-8")
    assert main(["diff", f"{old}/{PROTOCOL}", os.fspath(alone), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [each["code"] for each in said["differences"]] == ["fu:review_8w", "rx:ppi_8w", "test:blood_count"]
    assert said["undecided"] == []


def test_a_version_that_is_not_there_is_wrong_use(tmp_path, capsys):
    assert main(["diff", write(files(), tmp_path / "old"), "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


def shown(made, case):
    return {item.code: (item.state, item.urgency, item.doses) for item in evaluate(made, case).items}


@st.composite
def pairs(draw):
    """Draw a program, and the same with one condition of one rule replaced."""
    first, second = draw(protocols())
    name = draw(st.sampled_from(sorted(first.rules)))
    part = draw(st.sampled_from(("when", "exclude")))
    rule = replace(first.rules[name], **{part: draw(conditions())})
    return built(first, second), built(replace(first, rules={**first.rules, name: rule}), second)


@settings(max_examples=400 if LONG else 6, deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs(), st.lists(cases, min_size=12, max_size=12))
def test_whoever_is_treated_differently_belongs_to_a_difference_that_is_told(drawn, people):
    old, new = map(compile_edition, drawn)
    found = compare(old, new)
    named = {each.code for each in found.differences} | {code for code, _ in found.undecided}
    for case in people:
        one, other = shown(old, case), shown(new, case)
        differing = {code for code in {*one, *other} if one.get(code) != other.get(code)}
        assert differing <= named


def test_a_moved_limit_of_a_shipped_score_leaves_nothing_undecided_and_everybody_shown_is_confirmed():
    """Who has half of the answers counts as well: what another rule proposes either way is proved to be the same."""
    before = dict(load([]).texts)
    (name,) = [each for each in before if "scores/iron_status" in each]
    after = before | {name: before[name].replace("      - ferritin < 30\n", "      - ferritin < 25\n", 1)}
    assert after != before
    old, new = programs(before, after)
    found = compare(old, new)
    assert found.undecided == ()
    assert ("test:coeliac_serology", "state") in {(each.code, each.aspect) for each in found.differences}
    assert "supp:oral_iron_od" not in {each.code for each in found.differences}
    for each in found.differences:
        plans = [evaluate(version, read(each.witness.given, version).facts) for version in (old, new)]
        items = [{item.code: item for item in plan.items}.get(each.code) for plan in plans]
        assert items[0] != items[1], each.code
