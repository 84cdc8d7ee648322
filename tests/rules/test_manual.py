"""The manual names every code of the shelf, and no code that is not used."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def codes_in(*paths):
    return {code for path in paths for code in re.findall(r"\bR0\d\d\b", path.read_text(encoding="utf-8"))}


def test_every_code_of_the_shelf_stands_in_the_manual():
    written = [*(ROOT / "rules").glob("*.py"), *(ROOT / "webapp/studio").glob("*.py")]
    assert codes_in(*written) == codes_in(ROOT / "docs/reference/shelf.md")
