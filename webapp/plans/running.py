"""The engine asked about one case under one release of the library."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag

from engine.compiler import Program
from engine.errors import PautaError
from engine.evaluator import canonical, evaluate
from engine.facts import CaseFacts
from engine.language.cases import read_case
from rules import services as shelf
from rules.models import Release

# Whatever the engine may meet in a case or a library. The answers are stored already; a person must hear of it.
FAULTS = (PautaError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, InvalidTag)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine said about a case: its canonical text and the same as JSON; and what it was asked."""

    text: str
    plan: Mapping[str, Any]
    program: Program
    case: CaseFacts


def run(case: Mapping[str, Any], release: Release) -> Outcome:
    """Return what the engine says about ``case`` under ``release``; raise one of FAULTS where it cannot."""
    as_of = date.fromisoformat(case["as_of"])
    edition = shelf.edition(release.digest, as_of)
    program = shelf.program(release.digest, as_of)
    facts = read_case(case, edition.vocabulary, edition.formulary)
    text = canonical(evaluate(program, facts))
    return Outcome(text, json.loads(text), program, facts)
