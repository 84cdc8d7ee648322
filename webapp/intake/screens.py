"""What a screen of a questionnaire shows, worked out: the templates only put it in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import ceil

from django.utils.formats import date_format
from django.utils.translation import get_language, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engine.facts import Text
from engine.language.documents import Group, Instruction, Question
from webapp.intake import lists
from webapp.intake.answers import (
    BRISTOL,
    LISTS,
    MARK_NONE,
    MARK_UNKNOWN,
    MEDICATIONS,
    TREATMENTS,
    Fix,
    Given,
    Stored,
    shown,
    units_of,
)
from webapp.intake.facts import Sheet
from webapp.intake.known import Known

CELLS = 11  # a scale up to 0-10 is a strip of cells; a longer one is written


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Entry:
    key: str
    words: str
    dose: str
    recognised: bool
    results: tuple[Choice, ...] = ()  # of a treatment: what may have come of it


@dataclass(frozen=True, slots=True)
class Field:
    """One question as it stands on the screen; ``kind`` names its template."""

    item: str
    kind: str
    legend: str
    help: str
    always: bool
    stored: Stored | None
    choices: tuple[Choice, ...] = ()
    value: str = ""
    units: tuple[Choice, ...] = ()
    ends: tuple[str, str] = ("", "")
    entries: tuple[Entry, ...] = ()
    stopped: tuple[Entry, ...] = ()  # medicines told before and not any more, each with what may have come of it
    counts: tuple[tuple[int, str, int], ...] = ()
    problem: str = ""
    fixes: tuple[Fix, ...] = ()
    keep: str = ""  # what keeps a doubtful value as it was written
    earlier: str = ""  # what was told before, offered as still true
    earlier_day: date | None = None

    @property
    def doubted(self) -> bool:
        return bool(self.stored and self.stored.get("doubted"))

    @property
    def since(self) -> date | None:
        return since(self.stored)

    @property
    def is_list(self) -> bool:
        return self.kind in LISTS

    @property
    def template(self) -> str:
        return f"intake/fields/{'list' if self.is_list else self.kind}.html"

    @property
    def unknown(self) -> bool:
        return bool(self.stored and self.stored.get("unknown"))

    @property
    def none(self) -> bool:
        return bool(self.stored and (self.stored.get("none") or self.stored.get("value") == []))

    @property
    def none_words(self) -> str:
        return str(_NONE_WORDS.get(self.kind, ""))

    @property
    def marks(self) -> Mapping[str, str]:
        return {"none": MARK_NONE, "unknown": MARK_UNKNOWN}


@dataclass(frozen=True, slots=True)
class Progress:
    position: int
    total: int
    minutes: int
    steps: tuple[str, ...]  # on, now, or empty: for the segments


@dataclass(frozen=True, slots=True)
class Screen:
    group: str
    title: str
    intro: str
    fields: tuple[Field, ...]
    progress: Progress
    before: str | None  # the groups around it
    after: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that was not accepted, and what was typed, which stays on the screen."""

    words: str
    fixes: tuple[Fix, ...] = field(default=())
    given: Given = field(default_factory=Given)
    keep: str = ""


_NONE_WORDS = {
    "choices": _("None of these"),
    "stools": _("None that day"),
    "allergies": _("No allergies"),
    "medications": _("I take nothing"),
    TREATMENTS: _("I have taken nothing for this"),
    "history": _("None"),
    "family_history": _("None that I know of"),
}
RESULTS = {
    "unknown": _("I don’t know"),
    "worked": pgettext_lazy("told", "It worked"),
    "partial": pgettext_lazy("told", "It helped a little"),
    "failed": pgettext_lazy("told", "It did not work"),
    "not_tolerated": pgettext_lazy("told", "It did me harm"),
}
_BRISTOL_WORDS = {
    1: _("Type 1: hard lumps, like nuts"),
    2: _("Type 2: lumpy, like a sausage"),
    3: _("Type 3: a sausage with cracks"),
    4: _("Type 4: a smooth, soft sausage"),
    5: _("Type 5: soft pieces with clear edges"),
    6: _("Type 6: mushy, with ragged edges"),
    7: _("Type 7: watery, no solid pieces"),
}


def reader() -> str:
    """Return the language of who reads this page."""
    return (get_language() or "es")[:2]


def words(text: Text | None, language: str) -> str:
    return (text.get(language) or text.get("es") or "") if text else ""


def since(stored: Stored | None) -> date | None:
    """Return the day an answer was first told, of one that is "still true"."""
    told = (stored or {}).get("since")
    return date.fromisoformat(told) if told else None


def screen(
    sheet: Sheet,
    name: str,
    language: str,
    problems: Mapping[str, Problem] | None = None,
    known: Mapping[str, Known] | None = None,
) -> Screen | None:
    """Return the screen of a group; None if the questionnaire has no such group for this person.

    ``known`` is what was told before, by item.
    """
    groups = sheet.groups
    at = next((place for place, (group, _questions) in enumerate(groups) if group.name == name), None)
    if at is None:
        return None
    group, questions = groups[at]
    return Screen(
        group=name,
        title=words(group.title, language),
        intro=words(group.intro, language),
        fields=tuple(
            field_of(sheet, one, language, (problems or {}).get(one.item), (known or {}).get(one.item))
            for one in questions
        ),
        progress=progress(sheet, at),
        before=groups[at - 1][0].name if at else None,
        after=groups[at + 1][0].name if at + 1 < len(groups) else None,
    )


def progress(sheet: Sheet, at: int) -> Progress:
    total, left = len(sheet.groups), len(sheet.open_questions)
    minutes = ceil(sheet.book.questionnaire.minutes * left / max(1, len(sheet.shown)))
    steps = tuple("on" if place < at else "now" if place == at else "" for place in range(total))
    return Progress(at + 1, total, max(1, minutes), steps)


def first_open(sheet: Sheet) -> str | None:
    """Return the group to go on with: the first with an open question; None when all are answered."""
    unanswered = {question.item for question in sheet.open_questions}
    return next((group.name for group, asked in sheet.groups if any(one.item in unanswered for one in asked)), None)


def group_of(sheet: Sheet, item: str) -> Group | None:
    return next((group for group, asked in sheet.groups if any(one.item == item for one in asked)), None)


def field_of(
    sheet: Sheet, question: Question, language: str, problem: Problem | None = None, known: Known | None = None
) -> Field:
    """Return a question ready for its template; with a problem, what was typed stays as it was typed."""
    stored = sheet.answers.get(question.item)
    return Field(
        item=question.item,
        kind=_template(question),
        legend=words(question.text, language),
        help=words(question.help, language),
        always=question.always_ask or bool(question.red_flags),
        stored=stored,
        choices=_choices(question, stored, language),
        value=problem.given.value if problem else _typed(stored),
        units=_units(question, stored, problem),
        ends=(words(question.low_label, language), words(question.high_label, language)),
        entries=_entries(question, stored),
        stopped=_stopped(question, stored, known),
        counts=_counts(question, stored),
        problem=problem.words if problem else "",
        fixes=problem.fixes if problem else (),
        keep=problem.keep if problem else "",
        earlier=said(question, known.value, language) if known and stored is None and not problem else "",
        earlier_day=known.day if known else None,
    )


def _template(question: Question) -> str:
    if question.kind == "scale" and not _is_strip(question):
        return "number"
    return {"integer": "number", "decimal": "number", "quantity": "number"}.get(question.kind, question.kind)


def _is_strip(question: Question) -> bool:
    return question.low is not None and question.high is not None and question.high - question.low < CELLS


def _choices(question: Question, stored: Stored | None, language: str) -> tuple[Choice, ...]:
    value = (stored or {}).get("value")
    if question.kind == "yes_no":
        pairs = (("yes", str(_("Yes")), True), ("no", str(_("No")), False))
        return tuple(Choice(code, said, value is meant) for code, said, meant in pairs)
    if question.kind == "scale" and _is_strip(question) and question.low is not None and question.high is not None:
        cells = range(int(question.low), int(question.high) + 1)
        return tuple(Choice(str(cell), str(cell), value == cell) for cell in cells)
    chosen = value if isinstance(value, list) else [value]
    return tuple(Choice(one.code, words(one.title, language), one.code in chosen) for one in question.options)


def _typed(stored: Stored | None) -> str:
    value = (stored or {}).get("value")
    return "" if value is None or isinstance(value, bool | list) else str(value)


def _units(question: Question, stored: Stored | None, problem: Problem | None) -> tuple[Choice, ...]:
    chosen = (problem.given.unit if problem else (stored or {}).get("unit")) or question.unit
    return tuple(Choice(unit, unit, unit == chosen) for unit in units_of(question))


def _entries(question: Question, stored: Stored | None) -> tuple[Entry, ...]:
    if question.kind not in LISTS:
        return ()
    return tuple(
        Entry(lists.key_of(entry), entry["text"], entry["dose"], entry["code"] is not None, _results(entry))
        for entry in (stored or {}).get("entries", ())
    )


def _stopped(question: Question, stored: Stored | None, known: Known | None) -> tuple[Entry, ...]:
    """Return the medicines of the last time that an answer no longer names: what came of them is asked."""
    if question.kind != MEDICATIONS or known is None or stored is None or stored.get("unknown"):
        return ()
    taken = {lists.key_of(entry) for entry in stored.get("entries", ())}
    went = {one["key"]: one["result"] for one in stored.get("stopped", ())}
    return tuple(
        Entry(key, entry["text"], entry["dose"], True, _results({"result": went.get(key, "unknown")}))
        for entry in known.value.get("entries", ())
        if (key := lists.key_of(entry)) not in taken
    )


def _results(entry: Mapping[str, str]) -> tuple[Choice, ...]:
    said = entry.get("result")
    return tuple(Choice(code, str(told), code == said) for code, told in RESULTS.items()) if said else ()


def _counts(question: Question, stored: Stored | None) -> tuple[tuple[int, str, int], ...]:
    if question.kind != "stools":
        return ()
    kinds = (stored or {}).get("value") or []
    return tuple((kind, str(_BRISTOL_WORDS[kind]), kinds.count(kind)) for kind in BRISTOL)


@dataclass(frozen=True, slots=True)
class Line:
    """An answer as it was given, beside its question as it was asked, in that language."""

    item: str
    question: str
    said: str
    open: bool
    language: str
    doubted: bool = False
    since: date | None = None


def lines(sheet: Sheet, asked: Sequence[Question], language: str, languages: Mapping[str, str]) -> list[Line]:
    return [_line(one, sheet.answers.get(one.item), languages.get(one.item) or language) for one in asked]


def _line(question: Question, stored: Stored | None, language: str) -> Line:
    with override(language):  # an answer is told in the language in which it was asked
        return Line(
            question.item,
            words(question.text, language),
            said(question, stored, language),
            stored is None,
            language,
            bool(stored and stored.get("doubted")),
            since(stored),
        )


def overview(
    sheet: Sheet, language: str, languages: Mapping[str, str] | None = None
) -> list[tuple[str, str, list[Line]]]:
    """Return every group with its questions and what was said: name, title, lines.

    ``languages`` names, by item, the language an answer was given in; without it all is told in ``language``.
    """
    return [
        (group.name, words(group.title, language), lines(sheet, asked, language, languages or {}))
        for group, asked in sheet.groups
    ]


def said(question: Question, stored: Stored | None, language: str) -> str:
    """Return an answer in words: as the patient gave it, with its unit."""
    if stored is None:
        return ""
    if stored.get("unknown"):
        return str(_("I don’t know"))
    stopped = [
        _("no longer: %(name)s") % {"name": _said_entry({**one, "dose": ""})} for one in stored.get("stopped", ())
    ]
    if stored.get("none") or stored.get("value") == []:
        return "; ".join([str(_NONE_WORDS.get(question.kind, _("None"))), *stopped])
    if "entries" in stored:
        return "; ".join([*(_said_entry(entry) for entry in stored["entries"]), *stopped])
    return _said_value(question, stored, language)


def _said_entry(entry: Mapping[str, str]) -> str:
    name = f"{entry['text']} {entry['dose']}".strip()
    return f"{name} ({RESULTS[entry['result']]})" if entry.get("result") else name


def _said_value(question: Question, stored: Stored, language: str) -> str:
    value = stored["value"]
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if question.kind in ("choice", "choices"):
        titles = {option.code: words(option.title, language) for option in question.options}
        return ", ".join(titles.get(code, code) for code in (value if isinstance(value, list) else [value]))
    if question.kind == "stools":
        return ", ".join(f"{value.count(kind)} × {_('type')} {kind}" for kind in BRISTOL if kind in value)
    if question.kind == "date":
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    if question.kind in ("decimal", "quantity"):
        value = shown(Decimal(value))
    if question.kind == "scale" and question.high is not None:
        return str(_("%(value)s of %(most)s") % {"value": value, "most": question.high})
    unit = stored.get("unit", question.unit or "")
    return f"{value} {unit}".strip()


@dataclass(frozen=True, slots=True)
class Advice:
    """A fixed instruction as it is read: the first sentence tells why, the rest are steps."""

    title: str
    why: str
    steps: tuple[str, ...]
    call: str


def instruction(fixed: Instruction, language: str) -> Advice:
    said = [part.strip(" -•") for part in words(fixed.body, language).splitlines() if part.strip()]
    parts = said if len(said) > 1 else _sentences(said[0] if said else "")
    return Advice(words(fixed.title, language), parts[0] if parts else "", tuple(parts[1:]), fixed.call or "")


def _sentences(text: str) -> list[str]:
    return [part if part.endswith((".", "?", "!")) else f"{part}." for part in text.split(". ") if part]
