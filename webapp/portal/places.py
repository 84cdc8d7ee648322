"""The lists of the own record in addresses, by their codes."""

from webapp.base.codes import OneOf
from webapp.portal.record import TOPICS


class Listed(OneOf):
    """The part of an address that names a list of which one may say that it is complete."""

    names = tuple(TOPICS)
