"""Making copies of whole records, and giving them out; each is written into the audit before it leaves."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients import files
from webapp.patients import selectors as patients
from webapp.patients.files import FileDamaged
from webapp.patients.models import Patient
from webapp.privacy import archive, contents, selectors
from webapp.privacy.models import KEPT, Export, ExportPiece

AT_ONCE = 60  # heavier copies are made by a job: about a second and a half of a person's time
EVERY = 5  # parts between two words of progress


class ExportError(ValueError):
    """A copy that cannot be made or given out; the text says what to do."""


def takes_long(patient: Patient) -> bool:
    """Tell whether a copy of this record is better made by a job."""
    return selectors.parts_of(patient)[1] > AT_ONCE


def copy_of(patient: Patient, *, kind: str, language: str, step: contents.Step = lambda: None) -> bytes:
    """Return a whole record as a ZIP: the same data make the same bytes. Says nothing to the audit."""
    with override(language):  # a job speaks the clinic's language until it is told another
        return archive.packed(contents.gather(patient, kind, language, step))


@transaction.atomic
def take(*, patient: Patient, language: str, actor: User, path: str) -> bytes:
    """Return a copy made now; raise ExportError where ``actor`` may not have it or a file of it is damaged."""
    kind = _kind(patient, actor)
    try:
        made = copy_of(patient, kind=kind, language=language)
    except FileDamaged as problem:
        raise _damaged(problem) from problem
    _note("record.exported", patient.pk, kind, actor, path)
    return made


@transaction.atomic
def ask(*, patient: Patient, language: str, actor: User, path: str, enqueue: Callable[[UUID], None]) -> Export:
    """Return a copy that a job makes, put into the queue by ``enqueue``, or the one that is already on its way."""
    kind = _kind(patient, actor)
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)  # two clicks at once make one copy
    same = selectors.exports_for(actor, timezone.now()).filter(patient=patient, language=language)
    waiting = same.filter(state__in=[Export.State.WAITING, Export.State.WORKING]).first()
    if waiting:
        return waiting
    parts = selectors.parts_of(patient)[0]
    made = Export.objects.create(patient=patient, asked_by=actor, kind=kind, language=language, parts=parts)
    enqueue(made.pk)
    _note("record.export_asked", patient.pk, kind, actor, path)
    return made


def _kind(patient: Patient, actor: User) -> str:
    kind = selectors.kind_for(actor)
    if not kind or not patients.patients_for(actor).filter(pk=patient.pk).exists():
        raise ExportError(_("This copy is not yours to take."))
    return kind


def _damaged(problem: FileDamaged) -> ExportError:
    text = _("A file of this record is damaged (%(code)s). The copy was not made; tell the administrator.")
    return ExportError(text % {"code": str(problem).partition(" ")[0]})


def _note(verb: str, patient_id: UUID, kind: str, actor: User, path: str) -> None:
    audit.record(actor=actor, verb=verb, patient_id=patient_id, object_type="export", path=path, detail={"kind": kind})


def make(export_id: UUID) -> None:
    """Make a copy that was asked for, telling how far it is; may run twice, and leaves no half-made one behind."""
    export = Export.objects.select_related("patient").filter(pk=export_id).first()
    if export is None or export.state == Export.State.READY:
        return
    _now(export, Export.State.WORKING, done=0)
    whole = False
    try:
        made = copy_of(export.patient, kind=export.kind, language=export.language, step=_Progress(export))
        _keep(export, made)
        whole = True
    finally:
        if not whole:
            _now(export, Export.State.FAILED)


class _Progress:
    """Tells every few parts how many are done; the page that waits reads it."""

    def __init__(self, export: Export) -> None:
        self.export, self.done = export, 0

    def __call__(self) -> None:
        self.done = min(self.done + 1, self.export.parts)
        if self.done % EVERY == 0:
            Export.objects.filter(pk=self.export.pk).update(done=self.done)


def _now(export: Export, state: str, **more: int) -> None:
    Export.objects.filter(pk=export.pk).update(state=state, **more)


@transaction.atomic
def _keep(export: Export, made: bytes) -> None:
    ExportPiece.objects.filter(export=export).delete()
    pieces = enumerate(files.pieces(export.pk, made))
    ExportPiece.objects.bulk_create(
        (ExportPiece(export=export, position=place, data=piece) for place, piece in pieces), batch_size=4
    )
    _now(export, Export.State.READY, done=export.parts)


@transaction.atomic
def give(*, export: Export, actor: User, path: str) -> bytes:
    """Return a copy that a job made, and write that it left; raise ExportError where it is not whole."""
    try:
        made = files.whole(export.pk, export.pieces.order_by("position").values_list("data", flat=True))
    except FileDamaged as problem:
        raise _damaged(problem) from problem
    _note("record.exported", export.patient_id, export.kind, actor, path)
    return made


def forget(now: datetime) -> int:
    """Delete copies nobody can fetch any more; return how many."""
    old = Export.objects.filter(asked_at__lte=now - KEPT)
    count = old.count()
    old.delete()
    return count
