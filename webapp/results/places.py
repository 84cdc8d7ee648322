"""Analytes in addresses, by their codes: what was measured tells of somebody's health."""

from webapp.base.codes import OneOf
from webapp.results.catalogue import analytes


class Analyte(OneOf):
    """The part of an address that names an analyte."""

    names = tuple(analytes())
