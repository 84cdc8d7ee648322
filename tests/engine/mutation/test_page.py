"""The page of survivors: each has its line and a reason, or is said to be open."""

from tools.mutants_page import OPEN, PAGE, page, reason_of, reasons


def test_a_survivor_is_listed_by_line_with_the_reason_that_fits_its_name():
    names = ["protocol:reflux reflux.no_response: ref:x dropped", "protocol:reflux reflux.low: hb < 120 -> hb < 119.9"]
    survivors = [{"name": name, "file": "reflux.yaml", "line": 7 + i} for i, name in enumerate(names)]
    text = page({"noticed": 8, "mutants": 10, "percent": 80.0}, survivors)
    assert "8 of 10 noticed: 80.0 %" in text
    assert "- 7 `reflux.no_response: ref:x dropped` In every patient" in text
    assert f"- 8 `reflux.low: hb < 120 -> hb < 119.9` {OPEN}" in text


def test_every_reason_fits_something_on_the_shipped_page():
    text = PAGE.read_text("utf-8")
    assert all(reason in text for _, reason in reasons() if "doubled" not in _.pattern)
    assert reason_of("protocol:x x.y: a and b -> a", reasons()) == OPEN
