"""Lines in, lines out: a bad line says what was wrong with it and never costs the others theirs."""

import io
import json
import sys
from functools import cache

import pytest

from engine.cli import main
from engine.codes import CODES
from engine.commands import evaluate, explain, score
from engine.commands.programs import programs
from tests.engine.command_line import lines

GOOD = {
    "id": "good",
    "patient": {"age_years": 44, "sex": "male"},
    "allergies": [],
    "medications": [],
    "questionnaire": {"heartburn_days": 5},
}
CASES = {
    "{": "C001",
    "": None,  # an empty line is no case
    "[]": "C001",
    "null": "C001",
    "3": "C001",
    '"text"': "C001",
    "not json at all": "C001",
    '{"id": "x", "labs": [{"name": "hb", "value": NaN, "unit": "g/L"}]}': "C004",
    '{"id": "x", "labs": [{"name": "hb", "value": Infinity, "unit": "g/L"}]}': "C004",
    '{"id": "x", "labs": [{"name": "hb", "value": -Infinity, "unit": "g/L"}]}': "C004",
    '{"id": "x", "labs": [{"name": "hb", "value": 1e999, "unit": "g/L"}]}': "C004",
    '{"id": "x", "labs": [{"name": "hb", "value": 1e-999, "unit": "g/L"}]}': "C004",
    '{"id": "x", "labs": [{"name": "hb", "value": ' + "9" * 5000 + ', "unit": "g/L"}]}': "C004",
    '{"id": "x", "labs": [{"name": "haemoglobine", "value": 1, "unit": "g/L"}]}': "C002",
    '{"id": "x", "labs": {"hb": 1}}': "C003",
    '{"id": "x", "questionnaire": {"no_such_answer": true}}': "C002",
    '{"id": "x", "questionnaire": {"dysphagia": "perhaps"}}': "C003",
    '{"id": "x", "questionnaire": []}': "C003",
    '{"id": "x", "questionaire": {}}': "C002",
    '{"id": "x", "medications": ["no_such_medicine"]}': "C005",
    '{"id": "x", "allergies": "penicillin"}': "C003",
    '{"id": "x", "as_of": "yesterday"}': "C006",
    '{"id": "x", "as_of": "2026-02-30"}': "C006",
    '{"id": "x", "as_of": "2026-01-01", "labs": [{"name": "hb", "value": 130, "date": "2026-01-02"}]}': "C006",
    '{"id": "x", "diary": {"pain_0_10": [11]}}': "C007",
    '{"id": "x", "patient": {"sex": "neither"}}': "C008",
    '{"id": ["x"]}': "C001",
    "[" * 100000: "C001",
    '{"id": "x", "questionnaire": ' + '{"a":' * 5000 + "1" + "}" * 5001: "C001",
    '{"id": "x", "questionnaire": ' + '{"a":' * 60 + "1" + "}" * 61: "C001",
    '{"id": "x", "questionnaire": ' + '{"a":' * 6 + "1" + "}" * 7: "C002",
    '{"id": "\ud800"}': None,
}
SCORES = {
    '{"id": "x", "score": "gerdq", "inputs": {"heartburn_days": 5}}': "incomplete",
    '{"id": "x", "score": "gerdq", "inputs": {"heartburn_days": 9}}': "reject_or_query",
    '{"id": "x", "score": "gerdq", "inputs": {"heartburn_days": {"value": 5, "unit": "kg"}}}': "reject_or_query",
    '{"id": "x", "score": "gerdq", "inputs": {}}': "incomplete",
    '{"id": "x", "score": "no_such_score", "inputs": {}}': "C010",
    '{"id": "x", "score": "gerdq", "inputs": {"no_such_input": 1}}': "C010",
    '{"id": "x", "score": "gerdq"}': "C010",
    '{"id": "x", "inputs": {}}': "C010",
    '{"id": "x", "score": "gerdq", "inputs": {"heartburn_days": NaN}}': "C004",
    "{": "C001",
    "nonsense": "C001",
}


compiled = cache(programs)  # of the shipped library: a process of its own for each test would take minutes


@pytest.fixture
def pauta(monkeypatch, capfd):
    """Run a command in this process and return exit code, replies and what was said of errors."""
    for module in (evaluate, score, explain):
        monkeypatch.setattr(module, "programs", lambda paths: compiled(tuple(paths)))

    def run(*arguments, stdin=""):
        raw = stdin if isinstance(stdin, bytes) else stdin.encode("utf-8", "surrogatepass")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), "utf-8"))
        code = main(arguments)
        out, err = capfd.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return run


def told(reply):
    return reply["error"]["code"] if "error" in reply else None


def test_each_bad_line_is_answered_by_its_code_and_the_good_ones_between_them_by_a_plan(pauta):
    good = json.dumps(GOOD)
    sent = "\n".join(part for line in CASES for part in (good, line)) + f"\n{good}\n"
    code, replies, err = pauta("evaluate", "-", "--json", stdin=sent)
    assert (code, err) == (1, "")
    between = [reply for reply in replies if reply["id"] == "good"]
    assert len(between) == len(CASES) + 1
    assert len({json.dumps(reply) for reply in between}) == 1
    assert [item["code"] for item in between[0]["items"]]
    answers = [reply for reply in replies if reply["id"] != "good"]
    expected = [(line, wanted) for line, wanted in CASES.items() if line]
    assert len(answers) == len(expected)
    for reply, (line, wanted) in zip(answers, expected, strict=True):
        if wanted is not None:
            assert told(reply) == wanted, line[:120]
        assert told(reply) is None or told(reply) in CODES


def test_a_bad_line_keeps_its_id_and_repeats_no_answer_of_the_patient(pauta):
    secret = '{"id": "p7", "questionnaire": {"dysphagia": "my private words"}}'
    code, (reply,), _ = pauta("evaluate", "-", "--json", stdin=secret + "\n")
    assert (code, reply["id"]) == (1, "p7")
    assert "private" not in json.dumps(reply)
    assert set(reply) == {"id", "error"}
    assert set(reply["error"]) <= {"code", "message", "hint"}


def test_a_mistyped_name_comes_with_the_right_one(pauta):
    sent = lines([{"id": "x", "questionnaire": {"disphagia": True}}, {"id": "y", "questionaire": {}}])
    _, replies, _ = pauta("evaluate", "-", "--json", stdin=sent)
    assert ["dysphagia" in replies[0]["error"]["hint"], "questionnaire" in replies[1]["error"]["hint"]] == [True, True]


def test_held_incomplete_and_queried_are_answers_and_no_failures(pauta):
    unknown = {**GOOD, "id": "unknown", "allergies": None, "medications": None}
    queried = {**GOOD, "id": "queried", "labs": [{"name": "hb", "value": 13, "unit": "g/L"}]}
    code, replies, _ = pauta("evaluate", "-", "--json", stdin=lines([unknown, queried, {"id": "empty"}]))
    assert code == 0
    assert "held" in {item["state"] for item in replies[0]["items"]}
    assert replies[1]["queries"] == ["hb"]
    assert {"hb_unit", "unit_hb"} <= set(replies[1]["ask"])
    assert [item for item in replies[2]["items"] if item["state"] == "proposed"] == []
    assert replies[2]["ask_now"]


def test_each_score_line_is_answered_and_only_unreadable_ones_end_with_1(pauta):
    code, replies, err = pauta("score", "-", "--json", stdin="\n".join(["", *SCORES]))
    assert (code, err, len(replies)) == (1, "", len(SCORES))
    for reply, (line, wanted) in zip(replies, SCORES.items(), strict=True):
        assert (told(reply) or reply["status"]) == wanted, line
    fine = [line for line, wanted in SCORES.items() if not wanted.startswith("C")]
    code, replies, _ = pauta("score", "-", "--json", stdin="\n".join(fine))
    assert (code, len(replies)) == (0, len(fine))


def test_an_unknown_score_named_on_the_command_line_says_which_there_are(pauta):
    code, (reply,), _ = pauta("score", "gerdQ", "--json", stdin="{}")
    assert (code, told(reply)) == (1, "C010")
    assert "gerdq" in reply["error"]["hint"]


def test_bytes_that_are_no_text_cost_only_their_own_line(pauta):
    sent = json.dumps(GOOD).encode() + b"\n\xff\xfe\x00\n" + json.dumps(GOOD).encode() + b"\n"
    code, replies, _ = pauta("evaluate", "-", "--json", stdin=sent)
    assert code == 1
    assert [told(reply) for reply in replies] == [None, "C001", None]


def test_a_mark_at_the_head_of_the_stream_and_windows_line_ends_are_passed_over(pauta):
    line = json.dumps(GOOD).encode()
    code, replies, _ = pauta("evaluate", "-", "--json", stdin=b"\xef\xbb\xbf" + line + b"\r\n" + line + b"\r\n")
    assert (code, [reply["id"] for reply in replies]) == (0, ["good", "good"])


def test_an_id_may_be_a_number_or_missing(pauta):
    code, replies, _ = pauta("evaluate", "-", "--json", stdin=lines([{"id": 7}, {}]))
    assert (code, [reply["id"] for reply in replies]) == (0, ["7", ""])


def test_many_lines_come_out_in_the_order_they_went_in(pauta):
    sent = [{"id": f"n{number}"} if number % 7 else {"id": f"n{number}", "bad": 1} for number in range(150)]
    code, replies, _ = pauta("evaluate", "-", "--json", stdin=lines(sent))
    assert code == 1
    assert [reply["id"] for reply in replies] == [case["id"] for case in sent]
    assert [told(reply) is not None for reply in replies] == ["bad" in case for case in sent]


@pytest.mark.parametrize(
    "arguments",
    [(), ("evaluate",), ("score",), ("explain",), ("prove", "no_such_folder"), ("evaluate", "-", "--yaml"),
     ("explain", "-", "--voice", "x"), ("explain", "-", "--lang", "fr"), ("evaluate", "-", "no_such_folder"),
     ("evaluate", "no_such_file.json"),
     ("score", "gerdq", "no_such_folder"), ("check", "no_such_folder"), ("test", "no_such_folder")],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use_ends_with_2_and_says_so_in_words(pauta, arguments):
    code, replies, err = pauta(*arguments, stdin="{}")
    assert (code, replies) == (2, [])
    assert err
    assert "Traceback" not in err
