"""What was tried before and with what result: three sets, so that a rule can say "never repeat what failed".

``tried`` holds what was taken, ``failed`` what did not help, ``not_tolerated`` what was stopped for harm. A result that
nobody recorded leaves its medicine neither in nor out of the last two.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.facts import CodeSet, Origin, fold
from engine.language.case_lists import NAMES, read_entries, several
from engine.language.case_values import Reading, day
from engine.language.names import TREATMENT_FACTS
from engine.language.spelling import nearest

SECTION = "previous_treatments"
FACTS = TREATMENT_FACTS
RESULTS = ("worked", "partial", "failed", "not_tolerated", "unknown")
_KEYS = ("regimen", "start", "end", "result", "for", "text", "dose", "note", "date", *NAMES)
Details = dict[str, Mapping[str, object]]


@dataclass
class _History:
    """What the entries record: code -> details, and the results said of each code."""

    tried: Details = field(default_factory=dict)
    results: dict[str, set[str]] = field(default_factory=dict)
    complete: bool = True

    def add(self, codes: Mapping[str, Mapping[str, object]], result: str) -> None:
        for code, details in codes.items():
            self.tried[code] = _later(self.tried.get(code), details)
            self.results.setdefault(code, set()).add(result)

    def with_result(self, result: str) -> frozenset[str]:
        return frozenset(code for code, said in self.results.items() if result in said)


def _later(known: Mapping[str, object] | None, new: Mapping[str, object]) -> Mapping[str, object]:
    """Return the details of the later treatment with the same code."""
    if known is None:
        return new
    return max(known, new, key=lambda each: begun if isinstance(begun := each.get("start"), date) else date.min)


def put_treatments(reading: Reading, raw: object) -> None:
    """Read ``previous_treatments``: null is not asked, [] is asked and none."""
    if not any(name in reading.vocabulary.facts for name in FACTS):
        if raw:
            reading.refuse("C002", f'the list "{SECTION}" is not declared', "Declare the fact tried in the vocabulary.")
        return
    history = _History(complete=raw is not None)
    if raw is not None and not isinstance(raw, list | tuple):
        reading.refuse("C003", f"{SECTION}: a list is expected", "Send [] if there is none, null if nobody asked.")
        return
    for number, entry in enumerate(raw or ()):
        _add(reading, history, entry, f"{SECTION}[{number}]")
    _add_from_history(reading, history)
    if raw is not None or history.tried:
        _put(reading, history)


def _add(reading: Reading, history: _History, entry: object, where: str) -> None:
    if not isinstance(entry, Mapping):
        reading.refuse("C003", f"{where}: an object with drug or regimen, result, start and end is expected")
        return
    for key in entry:
        if key not in _KEYS:
            hint = nearest(str(key), _KEYS) or f"Use: {', '.join(_KEYS)}."
            reading.refuse("C002", f'{where}: the key "{str(key)[:40]}" is not known', hint)
    result = entry.get("result") or "unknown"
    if result not in RESULTS:
        reading.refuse("C008", f"{where}: this is not a result of a treatment", f"Use one of: {', '.join(RESULTS)}.")
        return
    found = _codes(reading, entry, where)
    if not found:
        history.complete = False  # told in words that nobody has coded yet
    history.add(found, str(result))


def _codes(reading: Reading, entry: Mapping[str, object], where: str) -> Details:
    """Return what an entry records; nothing if only its words are known."""
    if entry.get("regimen"):
        dated = {key: day(reading, entry.get(key), where) for key in ("start", "end")}
        return _ingredients(reading, str(entry["regimen"]), dated)
    spec = next(reading.vocabulary.facts[name] for name in FACTS if name in reading.vocabulary.facts)
    plain = {key: value for key, value in entry.items() if key != "result"}
    return dict(read_entries(reading, spec, [plain], where)[0])


def _ingredients(reading: Reading, name: str, dated: Mapping[str, object]) -> Details:
    """Return a regimen with its ingredients, nothing if the formulary does not know it."""
    regimen = reading.formulary.regimens.get(fold(name))
    if regimen is None:
        return {}
    kept = {key: value for key, value in dated.items() if value is not None}
    return dict.fromkeys((regimen.code, *(part.medicine for part in regimen.parts)), kept)


def _add_from_history(reading: Reading, history: _History) -> None:
    """Take the regimens that the clinical history names: what came of them is not known."""
    recorded = reading.values.get(reading.vocabulary.lists.get("history", ""))
    if not isinstance(recorded, CodeSet):
        return
    for code in sorted(recorded.codes):
        for regimen in several(recorded.details.get(code, {}).get("regimen")):
            found = _ingredients(reading, regimen, {})
            history.add({key: value for key, value in found.items() if key not in history.tried}, "unknown")


def _put(reading: Reading, history: _History) -> None:
    origin = Origin(SECTION, given=", ".join(sorted(history.tried)) or "none")
    doubtful = history.with_result("unknown")
    for name in FACTS:
        if name not in reading.vocabulary.facts:
            continue
        codes = frozenset(history.tried) if name == "tried" else history.with_result(name)
        open_ = frozenset() if name == "tried" else doubtful - codes
        details = {code: history.tried[code] for code in codes}
        reading.values[name] = CodeSet(codes, origin, history.complete, details, open_)


def put_named(reading: Reading, name: str, values: Iterable[object]) -> None:
    """Read one of the three sets as a test gives it: names of medicines, classes, brands or regimens."""
    codes: set[str] = set()
    for value in values:
        folded = fold(str(value))
        if folded in reading.formulary.regimens:
            codes |= {folded, *(part.medicine for part in reading.formulary.regimens[folded].parts)}
            continue
        found, _ = read_entries(reading, reading.vocabulary.facts[name], [value], name)
        codes |= set(found)
    reading.values[name] = CodeSet(frozenset(codes), Origin(SECTION, given=", ".join(sorted(codes)) or "none"))
