"""What every test of results stands on."""

from typing import Any

import pytest

from tests.webapp.access.world import on_the_shelf


@pytest.fixture
def shelf(db: Any) -> None:
    """Put the published vocabulary in place: units, names and words come from it."""
    on_the_shelf()
