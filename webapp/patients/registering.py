"""Who a patient is: registering, setting right, telling two apart, and the index by which names are found."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.audit.acting import acting
from webapp.base.fields import blind
from webapp.base.shown import as_text
from webapp.patients import finding, identity
from webapp.patients.access import number_index, patients_for
from webapp.patients.cleaning import check_email
from webapp.patients.finding import Candidate
from webapp.patients.models import NamePrefix, NotTheSame, Patient
from webapp.patients.writing import NotAllowed, PatientError, is_own

FIRST_NUMBER = 100001
NUMBERS_LOCK = 0x4E4843  # the advisory lock under which patients are registered and numbered
IDENTITY = (
    "given_name",
    "family_name",
    "birth_date",
    "sex",
    "national_id",
    "other_id",
    "email",
    "phone",
    "language",
    "channel",
    "general_practitioner",
)
OWN = frozenset({"email", "phone", "language", "channel"})  # what patients set right themselves
AT_ONCE = 500


class PossibleDuplicate(PatientError):
    """Somebody like this is registered: ``candidates`` are shown, and it goes on once it is said to be another."""

    def __init__(self, candidates: list[Candidate]) -> None:
        super().__init__(_("Somebody like this is registered already. Is it the same person?"))
        self.candidates = candidates


def register(
    *,
    actor: User | None,
    given_name: str,
    family_name: str,
    birth_date: date,
    sex: str = Patient.Sex.UNKNOWN,
    national_id: str = "",
    other_id: str = "",
    email: str = "",
    phone: str = "",
    language: str = "es",
    general_practitioner: User | None = None,
    user: User | None = None,
    record_number: str = "",
    registered_at: datetime | None = None,
    another_than: Collection[UUID] = (),
) -> Patient:
    """Register a person as a patient; the record number is the next one unless given.

    ``another_than`` names the patients somebody looked at and said not to be this person. Raises PossibleDuplicate
    for any other who may be; PatientError for a number that cannot be right, a birth date to come, or a DNI already
    registered; NotAllowed if this actor registers nobody.
    """
    if actor is not None and not actor.may("patients.register"):
        raise NotAllowed(_("Registering patients is done by the front desk and the clinicians."))
    patient = Patient(
        sex=sex,
        language=language,
        general_practitioner=general_practitioner,
        user=user,
        registered_at=registered_at or timezone.now(),
        **_columns(given_name=given_name, family_name=family_name, birth_date=birth_date),
        **_columns(national_id=national_id, other_id=other_id, email=email, phone=phone),
    )
    with transaction.atomic():  # of two clicks at once, the second finds whom the first registered
        _one_at_a_time()
        candidates = _candidates(patient, actor)
        if not {candidate.patient.pk for candidate in candidates} - set(another_than):
            return _register(patient, record_number, actor, [candidate.patient for candidate in candidates])
    raise PossibleDuplicate(candidates)


def _candidates(patient: Patient, actor: User | None) -> list[Candidate]:
    """Return who may be this person; the system itself, which brings in whole lists, looks on its own."""
    return finding.duplicates_of(actor, patient) if actor is not None else []


@transaction.atomic
def _register(patient: Patient, record_number: str, actor: User | None, others: Iterable[Patient]) -> Patient:
    patient.record_number = record_number or _next_number()
    _save(patient, actor, force_insert=True)
    _index_names([patient])
    audit.record(actor=actor, verb="patient.registered", patient_id=patient.pk)
    for other in others:
        _tell_apart(patient, other, actor)
    return patient


class ChangedMeanwhile(PatientError):
    """Somebody else changed what a page showed before it was saved."""


@transaction.atomic
def correct_identity(
    *, patient: Patient, actor: User | None, shown: Mapping[str, str] | None = None, **changes: Any
) -> Patient:
    """Set right who a patient is, by the names in IDENTITY; what was written before stays in the history.

    Patients set right how they are reached, OWN; the clinic the rest. ``shown`` is what the page said of what changes,
    as text. Raises PatientError as ``register`` does, and ChangedMeanwhile where something else stands there now.
    """
    if unknown := changes.keys() - set(IDENTITY):
        raise TypeError(f"Patient has no {', '.join(sorted(unknown))} to set right")
    _may_correct(patient, actor, changes)
    held = Patient.objects.select_for_update().get(pk=patient.pk)
    if any(as_text(getattr(held, name)) != text for name, text in (shown or {}).items()):
        raise ChangedMeanwhile(
            _("Somebody changed this while you were writing. Look at what stands there now before you save yours.")
        )
    before = held.full_name
    changed = {name for name, value in changes.items() if (getattr(held, name) or "") != (value or "")}
    if not changed:
        raise PatientError(_("Nothing was changed."))
    columns = _columns(**{name: changes[name] for name in changed})
    for name, value in columns.items():
        setattr(held, name, value)
    _save(held, actor, update_fields=list(columns))
    if held.full_name != before:
        _index_names([held])
    detail = {"fields": sorted(changed)}
    audit.record(actor=actor, verb="patient.identity_corrected", patient_id=held.pk, detail=detail)
    return held


def _may_correct(patient: Patient, actor: User | None, changes: dict[str, Any]) -> None:
    if actor is None or (actor.may("patients.register") and patients_for(actor).filter(pk=patient.pk).exists()):
        return
    if not (is_own(patient, actor) and changes.keys() <= OWN):
        raise NotAllowed(_("Who a patient is, is set right by the clinic. Tell the front desk what is not right."))


def _columns(**given: Any) -> dict[str, Any]:
    """Return the columns of what is given, cleaned, each number beside its index."""
    columns: dict[str, Any] = {}
    for name, value in given.items():
        held = _CLEANED[name](value) if name in _CLEANED else value
        columns[name] = held
        if name in _FOUND_BY:
            text = held.isoformat() if isinstance(held, date) else held
            columns[f"{name}_index"] = number_index(text, name) if text else None
    return columns


def _name(text: str) -> str:
    if not text.strip():
        raise PatientError(_("A patient needs a first name and at least one surname."))
    return " ".join(text.replace("\0", "").split())


def _born(day: date) -> date:
    if day > timezone.localdate():
        raise PatientError(_("The date of birth is still to come. Check the year."))
    return day


def _national_id(text: str | None) -> str | None:
    try:
        return identity.national_id(text) if text else None
    except identity.IdentityError as problem:
        raise PatientError(str(problem)) from None


def _other_id(text: str | None) -> str | None:
    try:
        return identity.other_id(text) if text else None
    except identity.IdentityError as problem:
        raise PatientError(str(problem)) from None


def _phone(text: str | None) -> str | None:
    try:
        return identity.phone(text) if text else None
    except identity.IdentityError as problem:
        raise PatientError(str(problem)) from None


def _email(text: str | None) -> str | None:
    found = (text or "").strip()
    if found:
        check_email(found)
    return found or None


_CLEANED = {
    "given_name": _name,
    "family_name": _name,
    "birth_date": _born,
    "national_id": _national_id,
    "other_id": _other_id,
    "phone": _phone,
    "email": _email,
}
_FOUND_BY = frozenset({"birth_date", "national_id", "other_id", "phone", "email"})


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS_LOCK])


def _next_number() -> str:
    highest = Patient.objects.aggregate(n=Max(Cast("record_number", IntegerField())))["n"]
    return str(max(FIRST_NUMBER, (highest or 0) + 1))


def _save(patient: Patient, actor: User | None, **how: Any) -> None:
    try:
        with transaction.atomic(), acting(actor):
            patient.save(**how)
    except IntegrityError as problem:
        if "national_id" in str(problem):
            raise PatientError(_("A patient with this DNI or NIE is already registered. Search for it.")) from None
        if "record_number" in str(problem):
            raise PatientError(_("This record number is already taken.")) from None
        raise


@transaction.atomic
def tell_apart(*, patient: Patient, other: Patient, actor: User) -> None:
    """Write that two patients who seem to be one are two: nobody is warned of them again."""
    if patient.pk == other.pk:
        raise PatientError(_("This is one patient. Choose the other one."))
    seen = patients_for(actor).filter(pk__in=[patient.pk, other.pk]).count()
    if not actor.may("patients.register") or seen < 2:
        raise NotAllowed(_("Registering patients is done by the front desk and the clinicians."))
    _tell_apart(patient, other, actor)


def _tell_apart(patient: Patient, other: Patient, actor: User | None) -> None:
    NotTheSame.objects.get_or_create(patient=patient, other=other, defaults={"decided_by": actor})
    detail = {"other": str(other.pk)}
    audit.record(actor=actor, verb="patient.told_apart", patient_id=patient.pk, detail=detail)


def _index_names(patients: list[Patient]) -> int:
    """Write the index of these names anew; return how many entries it has."""
    NamePrefix.objects.filter(patient__in=patients).delete()
    made = [
        NamePrefix(patient=patient, index=blind(start, finding.PREFIX))
        for patient in patients
        for start in sorted(identity.prefixes(patient.full_name))
    ]
    return len(NamePrefix.objects.bulk_create(made, batch_size=5000))


def rebuild_index() -> tuple[int, int]:
    """Write the whole index of names and numbers anew, as after a change in how they are folded.

    Returns how many patients there are, and how many beginnings of names. By batches, each a transaction of its own:
    who searches meanwhile still finds everybody.
    """
    numbers = list(Patient.objects.order_by("pk").values_list("pk", flat=True))
    entries = 0
    for start in range(0, len(numbers), AT_ONCE):
        with transaction.atomic():
            batch = list(Patient.objects.select_for_update().filter(pk__in=numbers[start : start + AT_ONCE]))
            entries += _index_names(batch)
            _index_numbers(batch)
    return len(numbers), entries


def _index_numbers(patients: list[Patient]) -> None:
    for patient in patients:
        for name in _FOUND_BY:
            value = getattr(patient, name)
            text = value.isoformat() if isinstance(value, date) else value
            setattr(patient, f"{name}_index", number_index(text, name) if text else None)
    with acting(None, "rebuild_search_index"):
        Patient.objects.bulk_update(patients, [f"{name}_index" for name in sorted(_FOUND_BY)])
