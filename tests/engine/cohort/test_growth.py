"""Stored cases come and go: many times as many take no more memory, and whoever keeps them is seen."""

import json
import subprocess
import sys
from itertools import cycle, islice

import pytest

from bench import stored
from bench.lexicon import phrases
from tests.engine.test_random_cases import CASES as RANDOM_PEOPLE

CASES, TIMES = 40_000, 5
ROOM = 30  # megabytes: a quarter of what the longer file adds, more than memory that was freed and not given back
BY_BLOCKS = "for each in stored.blocks(path): each.size"
AT_ONCE = "kept = pyarrow.json.read_json(path, read_options=pyarrow.json.ReadOptions(use_threads=False))"
PROCESS = """
import sys
from pathlib import Path
import pyarrow.json
from bench import stored
from bench.memory import peak
path = Path(sys.argv[1])
{read}
print(peak())
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a file of cases and one of five times as many."""
    short, long = (tmp_path_factory.mktemp("stored") / name for name in ("short.jsonl", "long.jsonl"))
    stored.write(short, CASES)
    long.write_bytes(short.read_bytes() * TIMES)
    return short, long


def growth(read, files):
    """Return how many megabytes more the longer file takes, each in a process of its own."""
    script = PROCESS.format(read=read)
    short, long = (
        float(subprocess.run([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, check=True).stdout)
        for path in files
    )
    return long - short


def test_five_times_as_many_stored_cases_need_no_more_memory(files):
    assert growth(BY_BLOCKS, files) < ROOM


def test_a_reader_that_holds_the_whole_file_is_seen(files):
    assert growth(AT_ONCE, files) > ROOM


# --- a replay of clinical cases, whose free text makes them hold themselves

REPLAY = """
import gc
import sys
from engine.cli import main
from engine.commands import replay
from bench.memory import peak
gc.disable()  # as `pauta` runs
{changed}
main(["replay", sys.argv[1], "--json", "--processes", "1"])
sys.stdout.write("\\n" + str(peak()))
"""
FEW, MANY, LITTLE = 600, 3_000, 12
NEVER_LOOKED = "replay.collect_cases = lambda: None"


@pytest.fixture(scope="module")
def clinical(tmp_path_factory):
    """Return a file of random people who write, and one of many times as many."""
    folder = tmp_path_factory.mktemp("clinical")
    texts = cycle(each.text for each in phrases("development"))
    written = [{**one, "free_text": {"other": next(texts)}} for one in islice(cycle(RANDOM_PEOPLE.values()), MANY)]
    for name, count in (("short", FEW), ("long", MANY)):
        (folder / name).write_text("".join(f"{json.dumps(one)}\n" for one in written[:count]))
    return folder / "short", folder / "long"


def replay_growth(changed, files):
    """Return how many megabytes more the longer file takes, each in a process of its own."""
    short, long = (
        float(
            subprocess.run(
                [sys.executable, "-c", REPLAY.format(changed=changed), str(path)],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
            ).stdout.split()[-1]
        )
        for path in files
    )  # fmt: skip
    return long - short


def test_a_replay_of_five_times_as_many_people_needs_no_more_memory(clinical):
    assert replay_growth("", clinical) < LITTLE


def test_a_replay_that_never_looks_for_what_it_has_done_with_is_seen(clinical):
    assert replay_growth(NEVER_LOOKED, clinical) > LITTLE
