"""What stands in a patient's timeline: each file of this folder is a part of it, a ``Part`` named PART.

A later part (appointments, invoices) is one more file: the page, its filter and its months follow.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from webapp.desk.moment import Line, Moment, Part, Reader

__all__ = ["PARTS", "Line", "Moment", "Part", "Reader", "parts_in"]


def parts_in(folder: Sequence[str], package: str) -> tuple[Part, ...]:
    """Return the parts of a folder of modules, in their order."""
    found = [import_module(f"{package}.{module.name}").PART for module in iter_modules(folder)]
    return tuple(sorted(found, key=lambda part: (part.place, part.name)))


PARTS = parts_in(list(__path__), __name__)
