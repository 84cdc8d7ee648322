"""What every test of sharing stands on: pages in English."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english(db: Any) -> Iterator[None]:
    with translation.override("en"):
        yield
