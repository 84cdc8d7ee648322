"""A small valid library on disk, and the same with one file replaced or added."""

from pathlib import Path

from engine.errors import Problem
from engine.language.documents import Library
from engine.language.library import check_library, read_library

FOLDER = Path(__file__).parent / "library"
PROTOCOL = "protocols/heartburn/1.0.0.yaml"
VOCABULARY = "vocabulary/facts.yaml"
FORMULARY = "formulary/acid.yaml"
SCORE = "scores/acid/1.0.0.yaml"
QUESTIONNAIRE = "questionnaires/daily/1.0.0.yaml"


def files() -> dict[str, str]:
    return {path.relative_to(FOLDER).as_posix(): path.read_text() for path in FOLDER.rglob("*.yaml")}


def a_library(**replaced: str) -> Library:
    return read_library(files() | replaced)


def problems(file: str, old: str, new: str) -> tuple[Problem, ...]:
    """Return what is found when one text of one file is replaced."""
    texts = files()
    assert old in texts[file], old
    return check_library(texts | {file: texts[file].replace(old, new, 1)})[1]


def when(condition: str) -> tuple[Problem, ...]:
    """Return what is found when this is the condition of a prescription."""
    return problems(PROTOCOL, "when: heartburn_days >= 2", f"when: {condition}")


def codes(found: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in found]
