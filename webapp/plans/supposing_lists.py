"""What if a list of the record held something else: entries added by name, left out, or the list called whole."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from engine.language.case_treatments import FACTS as TREATED
from engine.language.case_treatments import SECTION as TREATMENTS
from webapp.plans import naming, treatments
from webapp.plans.given import Case, entry_words
from webapp.plans.refusing import PlanError
from webapp.plans.terms import Terms

DRUGS = ("allergies", "medications")
MOST_NAMES, LONGEST = 10, 400
_DOSED = re.compile(r"(.*?)\s+(\d.*)")  # warfarina 5 mg
Entries = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Held:
    """One entry of a list as it stands, by its place; ``without``: it is supposed not to be there."""

    place: str
    words: str
    without: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a form says of one list: names to add, the places of those left out, and that it is all."""

    names: str = ""
    without: frozenset[str] = frozenset()
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.names.strip() or self.without or self.whole)


def section_of(fact: str, terms: Terms) -> str:
    """Return the list of a case that a fact is read from, "" for a fact that is none."""
    if fact in TREATED:
        return TREATMENTS
    return next((section for section, name in terms.edition.vocabulary.lists.items() if name == fact), "")


def held_in(case: Case, fact: str, said: Said, terms: Terms) -> list[Held]:
    """Return the entries of a list that have a name, as the form offers to leave them out."""
    return [
        Held(str(place), entry_words(entry, terms), str(place) in said.without)
        for place, entry in enumerate(case.get(section_of(fact, terms)) or ())
        if _is_named(entry) and _is_of(entry, fact)
    ]


def _is_named(entry: Mapping[str, Any]) -> bool:
    return any(entry.get(key) for key in ("drug", "code", "regimen")) or entry.get("text") not in (None, "", "?")


def _is_of(entry: Mapping[str, Any], fact: str) -> bool:
    """Whether an entry stands in this of the three facts about what was tried; in any other list each does."""
    return fact not in TREATED or fact == "tried" or entry.get("result") == fact


def added(fact: str, said: Said, terms: Terms) -> Entries:
    """Return the entries a form names; raise PlanError for a name the rules do not know."""
    names = [name.strip() for name in re.split(r"[,;\n]", said.names[:LONGEST]) if name.strip()]
    if len(names) > MOST_NAMES:
        raise PlanError(_("Suppose ten names at once at most."))
    return [_entry(fact, name, terms) for name in names]


def _entry(fact: str, name: str, terms: Terms) -> dict[str, Any]:
    section, dose = section_of(fact, terms), None
    code = naming.match(terms.edition, section, name)
    if code is None and section == "medications" and (found := _DOSED.fullmatch(name)):
        code, dose = naming.match(terms.edition, section, found[1]), found[2]
    if code is None:
        raise PlanError(_("The rules know no “%(name)s”. Choose one of the names offered.") % {"name": name[:40]})
    if section == TREATMENTS:
        result = "unknown" if fact == "tried" else fact
        return treatments.named({"code": code, "text": name, "result": result}, terms.edition)
    if section in DRUGS:
        return {"drug": code, "text": name} | ({"dose": dose} if dose else {})
    return {"code": code}


def with_list(case: Case, fact: str, said: Said | None, terms: Terms) -> dict[str, Any]:
    """Return a case in which a list is as supposed; ``said`` None: nobody asked for it.

    A list that nobody called whole stays open; one of which everything was taken out, and which is whole, holds none.
    """
    section = section_of(fact, terms)
    if said is None:
        return {**case, section: None}
    stands: Entries = list(case.get(section) or ())
    kept = [entry for place, entry in enumerate(stands) if str(place) not in said.without]
    named = [entry for entry in kept if _is_named(entry)]
    was_open = case.get(section) is None or len(named) < len(kept)
    rest = [] if said.whole or not was_open else [{_key(section): None, "text": "?"}]
    new = added(fact, said, terms)
    return {**_with_regimens(case, new, terms), section: [*named, *new, *rest]}


def _with_regimens(case: Case, new: Entries, terms: Terms) -> Case:
    """Add to the history what the regimens among new entries stand for, as is done for those of the record."""
    meant = [one for entry in new if "regimen" in entry for one in treatments.meant(entry["regimen"], terms.edition)]
    if not meant:
        return case
    history = case.get("history")
    return {**case, "history": [*meant, *([{"code": None, "text": "?"}] if history is None else history)]}


def _key(section: str) -> str:
    return "code" if section in ("history", "family_history") else "drug"


def offered(fact: str, terms: Terms) -> Sequence[str]:
    """Return the names the rules know for a list, in the reader's language."""
    return naming.names(terms.edition, section_of(fact, terms), terms.language)
