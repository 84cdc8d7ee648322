"""The solver's limit counts its own steps: what it does not decide is said to be open, with why, and never proved."""

import json
import os
import subprocess
import sys

import pytest

from engine.analysis import search
from engine.cli import main
from tests.engine.analysis.disk import write
from tests.engine.analysis.test_prove import stated, verdict

REFUTED = "never: [drug:omeprazole]\nwhen: medication includes warfarin"
PROCESS = """
import sys
from engine.analysis import search
from engine.cli import main
search.EFFORT = int(sys.argv[1])
sys.exit(main(["prove", sys.argv[2], "--json"]))
"""


def test_a_solver_that_gives_up_proves_nothing_and_refutes_nothing(monkeypatch):
    monkeypatch.setattr(search, "EFFORT", 1)
    found, _ = verdict(REFUTED)
    assert (found.found, found.holds, found.witness) == ("open", False, None)
    assert found.why.startswith("the solver gave up")


def test_the_command_says_that_it_is_not_proved_and_why_and_ends_with_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(search, "EFFORT", 1)
    assert main(["prove", write(stated(REFUTED), tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "not proved: the solver gave up" in said
    assert "0 of 1 invariants proved" in said


def answers(effort, folder, seed):
    """Return what a process of its own says, whatever the order of its sets."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", PROCESS, str(effort), folder]
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return run.stdout, run.returncode


@pytest.mark.parametrize("effort", [1, 60, search.EFFORT])
def test_with_one_limit_every_process_says_the_same_bytes(effort, tmp_path):
    folder = write(stated(REFUTED), tmp_path)
    first, other = answers(effort, folder, "1"), answers(effort, folder, "2")
    assert first == other
    assert json.loads(first[0])["invariants"][0]["result"] in {"open", "refuted"}


def test_no_limit_proves_what_does_not_hold(monkeypatch):
    results = []
    for effort in (1, 100, 1_000, 10_000, 100_000):
        monkeypatch.setattr(search, "EFFORT", effort)
        results.append(verdict(REFUTED)[0].found)
    assert "proved" not in results
    assert (results[0], results[-1]) == ("open", "refuted")
