"""Stored cases come in block by block: five times as many cases take no more memory, and whoever keeps them is seen."""

import subprocess
import sys

import pytest

from bench import stored

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
