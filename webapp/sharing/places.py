"""The sections of a record in addresses, by their codes."""

from webapp.base.codes import OneOf
from webapp.sharing.sections import SECTIONS


class Part(OneOf):
    """The part of an address that names a section."""

    names = tuple(SECTIONS)
