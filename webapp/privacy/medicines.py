"""What was prescribed, what was asked for again, and what the patient said of each dose, in the shape of FHIR."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from webapp.patients.models import Patient
from webapp.plans.sheets import PARTS, joined
from webapp.plans.taken import words_of
from webapp.plans.terms import spoken
from webapp.prescriptions.models import PharmacyChoice, Prescription, Renewal, Tick
from webapp.privacy.shapes import Resource, Speech, day, full, moment

TIMES = {part.name: part.title for part in PARTS}


@dataclass
class Medicines:
    """The rows of one person; ``pharmacy`` is the one chosen now."""

    prescriptions: list[Prescription] = field(default_factory=list)
    renewals: list[Renewal] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    pharmacy: str = ""

    @property
    def moments(self) -> list[datetime]:
        """When each of them came or was decided."""
        found = [row.issued_at for row in self.prescriptions] + [row.ticked_at for row in self.ticks]
        return found + [row.decided_at or row.asked_at for row in self.renewals]

    @property
    def writers(self) -> set[int | None]:
        asked = {who for row in self.renewals for who in (row.asked_by_id, row.decided_by_id)}
        return asked | {row.issued_by_id for row in self.prescriptions}


def of(patient: Patient) -> Medicines:
    """Return what is kept of a patient's medicines; four queries."""
    mine = {"patient": patient}
    choice = PharmacyChoice.objects.filter(**mine).select_related("pharmacy").first()
    renewals = Renewal.objects.filter(**mine).select_related("item", "order__pharmacy")
    return Medicines(
        list(Prescription.objects.filter(**mine).order_by("issued_at", "pk")),
        list(renewals.order_by("asked_at", "pk")),
        list(Tick.objects.filter(**mine).select_related("item").order_by("day", "pk")),
        choice.pharmacy.name if choice else "",
    )


def resources(rows: Medicines, speech: Speech, *, internal: bool) -> dict[str, list[Resource]]:
    """Return all of them by their kind; with ``internal``, also why a doctor approved against what the engine says."""
    return {
        "MedicationRequest": [_prescription(row, speech) for row in rows.prescriptions],
        "SupplyRequest": [_renewal(row, speech, internal=internal) for row in rows.renewals],
        "MedicationAdministration": [_tick(row, speech) for row in rows.ticks],
    }


def _prescription(row: Prescription, speech: Speech) -> Resource:
    """Return one prescription with every word that stood on the paper."""
    medicine, how = row.content["medicine"], row.content["how"]
    dose = {"dose": medicine["dose"], "frequency": how["frequency"], "duration_days": how["days"]}
    return full(
        {
            "resourceType": "MedicationRequest",
            "id": str(row.pk),
            "display": {
                "title": speech.terms.ingredient(medicine["code"]),
                "detail": speech.terms.dose(dose, named=False),
            },
            "intent": "order",
            "groupIdentifier": str(row.batch),
            "basedOn": str(row.plan_id),
            "content": row.content,
            "requester": speech.who(row.issued_by_id),
            "authoredOn": moment(row.issued_at),
        }
    )


def _renewal(row: Renewal, speech: Speech, *, internal: bool) -> Resource:
    doses = row.doses or words_of(row.item).get("doses") or ()
    resource = {
        "resourceType": "SupplyRequest",
        "id": str(row.pk),
        "display": {"title": _names(doses, speech), "detail": _became(row)},
        "status": row.state,
        "basedOn": str(row.plan_id),
        "runsOut": day(row.runs_out_on),
        "until": day(row.until),
        "dose": list(row.doses or ()),
        "changed": row.changed,
        "note": row.reason,
        "requester": speech.who(row.asked_by_id),
        "authoredOn": moment(row.asked_at),
        "decidedBy": speech.who(row.decided_by_id) if row.decided_by_id else "",
        "decidedAt": moment(row.decided_at),
        "pharmacy": _order(row),
    }
    if internal:
        resource |= {"check": row.check_result, "justification": row.justification}
    return full(resource)


def _became(row: Renewal) -> str:
    until = date_format(row.until, "DATE_FORMAT") if row.until else ""
    state = str(row.get_state_display())
    return _("%(state)s, until %(day)s") % {"state": state, "day": until} if until else state


def _order(row: Renewal) -> Resource:
    """Return what became of an approved request at the pharmacy; nothing where the patient takes the paper along."""
    order = getattr(row, "order", None)
    if order is None:
        return {}
    steps = {"orderedAt": order.ordered_at, "sentAt": order.sent_at, "receivedAt": order.received_at}
    when = {name: moment(at) for name, at in {**steps, "readyAt": order.ready_at}.items()}
    return full({"name": order.pharmacy.name, "status": order.state, **when, "told": order.content})


def _tick(row: Tick, speech: Speech) -> Resource:
    doses = words_of(row.item).get("doses") or ()
    dose = doses[row.place] if row.place < len(doses) else {}
    said = _("taken") if row.taken else _("left out")
    when = {"day": date_format(row.day, "DATE_FORMAT"), "time": TIMES.get(row.part, row.part), "said": said}
    return full(
        {
            "resourceType": "MedicationAdministration",
            "id": str(row.pk),
            "display": {
                "title": _names([dose] if dose else (), speech),
                "detail": _("%(day)s, %(time)s: %(said)s") % when,
            },
            "status": "completed" if row.taken else "not-done",
            "day": day(row.day),
            "part": row.part,
            "basedOn": str(row.item_id),
            "recordedDate": moment(row.ticked_at),
        }
    )


def _names(doses: Iterable[Mapping[str, Any]], speech: Speech) -> str:
    said = ((speech.terms.ingredient(one["ingredient"]), spoken(one["dose"], speech.language)) for one in doses)
    return " + ".join(joined(f"{name} {amount}") for name, amount in said)
