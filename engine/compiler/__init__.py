"""Turns a checked edition into a program: known-true and known-false rails as straight-line Python."""

from engine.compiler.build import compile_edition
from engine.compiler.program import Program

__all__ = ["Program", "compile_edition"]
