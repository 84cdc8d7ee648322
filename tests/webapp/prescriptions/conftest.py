"""What every test of prescriptions stands on."""

from typing import Any

import pytest

from tests.webapp.access.world import on_the_shelf


@pytest.fixture(autouse=True)
def library(db: Any) -> None:
    """Put the published formulary in place: names of medicines and their safety come from it."""
    on_the_shelf()
