"""How one list of items differs from another: what is new, what is gone, and what of an item has changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from webapp.plans import presenting
from webapp.plans.models import UNDECIDED_MAY_STAY
from webapp.plans.terms import Terms, days

Content = Mapping[str, Any]
Kind = Literal["new", "gone", "changed", "same"]
DRUGS = ("rx", "supp")
DELAYS = ("after_days", "within_days")
SILENT = UNDECIDED_MAY_STAY - {"dx"}  # alerts and questions stand elsewhere on the page


@dataclass(frozen=True, slots=True)
class Difference:
    """One item on two sides; ``before`` may have another code: the same ingredient by another regimen."""

    kind: Kind
    before: Content | None = None
    after: Content | None = None

    @property
    def content(self) -> Content:
        return self.after or self.before or {}


def differences(before: Sequence[Content], after: Sequence[Content]) -> list[Difference]:
    """Return what stands after, each beside what stood before; then what is gone."""
    left = {item["code"]: item for item in before}
    paired = [(left.pop(item["code"], None), item) for item in after]
    found = [_difference(was or _same_ingredient(item, left), item) for was, item in paired]
    return found + [Difference("gone", before=item) for item in left.values()]


def _same_ingredient(item: Content, left: dict[str, Content]) -> Content | None:
    """Take out of ``left`` the medicine that gives an ingredient of this one, which stands in its place."""
    given = set(item.get("drugs", ())) if item["kind"] in DRUGS else set()
    code = next((code for code, each in left.items() if each["kind"] in DRUGS and given & set(each["drugs"])), None)
    return left.pop(code) if code else None


def _difference(before: Content | None, after: Content) -> Difference:
    if before is None:
        return Difference("new", after=after)
    return Difference("changed" if _says(before) != _says(after) else "same", before, after)


def _says(item: Content) -> tuple[Any, ...]:
    """Return what of an item a doctor would call another item: its words and reasons may change beside that."""
    doses = sorted(_dose(each) for each in item.get("doses", ()))
    return item["code"], item["state"], item["urgency"], doses, *(item.get(name) for name in DELAYS)


def _dose(dose: Content) -> tuple[str, str, str, int]:
    return dose["ingredient"], dose["dose"], dose.get("frequency", ""), dose.get("duration_days") or 0


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in words: the item, what of it changed, and why."""

    kind: Kind
    title: str
    parts: Sequence[str] = ()
    because: str = ""

    @property
    def word(self) -> str:
        """What happened to it, in one word."""
        words = {"new": _("new"), "gone": pgettext("item", "gone"), "changed": _("changed")}
        return words.get(self.kind, "")


def changes(found: Iterable[Difference], terms: Terms, why_gone: Mapping[str, str]) -> list[Change]:
    """Return the differences as they are read, without what stayed the same; ``why_gone`` by code."""
    shown = [each for each in found if each.kind != "same" and each.content["kind"] not in SILENT]
    return [_change(each, terms, why_gone) for each in shown]


def _change(each: Difference, terms: Terms, why_gone: Mapping[str, str]) -> Change:
    content = each.content
    title = terms.say(content.get("title")) or terms.code(content["code"])
    because = why_gone.get(content["code"], "") if each.kind == "gone" else because_of(content, terms)
    return Change(each.kind, title, parts(each, terms), because)


def because_of(content: Content, terms: Terms) -> str:
    """Return the first reason of an item, or what it waits for where it is held."""
    waiting = content.get("waiting_for", ()) if content["state"] == "held" else ()
    if waiting:
        return _("Missing: %(what)s") % {"what": ", ".join(terms.fact(name) for name in waiting)}
    reason = next(iter(content.get("reasons", ())), {})
    return terms.say(reason.get("because"))


def parts(each: Difference, terms: Terms) -> list[str]:
    """Return what of an item changed, old and new; of a new or gone one its doses."""
    if each.before is None or each.after is None:
        state = state_word(each.content) if each.kind == "new" and each.content["state"] != "proposed" else ""
        return [word for word in (state, *presenting.dose_lines(each.content, terms)) if word]
    before, after = each.before, each.after
    found = [] if before["code"] == after["code"] else [_turned(title_of(before, terms), title_of(after, terms))]
    if before["state"] != after["state"]:
        found.append(_turned(state_word(before), state_word(after)))
    if before["urgency"] != after["urgency"]:
        found.append(_turned(_urgency(before), _urgency(after)))
    return found + _doses(before, after, terms) + _delays(before, after)


def title_of(content: Content, terms: Terms) -> str:
    return terms.say(content.get("title")) or terms.code(content["code"])


def state_word(content: Content) -> str:
    return str(presenting.SHOWN_AS[content["state"]][2])


def _urgency(content: Content) -> str:
    return str(presenting.URGENT.get(content["urgency"]) or pgettext("urgency", "no hurry"))


def _doses(before: Content, after: Content, terms: Terms) -> list[str]:
    """Return each ingredient whose dose changed, came or went: "omeprazole 20 mg once a day → 20 mg every 12 h"."""
    old = {each["ingredient"]: each for each in before.get("doses", ())}
    new = {each["ingredient"]: each for each in after.get("doses", ())}
    found = []
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        if was is None or now is None or _dose(was) != _dose(now):
            said = [terms.dose(each, named=False) if each else pgettext("dose", "none") for each in (was, now)]
            found.append(f"{terms.ingredient(name)}: {_turned(*said)}")
    return found


def _delays(before: Content, after: Content) -> list[str]:
    pairs = [(before.get(name), after.get(name)) for name in DELAYS]
    none = pgettext("delay", "no date")
    return [_turned(days(old) or none, days(new) or none) for old, new in pairs if old != new]


def _turned(old: str, new: str) -> str:
    return f"{old} → {new}"
