"""The commands as a person types them: what they print, how they end, and what they say of a slip."""

import json

import pytest

from tests.engine.command_line import lines, pauta, sample

CASE = {
    "id": "ana",
    "patient": {"age_years": 44, "sex": "male"},
    "allergies": [],
    "medications": [],
    "questionnaire": {"heartburn_days": 5, "dysphagia": False, "gi_bleeding": False, "weight_loss": False},
}


def test_a_case_is_read_from_a_file_however_it_is_laid_out(tmp_path):
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE, indent=2), encoding="utf-8-sig")
    spread = pauta("evaluate", str(file), "--json")
    file.write_text(json.dumps(CASE), encoding="utf-8")
    assert (spread.returncode, spread.stdout) == (0, pauta("evaluate", str(file), "--json").stdout)
    assert json.loads(spread.stdout)["id"] == "ana"


def test_a_plan_for_reading_says_state_reason_and_what_to_ask():
    run = pauta("evaluate", "-", stdin=lines([CASE]))
    assert run.returncode == 0
    assert run.stdout.startswith("ana: urgency none")
    assert "proposed dx:gerd_probable: " in run.stdout
    assert "ask: " in run.stdout
    assert "gerdq: None" in run.stdout


def test_a_nearly_empty_case_asks_the_first_questions_in_the_text_and_all_of_them_in_json():
    empty = lines([{"id": "e", "patient": {"age_years": 40}, "questionnaire": {"dyspepsia": True}}])
    text, whole = (
        pauta("evaluate", "-", stdin=empty).stdout,
        json.loads(pauta("evaluate", "-", "--json", stdin=empty).stdout),
    )
    first = next(line for line in text.splitlines() if line.startswith("  ask now: "))
    assert len(whole["ask"]) > 30
    assert first.startswith(f"  ask now: {', '.join(whole['ask_now'][:12])}")
    assert "more (all with --json)" in first


def test_a_line_that_cannot_be_read_is_named_and_ends_with_1():
    run = pauta("evaluate", "-", stdin=lines([{"id": "b", "nonsense": 1}, CASE]))
    assert run.returncode == 1
    assert run.stdout.startswith("b: C002")
    assert "ana: urgency none" in run.stdout


@pytest.mark.parametrize("voice", ["patient", "doctor", "auditor"])
def test_an_item_is_explained_to_each_reader_in_their_language(voice):
    run = pauta("explain", "-", "--item", "dx:gerd_probable", "--voice", voice, "--lang", "es", stdin=lines([CASE]))
    assert run.returncode == 0
    assert "síntomas" in run.stdout
    assert ("digest" in run.stdout) is False
    assert ("program " in run.stdout) is (voice == "auditor")


def test_an_item_that_is_not_in_the_plan_is_explained_by_what_its_rule_lacked():
    quiet = {**CASE, "questionnaire": {"heartburn_days": 0, "regurgitation_days": 0, "reflux": False}}
    run = pauta("explain", "-", "--item", "rx:ppi_standard_od_8w", "--lang", "en", stdin=lines([quiet]))
    assert run.returncode == 0
    assert run.stdout.startswith("reflux.")
    none = pauta("explain", "-", "--item", "rx:nothing_of_the_kind", "--lang", "en", stdin=lines([quiet]))
    assert "No published rule proposes" in none.stdout


@pytest.mark.parametrize(
    ("item", "changes", "settled"),
    [("test:repeat_elastase_formed_stool", "80 ug/g → 201 ug/g: it leaves the plan", True),
     ("rx:ppi_standard_od_8w", "with Omeprazole: it is blocked", False)],
)  # fmt: skip
def test_what_would_change_an_item_and_what_can_still_be_asked_is_told(item, changes, settled):
    watery = next(each for each in sample("vignettes.json") if each["id"] == "s08")
    case = {key: value for key, value in watery.items() if key != "expected"} if settled else CASE
    said = pauta("explain", "-", "--item", item, "--lang", "en", stdin=lines([case])).stdout
    assert changes in said[said.index("What would change it:") :]
    assert ("Nothing else you ask can change it." in said) is settled


def test_a_score_for_reading_says_what_is_missing():
    run = pauta("score", "gerdq", stdin=json.dumps({"heartburn_days": 5}, indent=1))
    assert run.returncode == 0
    assert "status incomplete" in run.stdout
    assert "'nausea_days'" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("evaluate", "no_such_file.json"), "C009"),
        (("evaluate", "-", "no_such_folder"), "P020"),
        (("evaluate",), "usage:"),
        (("nonsense",), "usage:"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(arguments, code):
    run = pauta(*arguments)
    assert run.returncode == 2
    assert code in run.stderr
    assert "Traceback" not in run.stderr


def test_no_case_at_all_prints_nothing():
    run = pauta("evaluate", "-", "--json", stdin="\n\n")
    assert (run.returncode, run.stdout) == (0, "")


def test_protocols_that_do_not_check_are_never_evaluated(tmp_path):
    (tmp_path / "protocols").mkdir()
    (tmp_path / "protocols" / "bad.yaml").write_text("protocol: bad\nversion: one\n", encoding="utf-8")
    run = pauta("evaluate", "-", str(tmp_path), "--json", stdin=lines([CASE]))
    assert (run.returncode, run.stdout) == (1, "")
    assert "bad.yaml:" in run.stderr
