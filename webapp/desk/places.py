"""The lists of a record in addresses, by their codes."""

from webapp.base.codes import OneOf
from webapp.desk.kinds import KINDS
from webapp.desk.long_lists import PLANS, QUESTIONNAIRES


class Part(OneOf):
    """The part of an address that names a list of the record."""

    names = (*KINDS, QUESTIONNAIRES, PLANS)
