"""On the shipped library the second opinion confirms the sample patients and the tests that live in the files."""

import os
from itertools import islice

from engine.compiler import compile_edition
from engine.confirming import confirm, lines_of
from engine.evaluator import evaluate
from engine.language.cases import read_example
from engine.language.library import edition
from engine.opinion.process import Kept
from tests.engine.command_line import json_lines, lines, pauta, sample
from tests.engine.content.shipped import library

EVERY = int(os.environ.get("PAUTA_CONFIRM_EVERY", "40"))  # 1: all tests of all files


def test_every_sample_patient_is_confirmed_on_the_command_line():
    cases = [{key: value for key, value in each.items() if key != "expected"} for each in sample("vignettes.json")]
    run = pauta("evaluate", "-", "--json", "--second-opinion", stdin=lines(cases))
    said = {plan["id"]: plan["second_opinion"] for plan in json_lines(run.stdout)}
    confirmed = {"state": "confirmed", "reason": "", "differs": []}
    assert said == {case["id"]: confirmed for case in cases}
    assert run.returncode == 0


def test_words_about_several_medicines_of_somebody_who_answered_no_list_are_confirmed():
    text = "Soy alérgico a la penicilina y al ibuprofeno. Tomo warfarina y también omeprazol."
    case = {"id": "w", "patient": {"age_years": 40}, "free_text": {"other": text}}
    run = pauta("evaluate", "-", "--json", "--second-opinion", stdin=lines([case]))
    (plan,) = json_lines(run.stdout)
    assert plan["second_opinion"]["state"] == "confirmed"
    assert {"allergy", "medication"} <= set(plan["unconfirmed"])


def test_the_tests_in_the_files_are_confirmed():
    shipped, kept = edition(library()), Kept()
    program = compile_edition(shipped)
    examples = (each for protocol in shipped.protocols.values() for each in protocol.examples)
    try:
        for example in islice(examples, 0, None, EVERY):
            case = read_example(example.given, shipped.vocabulary, shipped.formulary)
            found = confirm(program, case, lines_of(evaluate(program, case)), kept)
            assert found.state == "confirmed", (example.place, found)
    finally:
        kept.close()
