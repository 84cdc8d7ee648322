"""The faults of a hurried director: each can still be seeded, and the tools notice a sample of them."""

import pytest

from engine.language.library import check_library
from tools.seeded_faults import PAGE, documents_of, faults, look, results, seeded, shipped
from tools.seeded_faults_page import page


def test_every_fault_still_stands_once_in_the_shipped_files():
    files = shipped()
    every = faults()
    assert len(every) >= 40
    assert len({fault.name for fault in every}) == len(every)
    for fault in every:
        assert seeded(fault, files) != files


def test_every_protocol_has_one():
    files = shipped()
    protocols = {file.split("/")[1] for file in files if file.startswith("protocols/")}
    seeded_in = {edit.file.split("/")[1] for fault in faults() for edit in fault.edits if "protocols/" in edit.file}
    assert seeded_in == protocols


def test_a_text_that_is_no_longer_there_is_refused():
    with pytest.raises(ValueError, match="does not stand once"):
        seeded(faults()[0], dict.fromkeys(shipped(), ""))


@pytest.mark.parametrize("name", ["fit_gap_at_threshold", "severe_crohn_waits"])
def test_the_tests_of_the_file_notice_it(name):
    fault = next(each for each in faults() if each.name == name)
    assert look(seeded(fault, shipped()), documents_of(fault))["test"]


def test_the_checker_notices_a_unit_exchanged():
    fault = next(each for each in faults() if each.name == "iga_in_milligrams")
    library, problems = check_library(seeded(fault, shipped()))
    assert library is None
    assert problems[0].place.file == fault.edits[0].file


def test_the_page_says_what_the_results_say():
    assert PAGE.read_text("utf-8") == page(faults(), results())
