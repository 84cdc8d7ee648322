"""The head of a file: what it is, its version, its dates; and what is said of a file that has none."""

from datetime import date

import pytest

from engine.errors import Problem
from rules import headers


def test_the_head_is_read_from_block_and_from_flow_style():
    block = headers.read("x.yaml", 'score: gerdq\nversion: 1.2.10\ntitle:\n  es: "Índice: uno"\n  en: Index\n')
    flow = headers.read("x.yaml", "score: gerdq\nversion: 1.2.10\ntitle: {es: Índice, en: Index}\n")
    assert (block.kind, block.name, block.version, block.version_line) == ("score", "gerdq", "1.2.10", 2)
    assert (block.title["es"], flow.title["es"]) == ("Índice: uno", "Índice")


def test_dates_drafts_and_passages_to_review_are_counted():
    text = "protocol: reflux\nversion: 1.0.0\nstatus: draft\nreview_by: 2028-12-01\n"
    text += "review: needed\nrules:\n  a:\n    review: needed\n"
    head = headers.read("x.yaml", text)
    assert (head.draft, head.review_by, head.review_needed) == (True, date(2028, 12, 1), 2)


def test_what_stands_inside_a_block_is_no_head():
    head = headers.read("x.yaml", "protocol: reflux\nversion: 1.0.0\nnotes: |\n  version: 9.9.9\n  status: draft\n")
    assert (head.version, head.draft) == ("1.0.0", False)


def test_a_day_that_does_not_exist_is_left_to_the_engine():
    assert headers.read("x.yaml", "protocol: reflux\nversion: 1.0.0\nreview_by: 2028-02-30\n").review_by is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "R001"), ("title: x\n", "R001"), ("protocol: reflux\n", "R002"), ("protocol: x\nversion: 1.0\n", "R002")],
)
def test_a_file_without_a_head_is_refused_with_a_hint(text, code):
    problem = headers.read("x.yaml", text)
    assert isinstance(problem, Problem)
    assert (problem.code, bool(problem.hint)) == (code, True)


def test_versions_are_ordered_as_numbers():
    assert sorted(["1.10.0", "1.9.0", "1.2.0"], key=headers.order) == ["1.2.0", "1.9.0", "1.10.0"]


def test_a_file_written_on_windows_has_the_same_head():
    text = "protocol: reflux\r\nversion: 1.0.0\r\ntitle:\r\n  es: Reflujo\r\n  en: Reflux\r\nreview_by: 2030-01-01\r\n"
    assert headers.read("a.yaml", text) == headers.read("a.yaml", text.replace("\r\n", "\n"))
    assert headers.read("a.yaml", text).title == {"es": "Reflujo", "en": "Reflux"}
