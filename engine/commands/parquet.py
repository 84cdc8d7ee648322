"""Cases from Parquet, a batch of rows at a time: columns named as the sections of a case, or one of JSON texts."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pyarrow.parquet

from engine.errors import CaseError

BATCH = 1_000
TEXT = "case"
"""A table may hold each case as JSON in a column of this name, and nothing else is read of it."""


def rows(path: Path) -> Iterator[tuple[int, str | dict[str, object]]]:
    """Yield the number and the case of every row; raise CaseError if the file is not Parquet."""
    number = 0
    for batch in _batches(path):
        for row in batch.to_pylist():
            number += 1
            yield number, row[TEXT] if isinstance(row.get(TEXT), str) else row


def _batches(path: Path) -> Iterator[pyarrow.RecordBatch]:
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=BATCH)
    except pyarrow.ArrowInvalid as problem:
        raise CaseError("C001", f"{path} is not Parquet", "Write it anew, or send lines of JSON.") from problem
