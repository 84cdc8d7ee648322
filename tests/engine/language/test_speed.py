"""Checking the whole shipped library takes a director less than a breath."""

import time
from pathlib import Path

from engine.language.library import check_library

SHIPPED = Path(__file__).parents[3] / "protocols_yaml"


def test_the_shipped_library_is_clean_and_checked_within_two_seconds():
    texts = {path.relative_to(SHIPPED).as_posix(): path.read_text() for path in SHIPPED.rglob("*.yaml")}
    spent = []
    for _ in range(3):
        start = time.process_time()
        _, problems = check_library(texts)
        spent.append(time.process_time() - start)
        assert problems == ()
    assert min(spent) < 2
