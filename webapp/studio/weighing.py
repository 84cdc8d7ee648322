"""In what one plan differs from another, by rule and aspect, and whether it could do harm; without words for people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict

from engine.urgency import URGENCIES

Content = Mapping[str, Any]
DRUGS = ("rx", "supp")
GUARDS = ("alert", "ref")  # whose loss is missed by nobody but the patient
ASPECTS = ("new", "gone", "state", "urgency", "dose", "delay")
STATES = {"proposed": 0, "held": 1, "blocked": 2}


class Differs(TypedDict):
    """One aspect of one item that would be otherwise; ``rules``: protocol.rule of what says so."""

    item: str
    aspect: str
    old: str
    new: str
    rules: list[str]
    harm: bool


def differences(before: Sequence[Content], after: Sequence[Content]) -> list[Differs]:
    """Return in what ``after`` differs from ``before``, what could do harm first."""
    old, new = ({each["code"]: each for each in items} for items in (before, after))
    found = [one for code in sorted({*old, *new}) for one in _of(code, old.get(code), new.get(code))]
    return sorted(found, key=lambda one: not one["harm"])


def _of(code: str, old: Content | None, new: Content | None) -> Iterator[Differs]:
    if old is None or new is None:
        yield _whole(code, old, new)
        return
    for aspect, was, now, harm in _aspects(old, new):
        if was != now:
            yield Differs(item=code, aspect=aspect, old=was, new=now, rules=_rules(old, new), harm=harm)


def _whole(code: str, old: Content | None, new: Content | None) -> Differs:
    """Return an item that comes or goes. A medicine more is harm only if it is proposed, not merely told as blocked."""
    content = new or old or {}
    added = new is not None
    proposed = content["kind"] in DRUGS and content["state"] == "proposed"
    harm = proposed if added else content["kind"] in GUARDS or bool(content.get("red_flag"))
    state = content["state"]
    said = ("", state) if added else (state, "")
    return Differs(
        item=code, aspect="new" if added else "gone", old=said[0], new=said[1], rules=_rules(content), harm=harm
    )


def _aspects(old: Content, new: Content) -> Iterator[tuple[str, str, str, bool]]:
    was, now = STATES[old["state"]], STATES[new["state"]]
    loosened = old["kind"] in DRUGS and now < was
    yield "state", old["state"], new["state"], loosened or (old["kind"] in GUARDS and now > was)
    calmer = URGENCIES.index(new["urgency"]) < URGENCIES.index(old["urgency"])
    yield "urgency", old["urgency"], new["urgency"], calmer
    yield "dose", _doses(old), _doses(new), _is_more(old, new)
    yield "delay", _delay(old), _delay(new), False


def _doses(item: Content) -> str:
    names = ("ingredient", "dose", "frequency", "duration_days")
    return "; ".join(sorted(" ".join(str(dose.get(name) or "") for name in names) for dose in item.get("doses", ())))


def _is_more(old: Content, new: Content) -> bool:
    """Return whether any ingredient is given in a higher dose a day, for longer, or in one that cannot be compared."""
    given = {dose["ingredient"]: dose for dose in old.get("doses", ())}
    return any(_is_higher(given.get(dose["ingredient"]), dose) for dose in new.get("doses", ()))


def _is_higher(old: Content | None, new: Content) -> bool:
    if old is None or old.get("unit") != new.get("unit"):
        return True
    try:
        more = Decimal(str(new["daily"])) > Decimal(str(old["daily"]))
    except (InvalidOperation, KeyError):
        return _doses({"doses": [old]}) != _doses({"doses": [new]})
    return more or _days(new) > _days(old)


def _days(dose: Content) -> float:
    return dose.get("duration_days") or float("inf")


def _delay(item: Content) -> str:
    return " ".join(f"{name} {item[name]}" for name in ("after_days", "within_days") if item.get(name) is not None)


def _rules(*items: Content) -> list[str]:
    """Return which rules an item rests on: those of one side only, where the sides rest on different ones."""
    sides = [{f"{each['protocol']}.{each['rule']}" for each in item.get("reasons", ())} for item in items]
    only = set.union(*sides) - set.intersection(*sides)
    return sorted(only if len(sides) > 1 and only else set.union(*sides))


def harm_in(found: Iterable[Differs]) -> bool:
    return any(one["harm"] for one in found)
