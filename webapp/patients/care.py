"""What happened and who stands by: contacts, procedures, hospitalisations, reports and files. Part of models.py.

Days are written as FHIR writes them, ``2011``, ``2011-05`` or ``2011-05-03``: nobody has to invent the day of an
operation of long ago.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webapp.base.fields import BlindIndexField, EncryptedBytesField, EncryptedTextField
from webapp.patients.lines import (
    PARTIAL_DATE,
    Entry,
    Line,
    entry_constraints,
    entry_triggers,
    never_emptied,
    only_added,
    tracked,
)


def _is_partial_date(name: str, *columns: str) -> list[models.BaseConstraint]:
    written = {column: Q(**{column: ""}) | Q(**{f"{column}__regex": PARTIAL_DATE}) for column in columns}
    return [models.CheckConstraint(condition=rule, name=name + column) for column, rule in written.items()]


@tracked("contact")
class RelatedPerson(Entry):
    """Somebody near the patient: whom to call, who decides for a child. Identity, not clinical: the desk sees it."""

    class Relationship(models.TextChoices):
        MOTHER = "mother", _("Mother")
        FATHER = "father", _("Father")
        PARTNER = "partner", _("Husband, wife or partner")
        CHILD = "child", _("Son or daughter")
        SIBLING = "sibling", _("Brother or sister")
        FAMILY = "family", _("Other family")
        FRIEND = "friend", _("Friend")
        CARER = "carer", _("Carer")
        OTHER = "other", pgettext_lazy("relationship", "Other")

    name = EncryptedTextField()
    relationship = models.CharField(max_length=8, choices=Relationship)
    phone = EncryptedTextField(blank=True)
    email = EncryptedTextField(blank=True)
    note = EncryptedTextField(blank=True)
    is_emergency_contact = models.BooleanField(default=False)
    is_guardian = models.BooleanField(default=False)

    class Meta(Line.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    relationship__in=[
                        "mother",
                        "father",
                        "partner",
                        "child",
                        "sibling",
                        "family",
                        "friend",
                        "carer",
                        "other",
                    ]
                ),
                name="patients_contact_relationship",
            ),
            *entry_constraints("contact"),
        ]
        triggers = entry_triggers(
            "contact", "name", "relationship", "phone", "email", "note", "is_emergency_contact", "is_guardian"
        )


@tracked("procedure")
class Procedure(Entry):
    """Something done to the patient: an operation, an endoscopy. ``code`` is a vocabulary word or empty."""

    code = EncryptedTextField(blank=True)
    text = EncryptedTextField()
    performed = models.CharField(max_length=10, blank=True)
    outcome = EncryptedTextField(blank=True)
    place = EncryptedTextField(blank=True)

    class Meta(Line.Meta):
        indexes = [models.Index(fields=["patient", "-performed"], name="patients_newest_procedure")]
        constraints = [*_is_partial_date("patients_procedure_", "performed"), *entry_constraints("procedure")]
        triggers = entry_triggers("procedure", "code", "text", "performed", "outcome", "place")


@tracked("encounter")
class Encounter(Entry):
    """A stay in a hospital or a visit to its emergency department; ``ended`` is empty where nobody knows."""

    class Kind(models.TextChoices):
        INPATIENT = "inpatient", _("Hospital stay")
        EMERGENCY = "emergency", _("Emergency department")
        DAY_CASE = "day_case", _("Day hospital")

    kind = models.CharField(max_length=9, choices=Kind, default=Kind.INPATIENT)
    reason = EncryptedTextField()
    place = EncryptedTextField(blank=True)
    outcome = EncryptedTextField(blank=True)
    started = models.CharField(max_length=10, blank=True)
    ended = models.CharField(max_length=10, blank=True)

    class Meta(Line.Meta):
        indexes = [models.Index(fields=["patient", "-started"], name="patients_newest_encounter")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["inpatient", "emergency", "day_case"]), name="patients_encounter_kind"
            ),
            *_is_partial_date("patients_encounter_", "started", "ended"),
            *entry_constraints("encounter"),
        ]
        triggers = entry_triggers("encounter", "kind", "reason", "place", "outcome", "started", "ended")


class Binary(Line):
    """The content of a file, kept once and never changed; its bytes stand in chunks."""

    class ContentType(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"
        DICOM = "application/dicom", "DICOM"

    content_type = models.CharField(max_length=17, choices=ContentType)
    size = models.PositiveIntegerField()  # bytes
    content_index = BlindIndexField(unique=True)  # of patient and content together: the same file is kept once

    class Meta(Line.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(content_type__in=["application/pdf", "image/jpeg", "image/png", "application/dicom"]),
                name="patients_binary_type",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="patients_binary_is_not_empty"),
        ]
        triggers = [only_added("binaries"), never_emptied("binaries")]


class BinaryChunk(models.Model):
    """A piece of a file, encrypted; it says inside whose piece it is and where it belongs (files.py)."""

    binary = models.ForeignKey(Binary, models.PROTECT, related_name="chunks")
    position = models.PositiveSmallIntegerField()
    data = EncryptedBytesField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["binary", "position"], name="patients_one_chunk_a_place")]
        triggers = [only_added("chunks"), never_emptied("chunks")]

    def __str__(self) -> str:
        return f"chunk {self.position} of {self.binary_id}"


@tracked("document")
class DocumentReference(Entry):
    """A file of the record. ``title`` is what people call it; the name it was sent under is used for nothing.

    The patient sees it from the moment a clinician releases it, and until that is taken back; the own files always.
    """

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        LETTER = "letter", _("Letter")
        CONSENT = "consent", _("Signed consent")
        IMAGE = "image", _("Image")
        OTHER = "other", pgettext_lazy("document", "Other")

    kind = models.CharField(max_length=7, choices=Kind)
    title = EncryptedTextField()
    content = models.ForeignKey(Binary, models.PROTECT, related_name="documents")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta(Line.Meta):
        indexes = [models.Index(fields=["patient", "-recorded_at"], name="patients_newest_document")]
        constraints = [
            models.UniqueConstraint(fields=["content"], condition=Q(active=True), name="patients_one_active_document"),
            models.CheckConstraint(
                condition=Q(kind__in=["report", "letter", "consent", "image", "other"]), name="patients_document_kind"
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True, released_at__isnull=True)
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="patients_document_release_says_who_and_when",
            ),
            *entry_constraints("document"),
        ]
        triggers = entry_triggers("document", "kind", "title", "content_id")


@tracked("report")
class DiagnosticReport(Entry):
    """What an examination found, in the words of whoever wrote it; ``document`` is the original file."""

    class Category(models.TextChoices):
        ENDOSCOPY = "endoscopy", _("Endoscopy")
        IMAGING = "imaging", _("Imaging")
        LABORATORY = "laboratory", _("Laboratory")
        PATHOLOGY = "pathology", _("Pathology")
        FUNCTION = "function", _("Function test")
        OTHER = "other", pgettext_lazy("report", "Other")

    category = models.CharField(max_length=10, choices=Category)
    title = EncryptedTextField()
    conclusion = EncryptedTextField(blank=True)
    performer = EncryptedTextField(blank=True)
    effective = models.CharField(max_length=10, blank=True)
    document = models.ForeignKey(DocumentReference, models.PROTECT, null=True, related_name="reports")

    class Meta(Line.Meta):
        indexes = [models.Index(fields=["patient", "-effective"], name="patients_newest_report")]
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=["endoscopy", "imaging", "laboratory", "pathology", "function", "other"]),
                name="patients_report_category",
            ),
            *_is_partial_date("patients_report_", "effective"),
            *entry_constraints("report"),
        ]
        triggers = entry_triggers("report", "category", "title", "conclusion", "performer", "effective", "document_id")
