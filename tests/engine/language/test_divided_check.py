"""`pauta check` divides its work between two processes; what it says is what one alone would have said."""

import csv
import os
import signal
from pathlib import Path

import psutil
import pytest

from engine.errors import Place
from engine.language import aside
from engine.language.library import check_library, problems_of
from engine.language.validation import Problems
from tests.engine.language.a_library import PROTOCOL, files

FOLDER = Path(__file__).parent / "malformed"
CASES = list(csv.DictReader((FOLDER / "expected.csv").read_text().splitlines()))
SHIPPED = Path(__file__).parents[3] / "protocols_yaml"
HERE = Place("a.yaml", 3, 5)


@pytest.fixture(params=[True, False], ids=["two processors", "one"])
def processors(request, monkeypatch):
    monkeypatch.setattr(aside, "can_divide", lambda: request.param)
    return request.param


def both(texts):
    library, whole = check_library(texts)
    found, notes = problems_of(texts)
    assert found == whole
    assert notes == (library.notes if library else ())
    return found, notes


@pytest.mark.usefixtures("processors")
@pytest.mark.parametrize("case", CASES[::3], ids=[case["name"] for case in CASES[::3]])
def test_a_slip_is_found_by_two_as_by_one(case):
    text = (FOLDER / f"{case['name']}.yaml").read_bytes().decode()
    found, _ = both(files() | {case["replaces"]: text})
    assert case["code"] in {each.code for each in found}


@pytest.mark.usefixtures("processors")
def test_the_shipped_library_is_clean_to_two_as_to_one():
    texts = {path.relative_to(SHIPPED).as_posix(): path.read_text() for path in SHIPPED.rglob("*.yaml")}
    assert both(texts)[0] == ()


@pytest.mark.usefixtures("processors")
def test_slips_of_both_halves_come_in_the_order_of_the_files():
    texts = files()
    texts["lexicon/words.yaml"] = "lexicon: words\nversion: 1.0.0\ntitle: {es: l, en: l}\nonly_taken:\n  - nobody\n"
    texts[PROTOCOL] = texts[PROTOCOL].replace("heartburn_days >= 2", "heartburn_day >= 2", 1)
    found, _ = both(texts)
    assert [each.code for each in found] == ["P302", "P105"]
    assert found == tuple(sorted(found))


@pytest.mark.usefixtures("processors")
def test_a_problem_and_a_note_come_back_as_they_were():
    def work(found):
        found.add(HERE, "P701", 'this is "ñandú" \ud800\n', "Écrivez «…»")
        found.note(HERE, "P327", "not looked into")

    alone, told = Problems(), Problems()
    work(alone)
    aside.begin(work, told)()
    assert (told.found, told.notes) == (alone.found, alone.notes)


@pytest.mark.parametrize("end", [lambda: os._exit(3), lambda: os.kill(os.getpid(), signal.SIGKILL)])
def test_a_second_process_that_dies_loses_no_problem(end, monkeypatch):
    monkeypatch.setattr(aside, "can_divide", lambda: True)
    first = os.getpid()

    def work(found):
        found.add(HERE, "P701", "found")
        if os.getpid() != first:
            end()

    told = Problems()
    aside.begin(work, told)()
    assert [each.message for each in told.found] == ["found"]


@pytest.mark.usefixtures("processors")
def test_what_the_work_raises_is_raised_to_who_asked():
    def work(found):
        raise LookupError("of the work")

    with pytest.raises(LookupError, match="of the work"):
        aside.begin(work, Problems())()


def test_a_second_process_leaves_no_child_and_no_open_file(monkeypatch):
    monkeypatch.setattr(aside, "can_divide", lambda: True)
    before, children = sorted(os.listdir("/proc/self/fd")), set(psutil.Process().children())
    for _ in range(3):
        problems_of(files())
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert set(psutil.Process().children()) <= children
