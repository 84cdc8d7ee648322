"""Whatever the process of the second opinion does, the question is answered in time, and the next one as ever."""

import os
import signal
import sys
from threading import Timer

import pytest

from engine.compiler import compile_edition
from engine.confirming import confirm, lines_of
from engine.evaluator import evaluate
from engine.opinion.process import Kept, Limits, NoAnswer
from engine.second_opinion import ChainError, _refuse_twins
from tests.engine.builders import all_of, case, edition, fact, protocol, rule, yes_no
from tests.engine.opinion.drawing import drawn

EDITION, (CASE,) = drawn(7)
PROGRAM = compile_edition(EDITION)
RUN = "import engine.opinion.answering as answering, engine.second_opinion as process, sys; {}; process.main({})"
ROOM = "int(sys.argv[1])"


@pytest.fixture
def kept():
    """Return a function that makes a kept process; each is ended with its test."""
    made = []

    def make(*script: str, **limits: float) -> Kept:
        command = (sys.executable, "-c", *script) if script else Kept().command
        made.append(Kept(Limits(**limits), command))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.close()


def verdict(kept):
    return confirm(PROGRAM, CASE, lines_of(evaluate(PROGRAM, CASE)), kept)


def trouble(kept):
    found = verdict(kept)
    assert (found.state, found.differs) == ("not_confirmed", ())
    return found.reason


def test_a_case_is_confirmed_and_the_process_is_kept_for_the_next(kept):
    working = kept()
    assert (verdict(working).state, verdict(working).state) == ("confirmed", "confirmed")
    assert (working.started, working.served) == (1, 2)


def test_a_plan_with_a_line_more_or_less_is_not_confirmed(kept):
    working, lines = kept(), list(lines_of(evaluate(PROGRAM, CASE)))
    silent = next(name for name, each in working.ask(EDITION, CASE)["outcomes"].items() if each == ["silent"])
    more = confirm(PROGRAM, CASE, [*lines, ("rx:more", [silent])], working)
    assert (more.state, more.reason, more.differs) == ("not_confirmed", "disagrees", ("rx:more",))
    less = confirm(PROGRAM, CASE, lines[1:], working)
    assert (less.reason, less.differs) == ("disagrees", (lines[0][0],))


def test_killed_in_the_middle_of_a_case_it_is_not_confirmed_and_the_next_case_is(kept):
    working = kept()
    verdict(working)
    os.kill(working.pid, signal.SIGSTOP)
    killer = Timer(0.2, os.kill, (working.pid, signal.SIGKILL))
    killer.start()
    assert trouble(working) == "crashed"
    assert verdict(working).state == "confirmed"
    assert working.started == 2


def test_killed_between_two_cases_nobody_notices(kept):
    working = kept()
    verdict(working)
    os.kill(working.pid, signal.SIGKILL)
    os.waitid(os.P_PID, working.pid, os.WEXITED | os.WNOWAIT)
    assert verdict(working).state == "confirmed"


def test_one_that_hangs_is_ended_at_its_deadline(kept):
    working = kept(case=0.3)
    working.ask(EDITION, CASE)
    hung = working.pid
    os.kill(hung, signal.SIGSTOP)
    assert trouble(working) == "timed_out"
    assert working.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(hung, 0)


def test_one_that_asks_for_too_much_memory_is_told_no_and_replaced(kept):
    greedy = kept(RUN.format("answering.Adviser.opinion = lambda self, case: bytearray(2**36)", ROOM))
    assert trouble(greedy) == "out_of_memory"
    assert greedy.pid is None


def test_one_that_has_grown_is_replaced_before_the_next_case(kept):
    growing = kept(grown=1)
    assert (verdict(growing).state, verdict(growing).state) == ("confirmed", "confirmed")
    assert growing.started == 2


def test_after_so_many_cases_there_is_a_new_one(kept):
    working = kept(cases=2)
    assert [verdict(working).state for _ in range(3)] == ["confirmed"] * 3
    assert working.started == 2


@pytest.mark.parametrize(
    "script",
    [
        "import os; os.write(1, b'\\xff' * 64)",
        "import os; os.write(1, b'\\x00\\x00\\x00\\x03{]}')",
        "import os; os.write(1, b'\\x00\\x00\\x00\\x02[]')",
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(kept, script):
    assert trouble(kept(f"{script}; import time; time.sleep(9)")) == "garbled"


def test_an_answer_of_another_shape_is_not_taken_for_one(kept):
    odd = kept(
        RUN.format(
            "process.opinion_json = lambda opinion: {'outcomes': 3, 'named': {}, 'items': {}, 'withheld': {}}", ROOM
        )
    )
    assert trouble(odd) == "garbled"


def test_a_fault_in_its_own_code_is_not_a_confirmation(kept):
    assert trouble(kept(RUN.format("answering.Adviser.opinion = lambda self, case: 1 / 0", ROOM))) == "failed"


def test_an_edition_larger_than_the_library_bears_is_not_confirmed(kept):
    assert trouble(kept(RUN.format("process.LIMITS['clauses'] = 3", ROOM))) == "failed"


def test_rules_of_more_conditions_and_readers_than_the_library_bears_at_once_are_confirmed(kept):
    """40 conditions in one rule (16 at most), 600 rules on one answer (256 at most), 600 answers (64 for one fact)."""
    names = [f"a{number}" for number in range(600)]
    all_40 = rule("all", all_of(*map(fact, names[:40])), "alert:all")
    each = [rule(name, all_of(fact("a0"), fact(name)), f"test:{name}") for name in names[1:]]
    made, working = compile_edition(edition(yes_no(*names), protocol("p", all_40, *each))), kept()
    person = case(**dict.fromkeys(names, True))
    lines = lines_of(evaluate(made, person))
    assert len(lines) == 600
    assert confirm(made, person, lines, working).state == "confirmed"
    assert confirm(made, person, lines[1:], working).reason == "disagrees"


def test_a_chain_of_more_steps_than_it_may_take_is_not_confirmed(kept):
    assert trouble(kept(RUN.format("process.LIMITS['steps'] = 0", ROOM))) == "failed"


def test_where_durable_rules_is_not_there_the_answer_is_that_there_is_none(kept):
    without = kept(f"import sys; sys.modules['durable'] = None; {RUN.format('None', ROOM)}")
    found = verdict(without)
    assert (found.state, found.reason, found.differs) == ("absent", "absent", ())
    with pytest.raises(NoAnswer):
        without.ask(EDITION, CASE)


def test_it_inherits_no_secret(kept, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for the second opinion")
    working = kept()
    verdict(working)
    with open(f"/proc/{working.pid}/environ", "rb") as file:
        assert b"SECRET_KEY" not in file.read()


@pytest.mark.parametrize(("one", "other"), [("preg_122789", "preg_339192"), ("paciente-4324911", "paciente-5650778")])
def test_names_that_durable_rules_takes_for_one_are_refused(one, other):
    with pytest.raises(ChainError, match="cannot be told apart"):
        _refuse_twins([one, "t1", other])
    _refuse_twins([one, "t1", "t2"])
