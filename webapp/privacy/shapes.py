"""Lines of a record in the shape of their FHIR resources: codes as they are stored, and what they are called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from webapp.patients import models
from webapp.patients.bounds import bound_of
from webapp.plans.lines import detail_of, name_of
from webapp.plans.terms import Terms

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Speech:
    """The words of one copy: those of the protocols in its language, and the names of who wrote."""

    terms: Terms
    names: Mapping[int, str]

    @property
    def language(self) -> str:
        return self.terms.language

    def who(self, user_id: int | None) -> str:
        """Return the name of who wrote; the system has the product's."""
        return self.names.get(user_id, "") if user_id is not None else "Pauta"

    def concept(self, code: str, text: str = "") -> Resource:
        """Return a code with its title, beside the words that were used."""
        coding = [{"code": code, "display": self.terms.listed(code)}] if code else []
        return full({"coding": coding, "text": text})


def full(resource: Resource) -> Resource:
    """Return a resource without what is empty; zero and false are values."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {}, ())}


def moment(at: datetime | None) -> str:
    """Return a moment as FHIR writes instants, in UTC; empty for none."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""


def day(on: date | None) -> str:
    return on.isoformat() if on else ""


def patient(person: models.Patient, speech: Speech) -> Resource:
    return full(
        {
            "resourceType": "Patient",
            "id": str(person.pk),
            "identifier": [
                one
                for one in (
                    {"type": "record-number", "value": person.record_number},
                    {"type": "national-id", "value": person.national_id},
                    {"type": "other-id", "value": person.other_id},
                )
                if one["value"]
            ],
            "name": [{"given": [person.given_name], "family": person.family_name}],
            "birthDate": day(person.birth_date),
            "gender": person.sex,
            "telecom": [
                {"system": system, "value": value}
                for system, value in (("phone", person.phone), ("email", person.email))
                if value
            ],
            "communication": [{"language": person.language, "channel": person.channel}],
            "generalPractitioner": speech.who(person.general_practitioner_id) if person.general_practitioner_id else "",
            "registeredAt": moment(person.registered_at),
        }
    )


def entry(line: Any, speech: Speech, *, internal: bool) -> Resource:
    """Return a line of the record; with ``internal``, also what professionals noted for themselves."""
    common = {
        "resourceType": type(line).__name__,
        "id": str(line.pk),
        "display": {"title": str(name_of(line, speech.terms)), "detail": str(detail_of(line, speech.terms))},
        "clinicalStatus": "active" if line.active else "inactive",
        "verificationStatus": "entered-in-error" if line.entered_in_error else line.verification,
        "replaces": str(line.supersedes_id or ""),
        "recordedDate": moment(line.recorded_at),
        "recorder": speech.who(line.recorded_by_id),
    }
    return full(common | _OWN[type(line)](line, speech) | (_internal(line) if internal else {}))


def _internal(line: Any) -> Resource:
    return {"note": line.note} if isinstance(line, models.RelatedPerson) else {}


def _allergy(line: Any, speech: Speech) -> Resource:
    return {"code": speech.concept(line.code, line.text)}


def _medication(line: Any, speech: Speech) -> Resource:
    taken = {"start": day(line.started_on), "end": day(line.ended_on)}
    return {"medication": speech.concept(line.code, line.text), "dosage": line.dose, "effectivePeriod": full(taken)}


def _treatment(line: Any, speech: Speech) -> Resource:
    """Return it as a MedicationStatement that is over: stopped where it did harm, else completed."""
    stopped = line.outcome == models.PreviousTreatment.Outcome.NOT_TOLERATED
    return {
        "resourceType": "MedicationStatement",
        "status": "stopped" if stopped else "completed",
        "medication": speech.concept(line.code, line.text),
        "reason": line.reason,
        "effectivePeriod": full({"start": line.started, "end": line.ended}),
        "outcome": {"code": line.outcome, "display": str(line.get_outcome_display())},
    }


def _condition(line: Any, speech: Speech) -> Resource:
    return {"code": speech.concept(line.code), "detail": line.detail}


def _family(line: Any, speech: Speech) -> Resource:
    return {"condition": speech.concept(line.code), "relationship": line.relation}


def _procedure(line: Any, speech: Speech) -> Resource:
    return {
        "code": speech.concept(line.code, line.text),
        "performed": line.performed,
        "outcome": line.outcome,
        "location": line.place,
    }


def _stay(line: Any, speech: Speech) -> Resource:
    return {
        "class": {"code": line.kind, "display": str(line.get_kind_display())},
        "reason": line.reason,
        "location": line.place,
        "outcome": line.outcome,
        "period": full({"start": line.started, "end": line.ended}),
    }


def _report(line: Any, speech: Speech) -> Resource:
    return {
        "category": {"code": line.category, "display": str(line.get_category_display())},
        "title": line.title,
        "conclusion": line.conclusion,
        "performer": line.performer,
        "effective": line.effective,
        "document": str(line.document_id or ""),
    }


def _document(line: Any, speech: Speech) -> Resource:
    held = {"contentType": line.content.content_type, "size": line.content.size, "title": line.title}
    return {
        "type": {"code": line.kind, "display": str(line.get_kind_display())},
        "content": held,
        "releasedAt": moment(line.released_at),
    }


def _contact(line: Any, speech: Speech) -> Resource:
    return {
        "name": line.name,
        "relationship": {"code": line.relationship, "display": str(line.get_relationship_display())},
        "phone": line.phone,
        "email": line.email,
        "emergencyContact": line.is_emergency_contact,
        "guardian": line.is_guardian,
    }


_OWN: Mapping[type[Any], Callable[[Any, Speech], Resource]] = {
    models.AllergyIntolerance: _allergy,
    models.MedicationStatement: _medication,
    models.PreviousTreatment: _treatment,
    models.Condition: _condition,
    models.FamilyMemberHistory: _family,
    models.Procedure: _procedure,
    models.Encounter: _stay,
    models.DiagnosticReport: _report,
    models.DocumentReference: _document,
    models.RelatedPerson: _contact,
}


def observation(row: models.Observation, speech: Speech) -> Resource:
    terms, said = speech.terms, ""
    if not row.entered_in_error:
        said = str(terms.value(row.code, row.value, row.unit))
    return full(
        {
            "resourceType": "Observation",
            "id": str(row.pk),
            "display": {"title": str(terms.fact(row.code)), "detail": said},
            "code": {"coding": [{"code": row.code, "display": str(terms.fact(row.code))}]},
            **_value(row),
            "unit": row.unit,
            "effectiveDateTime": moment(row.effective_at),
            "origin": row.origin,
            "verificationStatus": "entered-in-error" if row.entered_in_error else row.verification,
            "replaces": str(row.supersedes_id or ""),
            "diagnosticReport" if row.origin == row.Origin.LAB else "questionnaireResponse": str(row.source_id or ""),
            "recordedDate": moment(row.recorded_at),
            "recorder": speech.who(row.recorded_by_id),
        }
    )


def _value(row: models.Observation) -> Resource:
    """Return a value as FHIR takes it: of a laboratory's "<30" the number with its comparator."""
    bound = bound_of(row.value) if row.origin == row.Origin.LAB else None
    return {"value": float(bound.end), "valueComparator": bound.comparator} if bound else {"value": row.value}


def said_of_list(line: models.NoneRecorded, speech: Speech, *, empty: bool) -> Resource:
    """Return that somebody asked for a list and there was none, or no more than what stood in it that day."""
    words = _("Asked, and there was none") if empty else _("No more than what stood in it that day")
    return full(
        {
            "resourceType": "List",
            "id": str(line.pk),
            "display": {"title": str(line.get_list_display()), "detail": words},
            "code": line.list,
            "emptyReason": "nilknown" if empty else "",
            "recordedDate": moment(line.recorded_at),
            "recorder": speech.who(line.recorded_by_id),
        }
    )


def consent(line: models.Consent, speech: Speech) -> Resource:
    text = line.text
    return {
        "resourceType": "Consent",
        "id": str(line.pk),
        "display": {"title": str(models.Purpose(text.purpose).label), "detail": str(line.get_decision_display())},
        "category": text.purpose,
        "decision": line.decision,
        "channel": line.channel,
        "dateTime": moment(line.decided_at),
        "recorder": speech.who(line.recorded_by_id),
        "text": {"version": text.version, "es": text.body_es, "en": text.body_en},
    }
