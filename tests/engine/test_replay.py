"""`pauta replay`: what rules and items come to in stored cases, what changed since an older library, bad lines told."""

import io
import json
import shutil
import sys
from datetime import date

import pyarrow
import pyarrow.parquet
import pytest

from engine.cli import main
from engine.commands import replaying, stored_cases
from engine.commands.programs import programs
from engine.commands.replaying import BATCH, Answer, Version, replay
from engine.commands.replaying_apart import AHEAD, replay_apart
from engine.evaluator.truths import rule_truths
from tests.engine.command_line import json_lines, lines
from tests.engine.language.a_library import FOLDER

LIBRARY = str(FOLDER)
ADULT = {"patient": {"age_years": 40, "sex": "male"}, "allergies": [], "medications": [], "history": []}
TRIAL, ITEM = "heartburn.trial", "rx:ppi_8w"


def a_case(name, days, **answers):
    return {"id": name, **ADULT, "questionnaire": {"heartburn_days": days, **answers}}


PEOPLE = [
    a_case("treated", 5, dysphagia=False),
    a_case("well", 0, dysphagia=False),
    a_case("unsure", 5),
    a_case("nearly", 2, dysphagia=False),
]


@pytest.fixture
def stored(tmp_path):
    def write(cases=PEOPLE, name="cases.jsonl"):
        path = tmp_path / name
        path.write_text(cases if isinstance(cases, str) else lines(cases), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def older(tmp_path):
    """Return a library in which the trial began at three days of heartburn a week."""
    folder = tmp_path / "older"
    shutil.copytree(FOLDER, folder)
    path = folder / "protocols/heartburn/1.0.0.yaml"
    path.write_text(path.read_text().replace("heartburn_days >= 2", "heartburn_days >= 3"))
    return str(folder)


def replayed(capsys, *arguments):
    code = main(["replay", "--json", *arguments])
    printed = capsys.readouterr()
    *told, last = json_lines(printed.out)
    return code, told, last["summary"], printed.err


def test_every_rule_and_item_is_counted(stored, capsys):
    code, told, summary, _ = replayed(capsys, stored(), LIBRARY)
    assert (code, told, summary["cases"], summary["bad"]) == (0, [], 4, 0)
    assert sum(summary["rules"][TRIAL].values()) == 4
    live = Version(programs([LIBRARY]), items=False)
    read = [live.read(each) for each in PEOPLE]
    expected = [rule_truths(each.program, each.case)[each.program.positions[TRIAL]] for each in read]
    assert summary["rules"][TRIAL] == {
        "fired": expected.count(True), "open": expected.count(None), "false": expected.count(False)
    }  # fmt: skip
    assert summary["items"][ITEM]["held"] + summary["items"][ITEM]["proposed"] >= 2


def test_a_case_that_comes_out_otherwise_is_told_with_what_was_and_what_is(stored, older, capsys):
    code, told, summary, _ = replayed(capsys, stored(), LIBRARY, "--against", older)
    assert code == 0  # that something changed is an answer, not a failure
    assert [each["id"] for each in told] == ["nearly"]
    assert summary["changed"] == 1
    assert told[0]["line"] == 4
    assert told[0]["changed"]["rules"][TRIAL][0] == "false"
    assert told[0]["changed"]["items"][ITEM][0] is None
    assert summary["before"]["rules"][TRIAL]["false"] == summary["rules"][TRIAL]["false"] + 1


def test_a_library_with_other_words_for_an_answer_reads_each_case_by_its_own(stored, tmp_path, capsys):
    folder = tmp_path / "narrow"
    shutil.copytree(FOLDER, folder)
    path = folder / "vocabulary/facts.yaml"
    text = path.read_text()
    assert "range: 0 .. 7" in text
    path.write_text(text.replace("range: 0 .. 7", "range: 0 .. 4"))  # five days of heartburn are asked about there
    _, told, summary, _ = replayed(capsys, stored(), LIBRARY, "--against", str(folder))
    assert [each["id"] for each in told] == ["treated", "unsure"]
    assert {each["changed"]["items"][ITEM][0] for each in told} == {None}
    assert summary["items"][ITEM]["held"] == summary["before"]["items"].get(ITEM, {}).get("held", 0) + 2


def test_a_library_against_itself_changes_nobody(stored, capsys):
    _, told, summary, _ = replayed(capsys, stored(), LIBRARY, "--against", LIBRARY)
    assert (told, summary["changed"]) == ([], 0)
    assert summary["before"]["rules"] == summary["rules"]


def test_a_bad_line_is_told_with_its_number_and_code_and_the_others_are_answered(stored, capsys):
    text = lines(PEOPLE[:1]) + "\nnot json\n" + lines([{"id": "x", "questionnaire": {"nothing": 1}}, PEOPLE[1]])
    code, told, summary, _ = replayed(capsys, stored(text), LIBRARY)
    assert code == 1
    assert [(each["line"], each["id"], each["error"]["code"]) for each in told] == [(3, None, "C001"), (4, "x", "C002")]
    assert (summary["cases"], summary["bad"], sum(summary["rules"][TRIAL].values())) == (4, 2, 2)


def test_the_text_shows_tables_and_changes(stored, older, capsys):
    assert main(["replay", stored(), LIBRARY, "--against", older]) == 0
    printed = capsys.readouterr()
    assert "line 4 nearly changed:\n    heartburn.trial: false -> " in printed.out
    assert "rule " in printed.out
    assert "proposed" in printed.out
    assert printed.out.endswith("4 cases, 0 that could not be read, 1 changed\n")
    assert printed.err.startswith("4 cases in all, 0 bad")


def test_rules_alone_make_no_plans(stored, capsys):
    _, _, summary, _ = replayed(capsys, stored(), LIBRARY, "--rules")
    assert summary["items"] == {}
    assert sum(summary["rules"][TRIAL].values()) == 4


def test_cases_come_through_a_pipe_and_one_may_be_written_over_lines(monkeypatch, capsys):
    text = json.dumps(PEOPLE[0], indent=2)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, _, summary, _ = replayed(capsys, "-", LIBRARY)
    assert (code, summary["cases"]) == (0, 1)


def test_nothing_to_read_is_no_failure_and_no_file_is(stored, capsys, tmp_path):
    assert replayed(capsys, stored(""), LIBRARY)[2]["cases"] == 0
    assert main(["replay", str(tmp_path / "none.jsonl"), LIBRARY]) == 2
    assert "C009" in capsys.readouterr().err


# --- Parquet


def parquet(path, rows):
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    return str(path)


def test_parquet_says_what_lines_of_json_say(stored, tmp_path, capsys):
    _, _, from_lines, _ = replayed(capsys, stored(), LIBRARY)
    texts = parquet(tmp_path / "texts.parquet", [{"case": json.dumps(each)} for each in PEOPLE])
    sections = parquet(tmp_path / "sections.parquet", PEOPLE)
    assert replayed(capsys, texts, LIBRARY)[2] == from_lines
    assert replayed(capsys, sections, LIBRARY)[2] == from_lines


def test_numbers_and_days_of_a_row_are_read_as_they_are_written():
    row = {"as_of": date(2026, 1, 31), "labs": [{"value": 0.1}], "questionnaire": [("pain", 2.5)]}
    read = stored_cases.as_case(row)
    assert read["as_of"] == "2026-01-31"
    assert str(read["labs"][0]["value"]) == "0.1"
    assert read["questionnaire"].keys() == {"pain"}


def test_a_number_that_is_none_is_refused_in_its_row_alone(tmp_path, capsys):
    rows = [{"id": name, "vitals": {"weight_kg": value}} for name, value in (("a", float("nan")), ("b", 70.5))]
    code, told, summary, _ = replayed(capsys, parquet(tmp_path / "n.parquet", rows), LIBRARY, "--rules")
    assert (code, [(each["line"], each["error"]["code"]) for each in told]) == (1, [(1, "C004")])
    assert summary["cases"] == 2


def test_a_file_that_only_bears_the_name_is_said_not_to_be_parquet(tmp_path, capsys):
    (tmp_path / "x.parquet").write_text("{}")
    assert main(["replay", str(tmp_path / "x.parquet"), LIBRARY]) == 2
    assert "is not Parquet" in capsys.readouterr().err


# --- many


def test_many_cases_keep_their_order_and_no_more_than_a_batch_is_held(monkeypatch):
    monkeypatch.setattr(replaying, "BATCH", 3)
    taken = []

    def source():
        for number in range(8):
            taken.append(number)
            yield number, json.dumps(PEOPLE[number % 4])

    answers = replay(source(), (Version(programs([LIBRARY]), items=False),))
    first = next(answers)
    assert isinstance(first, Answer)
    assert len(taken) == 3 < BATCH
    assert [first.line, *(each.line for each in answers)] == list(range(8))


FORKED = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # the threads are those of numpy


@FORKED
@pytest.mark.parametrize("processes", [1, 2, 3])
def test_several_processes_say_what_one_says_in_the_same_order(processes, stored, older, monkeypatch, capsys):
    bad = "not json\n" + json.dumps({"id": "x", "questionnaire": {"nothing": 1}}) + "\n"
    path = stored(lines(PEOPLE * 5) + "\n" + bad + lines(PEOPLE * 3))
    expected = replayed(capsys, path, LIBRARY, "--against", older, "--processes", "1")
    monkeypatch.setattr(replaying, "BATCH", 3)
    assert replayed(capsys, path, LIBRARY, "--against", older, "--processes", str(processes))[:3] == expected[:3]
    assert [each["error"]["code"] for each in expected[1] if "error" in each] == ["C001", "C002"]
    assert expected[2]["cases"] == 34


@FORKED
def test_no_process_is_fed_more_than_a_few_batches_ahead(monkeypatch):
    monkeypatch.setattr(replaying, "BATCH", 3)
    taken = []

    def source():
        for number in range(60):
            taken.append(number)
            yield number, json.dumps(PEOPLE[number % 4])

    answers = replay_apart(source(), (Version(programs([LIBRARY]), items=True),), processes=2)
    first = next(answers)
    assert isinstance(first, Answer)
    assert len(taken) <= 3 * (AHEAD * 2 + 1)
    assert [first.line, *(each.line for each in answers)] == list(range(60))


def test_progress_goes_to_standard_error(stored, capsys, monkeypatch):
    monkeypatch.setattr("engine.commands.replay.EVERY", 0)
    _, _, _, told = replayed(capsys, stored(), LIBRARY)
    assert told.count("so far") == 4
    assert "4 cases in all" in told
