"""The purposes of consents in addresses, by their codes."""

from webapp.base.codes import OneOf
from webapp.patients.models import Purpose as Purposes


class Purpose(OneOf):
    """The part of an address that names what a consent is for."""

    names = Purposes.values
