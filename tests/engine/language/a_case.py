"""One case read by the small library of these tests."""

import pytest

from engine.errors import CaseError
from engine.facts import Value
from engine.language.cases import read_case
from tests.engine.language.a_library import a_library

LIBRARY = a_library()


def a_case(**sections):
    return read_case({"id": "c1", **sections}, LIBRARY.vocabulary, LIBRARY.formulary)


def value(case, fact):
    found = case.values[fact]
    assert isinstance(found, Value), found
    return found.value


def refused(**sections):
    with pytest.raises(CaseError) as refusal:
        a_case(**sections)
    return refusal.value


def lab(name, given, unit=None, **more):
    return {"name": name, "value": given, "unit": unit, **more}
