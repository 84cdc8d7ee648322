"""A fault in the columns does not go by: each one makes them part from live decisions."""

from itertools import islice
from pathlib import Path

import pytest

from tests.engine.cohort.differences import differences
from tests.engine.cohort.faults import FAULTS, SHARING, faulty

PAGE = Path(__file__).parents[3] / "docs/reference/cohort-faults.md"
TRIED = 150


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some faults overflow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what.replace(" ", "-").replace("`", ""))
def test_a_seeded_fault_shows_as_a_difference(fault, tmp_path):
    wrong = faulty(fault, tmp_path)
    assert list(islice(differences(wrong, range(TRIED)), 1)), f"no difference in {TRIED} programs: {fault.what}"


def test_the_page_lists_every_fault_here_and_of_cases_that_are_alike():
    assert len(FAULTS) == 22
    text = PAGE.read_text("utf-8")
    assert [fault.what for fault in (*FAULTS, *SHARING) if f"| {fault.what} |" not in text] == []
