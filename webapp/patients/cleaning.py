"""What a line of the record must be like before it is stored: its texts, its days, its choices."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Model, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.patients import dates, identity
from webapp.patients.models import (
    AllergyIntolerance,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    FamilyMemberHistory,
    MedicationStatement,
    PreviousTreatment,
    Procedure,
    RelatedPerson,
)
from webapp.patients.writing import PatientError

LONGEST = 8000  # letters of one text
# Of each kind, what may not stay empty; of several, one is enough.
NEEDED: dict[type[Model], tuple[str, ...]] = {
    AllergyIntolerance: ("code", "text"),
    MedicationStatement: ("code", "text"),
    FamilyMemberHistory: ("code", "relation"),
    PreviousTreatment: ("code", "text"),
    RelatedPerson: ("name",),
    Procedure: ("text", "code"),
    Encounter: ("reason",),
    DiagnosticReport: ("title",),
    DocumentReference: ("title",),
}
DAYS: dict[type[Model], tuple[str, ...]] = {
    Procedure: ("performed",),
    Encounter: ("started", "ended"),
    PreviousTreatment: ("started", "ended"),
    DiagnosticReport: ("effective",),
}


def clean(line: Any) -> Any:
    """Return ``line`` with its texts trimmed and its days and numbers in one form.

    Raises PatientError for an empty or endless text, a day that cannot be, an unknown choice.
    """
    _texts(line)
    _choices(line)
    for name in DAYS.get(type(line), ()):
        setattr(line, name, _day(getattr(line, name)))
    if isinstance(line, RelatedPerson):
        _contact(line)
    if isinstance(line, Encounter) and not dates.in_order(line.started, line.ended):
        raise PatientError(_("A stay cannot end before it began. Check the dates."))
    if isinstance(line, MedicationStatement):
        _medicine(line)
    if isinstance(line, PreviousTreatment) and not dates.in_order(line.started, line.ended):
        raise PatientError(_("A treatment cannot end before it began. Check the dates."))
    return line


def _texts(line: Any) -> None:
    for field in line._meta.concrete_fields:
        value = getattr(line, field.attname)
        if isinstance(field, TextField) and isinstance(value, str):
            if len(value) > LONGEST:
                raise PatientError(_("This text is too long. Keep to 8,000 letters, or add it as a document."))
            setattr(line, field.attname, value.replace("\0", "").strip())
    needed = NEEDED.get(type(line), ())
    if needed and not any(getattr(line, name) for name in needed):
        raise PatientError(_("Write what it is: this line has no words."))


def _choices(line: Any) -> None:
    for field in line._meta.concrete_fields:
        if field.choices and getattr(line, field.attname) not in dict(field.flatchoices):
            raise PatientError(_("Choose one of the kinds listed."))


def _day(text: str) -> str:
    try:
        return dates.partial_date(text, today=timezone.localdate())
    except dates.DateError as problem:
        raise PatientError(str(problem)) from None


def _contact(line: RelatedPerson) -> None:
    try:
        line.phone = identity.phone(line.phone) if line.phone else ""
    except identity.IdentityError as problem:
        raise PatientError(str(problem)) from None
    if line.email:
        check_email(line.email)
    if line.is_emergency_contact and not line.phone:
        raise PatientError(_("Whom the clinic calls in an emergency needs a telephone."))


def check_email(email: str) -> None:
    """Raise PatientError for an address that cannot receive mail."""
    try:
        validate_email(email)
    except ValidationError:
        raise PatientError(_("This address cannot receive mail. Write it as name@example.org.")) from None


def _medicine(line: MedicationStatement) -> None:
    if line.started_on and line.ended_on and line.ended_on < line.started_on:
        raise PatientError(_("A medicine cannot end before it began. Check the dates."))
    if line.active and line.ended_on:
        raise PatientError(_("A medicine that is still taken has no last day."))
