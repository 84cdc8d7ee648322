"""A signed plan as its patient reads it: by time of day, in plain words, with the reason of every line."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engine.language.documents import Edition
from webapp.plans import selectors as plans
from webapp.plans.models import Plan, PlanItem
from webapp.plans.terms import Terms, days, frequency, spoken, words

STOPS = ("stop", "avoid")
NAMED = ("about", "next", "stop")  # has another name at the laboratory, on a form or at the chemist's
PLAN_EMERGENCY = "plan_emergency"  # the instruction of the intake questionnaire that a plan carries


@dataclass(frozen=True, slots=True)
class Part:
    """A time of the day: its word, its icon and its tint."""

    name: str
    title: str | Promise
    icon: str
    tint: str


MORNING = Part("morning", _("In the morning"), "sunrise", "dawn")
LUNCH = Part("lunch", _("Midday meal"), "sun", "noon")
DINNER = Part("dinner", _("Dinner"), "sunset", "dusk")
NIGHT = Part("night", _("At bedtime"), "moon-stars", "night")
NEEDED = Part("needed", _("Only when you need it"), "capsule", "noon")
OTHER = Part("other", _("As written"), "clock", "noon")
PARTS = (MORNING, LUNCH, DINNER, NIGHT, NEEDED, OTHER)
OFTEN: Mapping[str, tuple[Part, ...]] = {
    "once daily": (MORNING,),
    "twice daily": (MORNING, DINNER),
    "three times daily": (MORNING, LUNCH, DINNER),
    "four times daily": (MORNING, LUNCH, DINNER, NIGHT),
    "as needed": (NEEDED,),
}
# Words of a timing that say when in the day a single dose is taken, in both languages.
SAID: Mapping[str, Part] = {
    "breakfast": MORNING, "desayun": MORNING, "morning": MORNING, "mañana": MORNING,
    "lunch": LUNCH, "midday": LUNCH, "mediodía": LUNCH,
    "dinner": DINNER, "supper": DINNER, "evening": DINNER, "cena": DINNER, "tarde": DINNER,
    "bedtime": NIGHT, "night": NIGHT, "acostar": NIGHT, "noche": NIGHT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to take or do: what, how, why, and until or by when."""

    title: str
    how: str = ""
    note: str = ""
    why: Sequence[str] = ()
    by: date | None = None
    start: date | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """What is taken at one time of the day."""

    part: Part
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Row:
    """One medicine in the printed table: at which times, and how."""

    title: str
    taken: frozenset[str]  # names of the parts of the day
    how: str
    note: str = ""
    why: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Emergency:
    """When to call for help: a fixed text out of a published version, never words of a page."""

    title: str
    signs: Sequence[str]
    call: str  # a telephone number, or nothing
    source: str  # the questionnaire it stands in, and its version


@dataclass(frozen=True)
class Sheet:
    plan: Plan
    about: Sequence[Line]
    courses: Sequence[Line]  # what is taken at several times or holds several medicines: told once, above them
    times: Sequence[Times]
    stop: Sequence[Line]
    do: Sequence[Line]
    eat: Sequence[Line]
    next: Sequence[Line]  # tests, referrals and reviews, soonest first
    table: Sequence[Row] = field(default=())

    versions: Sequence[str] = field(default=())  # of what stands behind its lines and its fixed text
    emergency: Emergency | None = None

    @property
    def fingerprint(self) -> str:
        """Return the beginning of the digest under which the evaluation is kept."""
        return self.plan.evaluation.result_sha256[:8]

    @property
    def table_parts(self) -> list[Part]:
        """The times of day the printed table has columns for."""
        used = {name for row in self.table for name in row.taken}
        return [part for part in PARTS if part.name in used]


def emergency_in(edition: Edition, language: str) -> Emergency | None:
    """Return the text of a library that stands on every plan; None where no published version has one."""
    for form in edition.questionnaires.values():
        if form.kind == "intake" and PLAN_EMERGENCY in form.instructions:
            fixed = form.instructions[PLAN_EMERGENCY]
            said = [part.strip(" -•") for part in words(fixed.body, language).splitlines() if part.strip()]
            signs = said if len(said) > 1 else re.split(r"(?<=[.?!]) +", said[0] if said else "")
            source = f"{form.name} {form.version}"
            return Emergency(words(fixed.title, language), signs, fixed.call or "", source)
    return None


def sheet_of(plan: Plan, terms: Terms, emergency: Emergency | None = None) -> Sheet:
    """Return a plan that came from ``plans.selectors.signed_for``, worked out for its patient."""
    items: Sequence[PlanItem] = plan.released_items  # type: ignore[attr-defined]
    signed = timezone.localdate(plan.signed_at) if plan.signed_at else timezone.localdate()
    kinds = {item: _kind(item) for item in items}

    def lines(*wanted: str) -> list[Line]:
        return [_line(item, terms, signed) for item in items if kinds[item] in wanted]

    taken = [(part, line) for item in items if kinds[item] == "take" for part, line in _doses(item, terms, signed)]
    courses = _courses([item for item in items if kinds[item] == "take"], terms)
    said = {(line.note, tuple(line.why)) for line in courses}
    return Sheet(
        plan=plan,
        about=lines("about"),
        courses=courses,
        times=_times([(part, _bare(line, said)) for part, line in taken]),
        stop=lines("stop"),
        do=lines("do"),
        eat=lines("eat"),
        next=sorted(lines("next"), key=lambda line: line.by or line.start or date.max),
        table=_table(taken),
        versions=_versions(items) + ([emergency.source] if emergency else []),
        emergency=emergency,
    )


def _versions(items: Sequence[PlanItem]) -> list[str]:
    reasons = [reason for item in items for reason in plans.words_of(item).get("reasons", ())]
    return sorted({f"{reason['protocol']} {reason['version']}" for reason in reasons})


_KINDS = {"rx": "take", "supp": "take", "diet": "eat", "test": "next", "ref": "next", "fu": "next", "dx": "about"}


def _kind(item: PlanItem) -> str:
    if item.code.partition(":")[2].startswith(STOPS):
        return "stop"
    return _KINDS.get(item.kind, "do")


def _line(item: PlanItem, terms: Terms, signed: date) -> Line:
    content = plans.words_of(item)
    within, after = content.get("within_days"), content.get("after_days")
    title, plain = terms.say(content.get("title")) or terms.code(item.code), terms.say(content.get("patient_text"))
    return Line(
        title=joined(plain or title),
        note=title if plain and plain != title and _kind(item) in NAMED else "",
        why=_why(content, terms),
        by=signed + timedelta(days=within) if within else None,
        start=signed + timedelta(days=after) if after else None,
        urgent=item.urgency in ("emergency", "same_day"),
    )


def joined(words: str) -> str:
    """Return words whose numbers stay on one line with what they count: "15 cm", "8 h", "4 semanas"."""
    return re.sub(r"(?<=\d) (?=[^\W\d])", "\u00a0", words)


def _why(content: Mapping[str, Any], terms: Terms) -> list[str]:
    return list(dict.fromkeys(said for one in content.get("reasons", ()) if (said := terms.say(one.get("because")))))


def _doses(item: PlanItem, terms: Terms, signed: date) -> Iterable[tuple[Part, Line]]:
    """Yield what is taken when; an item without a dose that can be read stands under "as written"."""
    content = plans.words_of(item)
    doses = content.get("doses") or ()
    if not doses:
        yield OTHER, _line(item, terms, signed)
    for dose in doses:
        line = _dose(dose, content, terms, signed)
        for part in parts_of(dose):
            yield part, line


def _times(taken: Sequence[tuple[Part, Line]]) -> list[Times]:
    return [Times(part, found) for part in PARTS if (found := [line for at, line in taken if at is part])]


def _courses(items: Iterable[PlanItem], terms: Terms) -> list[Line]:
    """Return what an item says as a whole, of those that stand on several lines of the day."""
    found = []
    for item in items:
        times = [part for dose in plans.words_of(item).get("doses") or () for part in parts_of(dose)]
        if len(times) > 1:
            content = plans.words_of(item)
            title = terms.say(content.get("title")) or terms.code(item.code)
            note = terms.say(content.get("patient_text"))
            found.append(Line(title=joined(title), note=note, why=_why(content, terms)))
    return found


def _bare(line: Line, said: AbstractSet[tuple[str, tuple[str, ...]]]) -> Line:
    """Return a line without what is said once for its whole treatment."""
    return replace(line, note="", why=()) if (line.note, tuple(line.why)) in said else line


def _dose(dose: Mapping[str, Any], content: Mapping[str, Any], terms: Terms, signed: date) -> Line:
    length, timing = dose.get("duration_days"), terms.say(dose.get("timing"))
    often = frequency(dose.get("frequency", ""))
    return Line(
        title=joined(f"{terms.ingredient(dose['ingredient'])} {spoken(str(dose['dose']), terms.language)}"),
        how=joined(", ".join(part for part in (timing, often, days(length)) if part)),
        note=terms.say(content.get("patient_text")),
        why=_why(content, terms),
        by=signed + timedelta(days=length) if length else None,
    )


def parts_of(dose: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the times of day of a dose, as its frequency and its timing say; never a guess beyond them."""
    often = OFTEN.get(str(dose.get("frequency", "")).strip().lower().partition(",")[0])
    if often is None:
        return (OTHER,)
    timing = dose.get("timing") or {}
    said = " ".join(timing.values()).casefold() if isinstance(timing, Mapping) else str(timing).casefold()
    named = [part for word, part in SAID.items() if word in said]
    return (named[0],) if len(often) == 1 and often != (NEEDED,) and named else often


def _table(taken: Sequence[tuple[Part, Line]]) -> list[Row]:
    rows: dict[tuple[str, str], tuple[Line, set[str]]] = {}
    for part, line in taken:
        rows.setdefault((line.title, line.how or line.note), (line, set()))[1].add(part.name)
    return [
        Row(title, frozenset(at), how, line.note if line.note != how else "", line.why)
        for (title, how), (line, at) in rows.items()
    ]
