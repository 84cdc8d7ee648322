"""The shape of the lexicon of free text."""

from engine.language.forms_base import Form, Names
from engine.language.scalars import Identifier, Located, LocatedName, Str
from engine.language.shapes import Shape


class PhrasesForm(Shape):
    """Phrases by language."""

    es: list[Located] = []
    en: list[Located] = []


class MentionForm(PhrasesForm):
    """What some phrases mean: a yes/no fact, or an entry of the history or the family history."""

    fact: LocatedName | None = None
    history: LocatedName | None = None
    family_history: LocatedName | None = None
    also: Names = []
    recent: Names = []
    today: Names = []


class LexiconForm(Form):
    """What patients write in their own words, and what it means."""

    lexicon: Identifier
    groups: dict[Identifier, list[Str]] = {}
    mentions: dict[Identifier, MentionForm] = {}
    other_senses: PhrasesForm | None = None
    cues: dict[Identifier, PhrasesForm] = {}
    plain: list[Located] = []
    only_taken: Names = []
