"""Finding patients whose names the database cannot read, and noticing that two may be one. Part of selectors.py.

A name is found by keyed digests of the first letters of its words, a number by the digest of the whole. What was found
is decrypted and then sorted: a longer list is filtered, not sorted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.base.fields import blind
from webapp.patients import identity
from webapp.patients.access import number_index, patients_for
from webapp.patients.dates import day
from webapp.patients.models import NamePrefix, NotTheSame, Patient

PREFIX = "patients.nameprefix.index"
SORTED_AT_ONCE = 500
LONGEST_SEARCH = 120  # letters; each word is one more condition of the query
REASONS = {
    "national_id": _("same DNI or NIE"),
    "other_id": _("same passport or other document"),
    "name": _("same name and date of birth"),
    "phone": _("same telephone"),
}


@dataclass(frozen=True)
class Directory:
    """Patients of a list or a search, by surname; ``complete`` is False where more were found than are shown."""

    patients: list[Patient]
    complete: bool


@dataclass(frozen=True)
class Candidate:
    """Somebody registered who may be the same person; ``reasons`` are names of REASONS."""

    patient: Patient
    reasons: tuple[str, ...]

    @property
    def words(self) -> list[Any]:
        return [REASONS[reason] for reason in self.reasons]


def directory(user: User, text: str = "", path: str = "") -> Directory:
    """Return the patients ``user`` may see whom ``text`` fits; writes that they were listed, never the words.

    Words are the beginnings of names, in any order; besides, a date of birth, or alone a record number, a DNI or NIE,
    another document, a telephone or an e-mail.
    """
    text = _plain(text)
    found = list(_matching(patients_for(user), text).order_by("-registered_at")[: SORTED_AT_ONCE + 1])
    shown = sorted(found[:SORTED_AT_ONCE], key=_by_name)
    shown = [patient for patient in shown if _begins_like(patient, text)]
    audit.record(actor=user, verb="patients.listed", path=path, detail={"shown": len(shown), "searched": bool(text)})
    return Directory(shown, len(found) <= SORTED_AT_ONCE)


def found_among(patients: QuerySet[Patient], text: str) -> list[Patient]:
    """Return those of ``patients`` whom ``text`` fits, by surname; who asks writes that they were seen."""
    text = _plain(text)
    found = sorted(_matching(patients, text).order_by("-registered_at")[:SORTED_AT_ONCE], key=_by_name)
    return [patient for patient in found if _begins_like(patient, text)]


def _plain(text: str) -> str:
    """Return the words of a search without what the database takes for no text, and no more than a name has."""
    return text.replace("\0", "")[:LONGEST_SEARCH].strip()


def _by_name(patient: Patient) -> tuple[str, str, str]:
    return identity.bare(patient.family_name), identity.bare(patient.given_name), patient.record_number


def _matching(patients: QuerySet[Patient], text: str) -> QuerySet[Patient]:
    """Keep those who have the number searched, or a name beginning with each word and the day of birth searched."""
    if not text:
        return patients
    named = patients
    born, words = _parted(text)
    if born:
        named = named.filter(birth_date_index=number_index(born.isoformat(), "birth_date"))
    return patients.filter(_has_number(text) | Q(pk__in=_named(named, words).values("pk")))


def _named(patients: QuerySet[Patient], words: Iterable[str]) -> QuerySet[Patient]:
    """Keep those who have a name beginning with each of the words, as far as the index knows."""
    for word in words:
        if len(word) >= identity.SHORTEST:
            index = blind(word[: identity.LONGEST], PREFIX)
            patients = patients.filter(pk__in=NamePrefix.objects.filter(index=index).values("patient"))
    return patients


def _parted(text: str) -> tuple[date | None, list[str]]:
    """Return the day of birth in a search, None if there is none, and its words, folded."""
    days = {part: found for part in text.split() if (found := day(part))}
    rest = " ".join(part for part in text.split() if part not in days)
    return next(iter(days.values()), None), identity.words(rest)


def _has_number(text: str) -> Q:
    return (
        Q(record_number=text)
        | Q(national_id_index=number_index(_as_number(text, "national_id"), "national_id"))
        | Q(other_id_index=number_index(_as_number(text, "other_id"), "other_id"))
        | Q(phone_index=number_index(_as_number(text, "phone"), "phone"))
        | Q(email_index=number_index(text, "email"))
    )


_READ = {"national_id": identity.national_id, "other_id": identity.other_id, "phone": identity.phone}


def _as_number(text: str, kind: str) -> str:
    try:
        return _READ[kind](text)
    except identity.IdentityError:
        return text


def _begins_like(patient: Patient, text: str) -> bool:
    """Check against the whole words: the index knows their first six letters only, and no single letter."""
    _born, wanted = _parted(text)
    names = identity.name_words(patient.full_name)
    if any(char.isdigit() or char == "@" for word in wanted for char in word) or "@" in text:
        return True
    return all(any(name.startswith(word) for name in names) for word in wanted)


def duplicates(
    user: User,
    *,
    given_name: str,
    family_name: str,
    birth_date: date,
    phone: str = "",
    national_id: str = "",
    other_id: str = "",
    but: UUID | None = None,
    path: str = "",
) -> list[Candidate]:
    """Return who is registered and may be this person, of those ``user`` may see; two queries, and a line in the audit.

    ``but`` is the patient asked about, whom somebody may have told apart from others before.
    """
    same = Q(birth_date_index=number_index(birth_date.isoformat(), "birth_date"))
    numbers = {"phone": phone, "national_id": national_id, "other_id": other_id}
    indexes = {field: number_index(_as_number(value, field), field) for field, value in numbers.items() if value}
    for field, index in indexes.items():
        same |= Q(**{f"{field}_index": index})
    known = patients_for(user).filter(same).exclude(pk=but).exclude(pk__in=_told_apart(but))
    name = _folded(f"{given_name} {family_name}")
    found = [(patient, tuple(_reasons(patient, name, birth_date, indexes))) for patient in known]
    shown = sorted((Candidate(*pair) for pair in found if pair[1]), key=lambda one: _by_name(one.patient))
    if shown:
        told = [candidate.patient.pk for candidate in shown]
        audit.record_list(actor=user, verb="patient.seen_as_duplicate", patient_ids=told, path=path)
    return shown


def duplicates_of(user: User, patient: Patient, path: str = "") -> list[Candidate]:
    """Return who else may be this patient, but for those somebody has told apart."""
    return duplicates(
        user,
        given_name=patient.given_name,
        family_name=patient.family_name,
        birth_date=patient.birth_date,
        phone=patient.phone or "",
        national_id=patient.national_id or "",
        other_id=patient.other_id or "",
        but=patient.pk,
        path=path,
    )


def namesakes_of(user: User, patient: Patient, path: str = "") -> list[Patient]:
    """Return who else has this name, of those ``user`` may see, also when somebody has told them apart.

    One query, and a line in the audit where there are any: two of one name are mixed up however well they are known.
    """
    name = _folded(patient.full_name)
    others = _named(patients_for(user).exclude(pk=patient.pk), name)
    found = sorted((one for one in others[:SORTED_AT_ONCE] if _folded(one.full_name) == name), key=_by_name)
    if found:
        told = [one.pk for one in found]
        audit.record_list(actor=user, verb="patient.seen_as_namesake", patient_ids=told, path=path)
    return found


def _reasons(patient: Patient, name: list[str], born: date, indexes: dict[str, bytes]) -> Iterable[str]:
    if "national_id" in indexes and _same(patient.national_id_index, indexes["national_id"]):
        yield "national_id"
    if "other_id" in indexes and _same(patient.other_id_index, indexes["other_id"]):
        yield "other_id"
    if patient.birth_date == born and _folded(patient.full_name) == name:
        yield "name"
    if "phone" in indexes and _same(patient.phone_index, indexes["phone"]):
        yield "phone"


def _same(stored: Any, index: bytes) -> bool:
    return stored is not None and bytes(stored) == index


def _folded(name: str) -> list[str]:
    """Return the words of a name without accents, in one order: surnames are at times written first."""
    return sorted(identity.words(name))


def _told_apart(patient: UUID | None) -> list[UUID]:
    if patient is None:
        return []
    pairs = NotTheSame.objects.filter(Q(patient=patient) | Q(other=patient)).values_list("patient", "other")
    return [one for pair in pairs for one in pair]
