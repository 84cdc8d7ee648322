"""What free text adds to a case: mentions that count as true where that is the safe side, and are unknown elsewhere.

Until a person decides, a mention is true in red flags, in ``exclude:``, in safety conditions and in scores that
measure danger; anywhere else its fact is unknown, whatever was ticked. Each case with mentions is therefore read in
three ways that know each other: calm, alarmed, and what stands below a ``not`` of the alarmed one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from engine.compiler.program import Program, Scope
from engine.facts import CaseFacts, CodeSet, Conflict, FactValue, Mention, Missing, Origin, Value
from engine.plan import Truth

SECTION = "free_text"
LISTS = ("allergy", "medication", "history", "family_history")
_KEPT = ("affirmed", "past")  # an allergy or illness of long ago is one; a medicine of long ago is not taken


@dataclass(slots=True)
class _Values:
    """The facts of a case read calmly and with alarm, and where a text says otherwise than an answer."""

    program: Program
    calm: dict[str, FactValue]
    alarmed: dict[str, FactValue]
    conflicts: dict[str, Conflict]

    def add_fact(self, fact: str, mention: Mention) -> None:
        said = self.calm.get(fact)
        origin = Origin(SECTION, given=mention.text)
        if isinstance(said, Value) and said.value is True:
            return
        if isinstance(said, Value):
            self.conflicts.setdefault(fact, Conflict(fact, said.origin, origin))
        before = isinstance(said, Missing) and said.positive_before
        self.calm[fact] = Missing("unconfirmed_mention", origin, positive_before=before)
        self.alarmed[fact] = Value(True, origin)

    def add_code(self, mention: Mention) -> None:
        fact, recorded = mention.fact, self.alarmed.get(mention.fact)
        brand = self.program.edition.formulary.brands.get(mention.code)
        codes = frozenset((mention.code, *(brand.ingredients if brand is not None else ())))
        origin = Origin(SECTION, given=mention.text)
        if not isinstance(recorded, CodeSet):
            self.alarmed[fact] = CodeSet(codes, origin, complete=False, mentioned=codes)
            return
        if self._is_recorded(recorded, mention.code, codes):
            return
        calm = self.calm.get(fact)  # nobody may have answered, and this text speaks of several
        if isinstance(calm, CodeSet):
            self.conflicts.setdefault(f"{fact} {mention.code}", Conflict(fact, calm.origin, origin))
            self.calm[fact] = replace(calm, mentioned=calm.mentioned | codes)
        self.alarmed[fact] = replace(recorded, codes=recorded.codes | codes, mentioned=recorded.mentioned | codes)

    def _is_recorded(self, recorded: CodeSet, code: str, codes: frozenset[str]) -> bool:
        meant = self.program.drugs.members.get(code, codes) | codes
        ingredients = codes - {code} or codes
        return bool(recorded.codes & meant) if len(ingredients) == 1 else ingredients <= recorded.codes

    def deny(self, mention: Mention) -> None:
        """Note an answer that a text denies; the answer stands."""
        said = self.calm.get(mention.fact)
        if not mention.code and isinstance(said, Value) and said.value is True:
            origin = Origin(SECTION, given=mention.text)
            self.conflicts.setdefault(mention.fact, Conflict(mention.fact, said.origin, origin))


def mentions_of(program: Program, case: CaseFacts) -> tuple[Mention, ...]:
    """Return what the free text of a case speaks of."""
    return program.reader.mentions(_texts(program, case))


def with_mentions(scope: Scope, case: CaseFacts, mentions: tuple[Mention, ...]) -> Scope:
    """Return the scope of a case with what its free text mentions; unchanged if that is nothing."""
    if not mentions:
        return scope
    values = _Values(scope.program, dict(case.values), dict(case.values), {})
    counted = tuple(each for each in mentions if counts(each, scope.adult))
    for mention in counted:
        if mention.code:
            values.add_code(mention)
        else:
            for fact in dict.fromkeys((mention.fact, *mention.also)):
                if fact not in case.decided:
                    values.add_fact(fact, mention)
    for mention in mentions:
        if mention.kind == "negated" and mention.fact not in case.decided:
            values.deny(mention)
    calm = replace(scope, values=values.calm, mentions=mentions, unconfirmed=_unconfirmed(case, values))
    calm.text_conflicts = tuple(values.conflicts[key] for key in sorted(values.conflicts))
    return _joined(calm, values.alarmed) if calm.unconfirmed else calm


def _joined(calm: Scope, alarmed: Mapping[str, FactValue]) -> Scope:
    """Return the calm scope, knowing the alarmed one and what stands below a ``not`` of it."""
    calm.danger = fresh(calm, values=alarmed, calm=calm)
    calm.danger.turned = fresh(calm, turned=calm.danger)
    return calm


def fresh(scope: Scope, **changes: object) -> Scope:
    """Return a scope like another, with nothing worked out yet."""
    nothing: dict[str, object] = {name: {} for name in ("truths", "states", "decided", "waiting")}
    return replace(scope, **{**nothing, "danger": None, "turned": None, "calm": None, **changes})  # type: ignore[arg-type]


def _texts(program: Program, case: CaseFacts) -> dict[str, str]:
    """Return everything the patient wrote: free text, and answers that are texts."""
    facts = program.edition.vocabulary.facts
    answers = {
        name: value.value
        for name, value in case.values.items()
        if isinstance(value, Value) and isinstance(value.value, str) and name in facts and facts[name].type == "text"
    }
    return {**answers, **case.free_text}


def counts(mention: Mention, adult: Truth) -> bool:
    """Return whether a mention is about the patient, as somebody who reads it with care must suppose."""
    if mention.kind == "affirmed":
        return True
    if mention.kind == "family":
        return mention.fact == "family_history" or (mention.child and adult is not True)
    return bool(mention.code) and mention.kind in _KEPT and mention.fact != "medication"


def _unconfirmed(case: CaseFacts, values: _Values) -> frozenset[str]:
    return frozenset(_changed(case.values, values.alarmed))


def _changed(before: Mapping[str, FactValue], after: Mapping[str, FactValue]) -> Iterator[str]:
    return (name for name, value in after.items() if before.get(name) != value)


def resting(facts: Iterable[str], scope: Scope) -> tuple[str, ...]:
    """Return those of some facts that only a free text says."""
    return tuple(dict.fromkeys(fact for fact in facts if fact in scope.unconfirmed))
