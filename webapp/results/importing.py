"""Bringing a file of results in: looked at first, confirmed by whoever looked, then written by a job in pieces."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients.titles import LABORATORY
from webapp.plans.lines import terms_now
from webapp.plans.terms import Terms
from webapp.results import reading
from webapp.results.models import LabFile
from webapp.results.reading import FileRefused, Row, Verdict
from webapp.results.services import Sheet, record

KEPT, FORGOTTEN = timedelta(days=1), timedelta(days=90)
PIECE = 250  # reports written at once: between two pieces the page that waits sees how far it is
State = LabFile.State


@transaction.atomic
def look(*, content: bytes, actor: User) -> LabFile:
    """Keep a file, encrypted, for whoever looks at it; nothing of it is in any record. Raises FileRefused."""
    if not actor.may("record.write"):
        raise FileRefused(_("Results are written down by clinicians."))
    rows = reading.rows_in(reading.text_of(content))
    made = LabFile.objects.create(asked_by=actor, content=content, lines=len(rows))
    _note("lab_file.looked_at", made, actor, rows=len(rows))
    return made


def rows_of(held: LabFile, terms: Terms) -> Sequence[Row]:
    """Return the rows of a file with their verdicts, as the record stands now; none where its text is gone."""
    if held.content is None:
        return []
    return reading.judged(reading.rows_in(reading.text_of(bytes(held.content))), terms, held.units)


@transaction.atomic
def confirm(*, held: LabFile, units: Mapping[str, str], actor: User, enqueue: Callable[[UUID], None]) -> LabFile:
    """Have what is new brought in; ``units`` are those chosen for rows that were queried, by line.

    Raises FileRefused for a file that is confirmed already, gone, or somebody else's.
    """
    found = LabFile.objects.select_for_update().filter(pk=held.pk, asked_by=actor, state=State.LOOKED_AT).first()
    if found is None or found.content is None:
        raise FileRefused(_("This file was brought in already, or is gone. Look at it again."))
    found.units = {line: unit for line, unit in units.items() if unit}
    found.state = State.WAITING
    found.save(update_fields=["units", "state"])
    enqueue(found.pk)
    _note("lab_file.confirmed", found, actor)
    return found


def bring_in(pk: UUID, today: date) -> None:
    """Write the new rows of a confirmed file into the records; may run twice, and then finds them there already."""
    held = LabFile.objects.select_related("asked_by").filter(pk=pk, state=State.WAITING).first()
    if held is None:
        return
    whole = False
    try:
        with override(held.asked_by.language or "es"):
            _write(held, today)
        whole = True
    finally:
        if not whole:
            LabFile.objects.filter(pk=pk).update(state=State.FAILED)


def _write(held: LabFile, today: date) -> None:
    terms, actor = terms_now(held.asked_by.language or "es", today), _as_clinician(held.asked_by)
    fresh = [row for row in rows_of(held, terms) if row.verdict == Verdict.NEW]
    sheets = _sheets(fresh)
    for piece in _pieces(sheets):
        with transaction.atomic():
            record(piece, actor=actor, today=today)
            held.brought_in += sum(len(sheet.values) for sheet in piece)
            held.done = min(held.lines, held.done + sum(len(sheet.values) for sheet in piece))
            held.save(update_fields=["brought_in", "done"])
    held.state, held.content, held.units, held.done = State.DONE, None, {}, held.lines
    held.save(update_fields=["state", "content", "units", "done"])


def _as_clinician(user: User) -> User:
    """Return who confirmed the file, under the hat that let the person do so."""
    user.active_role = next((role for role in user.role_names if _writes(user, role)), "")
    return user


def _writes(user: User, role: str) -> bool:
    user.active_role = role
    return user.may("record.write")


def _sheets(rows: Sequence[Row]) -> list[Sheet]:
    """Return one report for each patient, day and laboratory."""
    found: dict[tuple[UUID, date, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.patient is not None and row.day is not None:
            found[row.patient.pk, row.day, row.laboratory].append(row)
    return [_sheet(some, day, laboratory) for (_who, day, laboratory), some in found.items()]


def _sheet(rows: Sequence[Row], day: date, laboratory: str) -> Sheet:
    patient, values = rows[0].patient, [row.value for row in rows if row.value is not None]
    assert patient is not None  # noqa: S101 — rows without one have another verdict
    return Sheet(patient, "laboratory", str(LABORATORY), day, values, laboratory)


def _pieces(sheets: Sequence[Sheet]) -> Iterator[Sequence[Sheet]]:
    return (sheets[start : start + PIECE] for start in range(0, len(sheets), PIECE))


def forget(now: datetime) -> None:
    """Delete the text of files nobody confirmed within a day, and all that is known of a file after three months."""
    LabFile.objects.filter(asked_at__lte=now - KEPT).exclude(state=State.WAITING).update(content=None)
    LabFile.objects.filter(asked_at__lte=now - FORGOTTEN).delete()


def _note(verb: str, held: LabFile, actor: User, **detail: int) -> None:
    audit.record(actor=actor, verb=verb, object_type="lab_file", object_id=str(held.pk), detail=detail)
