"""The own record as a patient reads it: seven lists, each line with its day and who wrote it down, in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.base.codes import code_of
from webapp.patients.lists import is_long_ago
from webapp.patients.models import DocumentReference, Patient
from webapp.patients.selectors import Record
from webapp.plans import selectors as plans
from webapp.plans.lines import detail_of, name_of, terms_now
from webapp.plans.models import Plan
from webapp.plans.terms import Terms

Words = str | Promise
PRESCRIBED = ("rx", "supp")
TITLES: Mapping[str, Words] = {
    "conditions": gettext_lazy("Diagnoses"),
    "medications": gettext_lazy("Current treatments"),
    "treatments": gettext_lazy("Earlier treatments"),
    "allergies": gettext_lazy("Allergies"),
    "stays": gettext_lazy("Hospital stays"),
    "procedures": gettext_lazy("Operations and procedures"),
    "prescriptions": gettext_lazy("Prescriptions"),
}
TOPICS = {
    "conditions": "history",
    "medications": "medications",
    "treatments": "previous_treatments",
    "allergies": "allergies",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it is, what else is known, when it was written down and by whom."""

    title: str
    detail: str
    day: date
    by: str
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """Who said on which day that a list is complete; ``long_ago`` where one asks whether it still is."""

    day: date
    by: str
    own: bool
    long_ago: bool


@dataclass(frozen=True, slots=True)
class List:
    """One of the seven lists; ``empty`` says in words what is known where nothing stands in it.

    ``whole`` says who called it complete, ``seen`` stands for the lines shown; both only where somebody may say so.
    """

    name: str
    title: Words
    entries: Sequence[Entry]
    empty: str
    whole: Whole | None = None
    seen: str = ""
    is_open: bool = False  # nobody has said yet that it is complete, or empty


def lists_of(user: User, record: Record, language: str, today: date) -> list[List]:
    """Return the seven lists of the person who asks."""
    terms = terms_now(language, today)
    lines = _lines(record)
    said = [line for some in (*lines.values(), record.whole.values()) for line in some]
    names = accounts.names_of(line.recorded_by_id for line in said if line.recorded_by_id)
    written = {name: [_entry(line, record.patient, terms, names) for line in some] for name, some in lines.items()}
    written["prescriptions"] = _prescriptions(user, terms)
    return [_list(name, written[name], lines.get(name, ()), record, names) for name in TITLES]


def _list(name: str, entries: Sequence[Entry], lines: Sequence[Any], record: Record, names: Mapping[int, str]) -> List:
    topic = TOPICS.get(name, "")
    whole = _whole(record, topic, names) if topic and entries else None
    return List(
        name=name,
        title=TITLES[name],
        entries=entries,
        empty=_empty(name, record),
        whole=whole,
        seen=code_of_lines(line.pk for line in lines) if topic else "",
        is_open=bool(topic) and (whole is None or whole.long_ago if entries else topic not in record.none),
    )


def code_of_lines(pks: Iterable[UUID]) -> str:
    """Return what stands for the lines of a list: another as soon as one comes or goes."""
    return code_of(",".join(sorted(str(pk) for pk in pks)))


def _whole(record: Record, topic: str, names: Mapping[int, str]) -> Whole | None:
    said = record.whole.get(topic)
    if said is None:
        return None
    own = said.recorded_by_id is not None and said.recorded_by_id == record.patient.user_id
    by = names.get(said.recorded_by_id or 0, "Pauta")
    return Whole(timezone.localdate(said.recorded_at), by, own, is_long_ago(said))


@dataclass(frozen=True, slots=True)
class File:
    """A file the patient finds in the portal; ``can_go``: the patient sent it and may still take it out."""

    line: DocumentReference
    sent_in: bool
    can_go: bool


def files_of(user: User, record: Record) -> list[File]:
    """Return the files of the person who asks, newest first."""
    return [_file(user, line) for line in (record.care.documents if record.care else ())]


def _file(user: User, line: DocumentReference) -> File:
    sent_in = user.pk in (line.recorded_by_id, line.content.recorded_by_id)
    return File(line, sent_in, line.recorded_by_id == user.pk and not line.is_confirmed)


def _lines(record: Record) -> dict[str, list[Any]]:
    care = record.care
    return {
        "conditions": _holding(record.conditions),
        "medications": _holding(record.medications),
        "treatments": _holding(record.previous_treatments),
        "allergies": _holding(record.allergies),
        "stays": list(care.encounters) if care else [],
        "procedures": list(care.procedures) if care else [],
    }


def _holding(lines: Iterable[Any]) -> list[Any]:
    return [line for line in lines if line.active]


def _entry(line: Any, patient: Patient, terms: Terms, names: Mapping[int, str]) -> Entry:
    own = line.recorded_by_id is not None and line.recorded_by_id == patient.user_id
    return Entry(
        title=name_of(line, terms),
        detail=detail_of(line, terms),
        day=timezone.localdate(line.recorded_at),
        by=_("you") if own else names.get(line.recorded_by_id or 0, "Pauta"),
        unconfirmed=not line.is_confirmed,
    )


def _prescriptions(user: User, terms: Terms) -> list[Entry]:
    """Return what the signed plan prescribes, by the doctor who signed it."""
    plan = plans.signed_for(user).first()
    if plan is None or plan.signed_by is None or plan.signed_at is None:
        return []
    released = plan.released_items  # type: ignore[attr-defined]
    return [_prescription(plan, item, terms) for item in released if item.kind in PRESCRIBED]


def _prescription(plan: Plan, item: Any, terms: Terms) -> Entry:
    content = plans.words_of(item)
    doses = [terms.dose(dose, named=True) for dose in content.get("doses") or ()]
    return Entry(
        title=terms.say(content.get("title")) or terms.code(item.code),
        detail="; ".join(doses),
        day=timezone.localdate(plan.signed_at),
        by=plan.signed_by.display_name if plan.signed_by else "",
    )


def _empty(name: str, record: Record) -> str:
    topic = TOPICS.get(name, "")
    if topic in record.none:
        return _("None: you told us so.")
    if topic in record.unsure:
        return _("You told us that you do not know.")
    return _("Nobody has asked you yet.") if topic else _("Nothing written down.")
