"""Answers that are lists: adding a name, taking one out, saying that there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from engine.facts import fold
from engine.language.case_treatments import RESULTS
from engine.language.documents import Edition, Question
from webapp.intake.answers import (
    ENTRIES_LIMIT,
    ENTRY_LIMIT,
    MARK_NONE,
    MARK_UNKNOWN,
    MEDICATIONS,
    NONE,
    TREATMENTS,
    UNKNOWN,
    NotAccepted,
    Stored,
)
from webapp.plans import naming


@dataclass(frozen=True, slots=True)
class Change:
    """What a form does to one list: the buttons pressed and the words typed."""

    text: str = ""
    dose: str = ""
    pick: str = ""  # a name offered by the search
    remove: str = ""  # the key of an entry
    mark: str = ""  # MARK_NONE or MARK_UNKNOWN
    results: Mapping[str, str] = field(default_factory=dict)  # of treatments, by the key of the entry
    stopped: Sequence[Mapping[str, str]] = ()  # medicines told earlier and not any more, and what came of each

    @property
    def names(self) -> bool:
        """Whether it adds a name or takes one out, which leaves the others as they are."""
        return bool(self.text or self.pick or self.remove)


def change_in(item: str, form: Mapping[str, Any]) -> Change:
    def said(part: str) -> str:
        return str(form.get(f"{item}-{part}", "")).strip()

    results = {
        name.removeprefix(f"{item}-result:"): str(form[name]) for name in form if name.startswith(f"{item}-result:")
    }
    mark = str(form.get(item, ""))
    return Change(said("text"), said("dose"), said("pick"), said("remove"), mark, results, _stopped(item, form))


def _stopped(item: str, form: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what is said of medicines no longer taken; a result that is none of those offered is not said."""
    start = f"{item}-went:"
    keys = [name.removeprefix(start) for name in form if name.startswith(start) and form[name] in RESULTS]
    return [
        {"key": key, "text": str(form.get(f"{item}-was:{key}", ""))[:ENTRY_LIMIT], "result": str(form[start + key])}
        for key in keys[:ENTRIES_LIMIT]
        if len(key) <= ENTRY_LIMIT
    ]


def key_of(entry: Mapping[str, Any]) -> str:
    """Return what tells an entry from the others of its list."""
    return str(entry["code"] or fold(entry["text"]))


def apply(question: Question, edition: Edition, change: Change, stored: Stored | None) -> Stored | None:
    """Return the list after the change, None when nothing is said; raise NotAccepted if it is too long."""
    made = _changed(question, edition, change, stored)
    if question.kind != MEDICATIONS or made is None or made.get("unknown"):
        return made
    taken = {key_of(entry) for entry in made.get("entries", ())}
    said = {one["key"]: dict(one) for one in (*(stored or {}).get("stopped", ()), *change.stopped)}
    stopped = [one for key, one in said.items() if key not in taken]
    return {**made, "stopped": stopped} if stopped else made


def _changed(question: Question, edition: Edition, change: Change, stored: Stored | None) -> Stored | None:
    entries = [_judged(entry, change.results) for entry in (stored or {}).get("entries", ())]
    if change.remove:
        entries = [entry for entry in entries if key_of(entry) != change.remove]
        return {"entries": entries} if entries else None
    if change.pick or change.text:
        return {"entries": _with(entries, _entry(question, edition, change))}
    if entries:
        return {"entries": entries}  # "none" beside names would lose them: they are taken out one by one
    return {MARK_NONE: NONE, MARK_UNKNOWN: UNKNOWN}.get(change.mark)


def _judged(entry: dict[str, Any], results: Mapping[str, str]) -> dict[str, Any]:
    """Return an entry with what came of it; a result that is none of those offered changes nothing."""
    result = results.get(key_of(entry), "")
    return entry | {"result": result} if result in RESULTS else entry


def _entry(question: Question, edition: Edition, change: Change) -> dict[str, Any]:
    words = change.pick or change.text
    if len(words) > ENTRY_LIMIT:
        raise NotAccepted(_("That is long for one name. Add them one by one."))
    code = naming.match(edition, question.kind, words)
    entry = {"code": code, "text": words, "dose": change.dose[:ENTRY_LIMIT]}
    return entry | {"result": "unknown"} if question.kind == TREATMENTS else entry


def _with(entries: list[dict[str, Any]], new: dict[str, Any]) -> list[dict[str, Any]]:
    if len(entries) >= ENTRIES_LIMIT:
        raise NotAccepted(_("The list is full. Tell us the rest at your visit."))
    return [entry for entry in entries if key_of(entry) != key_of(new)] + [new]
