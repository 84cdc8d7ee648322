"""The shipped library said to the solver, once for all tests."""

from functools import cache

from engine.analysis.conditions import encoder_of
from engine.analysis.items import Plans
from engine.compiler import compile_edition
from engine.language.library import edition
from tests.engine.content.shipped import library


@cache
def program():
    return compile_edition(edition(library()))


@cache
def plans():
    return Plans(encoder_of(program()))
