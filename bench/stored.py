"""Stored cases, a flat object of JSON a line (fact -> number, yes/no or code), turned into columns block by block.

`python -m bench.stored write FILE CASES` writes such a file. `python -m bench.stored read FILE` turns it into columns
and prints one JSON line: seconds of processor by round, the peak of memory in megabytes, and how many cases there were.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow
import pyarrow.compute
import pyarrow.json

from bench.cohort import Columns, block
from bench.memory import peak
from bench.synthetic import CHOICES, CODES, FLAGS, NUMBERS, stream
from engine.cohort import Block

ROUNDS = 7
BYTES = 8 << 20  # of text at a time: some twenty thousand cases
TYPES = {
    **dict.fromkeys(NUMBERS, pyarrow.float64()),
    **dict.fromkeys(FLAGS, pyarrow.bool_()),
    **dict.fromkeys(CHOICES, pyarrow.string()),
}


def write(path: Path, count: int) -> None:
    """Write random cases, one a line."""
    with path.open("w") as file:
        for case in stream(count):
            file.write(json.dumps(case) + "\n")


def blocks(path: Path) -> Iterator[Block]:
    """Yield the cases as blocks. While one is made, nothing is held of those before it but what their reader keeps.

    The text is cut here: pyarrow's own stream reads ahead of whoever takes its batches, up to the whole file.
    """
    with path.open("rb") as file:
        yield from iter(lambda: _next(file), None)


def _next(file: BinaryIO) -> Block | None:
    """Return the next cases of a file as a block, and let their text go."""
    text = file.read(BYTES)
    if not text:
        return None
    text += file.readline()
    parsing = pyarrow.json.ParseOptions(explicit_schema=pyarrow.schema(TYPES))
    reading = pyarrow.json.ReadOptions(use_threads=False, block_size=len(text) + 1)
    found = pyarrow.json.read_json(pyarrow.BufferReader(text), read_options=reading, parse_options=parsing)
    return block(_columns(found), found.num_rows)


def _columns(batch: pyarrow.Table) -> Columns:
    """Return the columns as numbers, what is not there as NaN: a code becomes its place among the codes."""
    codes = pyarrow.array(CODES)
    found = {}
    for name in TYPES:
        column = batch.column(name)
        if name in CHOICES:
            column = pyarrow.compute.index_in(column, value_set=codes)
        found[name] = column.cast(pyarrow.float64()).to_numpy(zero_copy_only=False)
    return found


def read(path: Path) -> dict[str, object]:
    """Return how long all of a file took, how much memory, and how many cases there were."""
    spent, cases = [], 0
    for _ in range(ROUNDS):
        begin = time.process_time()
        cases = sum(each.size for each in blocks(path))
        spent.append(time.process_time() - begin)
    return {"cpu": spent, "peak": peak(), "cases": cases}


def same(path: Path, count: int) -> bool:
    """Return whether the columns of a file say what its cases say."""
    cases, at = list(stream(count)), 0
    for each in blocks(path):
        for name in (*NUMBERS, *CHOICES):
            known = np.unpackbits(each.columns[name].known.view(np.uint8), bitorder="little")[: each.size]
            for place, (is_known, value) in enumerate(zip(known, each.columns[name].data, strict=True)):
                given = cases[at + place].get(name)
                given = float(CODES.index(given)) if isinstance(given, str) else given
                if (given is not None) != bool(is_known) or (given is not None and given != value):
                    return False
        at += each.size
    return at == count


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        print(json.dumps(read(Path(sys.argv[2]))))
