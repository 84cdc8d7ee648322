"""What happened with a patient, in the shape of FHIR: answers as they were asked, signed plans, alerts, changes."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from webapp.alerts.models import Alert, Reminder
from webapp.intake import selectors as intake
from webapp.intake.facts import Book
from webapp.intake.models import QuestionnaireResponse, Said
from webapp.intake.screens import said, words
from webapp.patients.history import Change
from webapp.plans.models import Plan, PlanItem, Settlement, Task
from webapp.plans.presenting import dose_lines
from webapp.plans.selectors import words_of
from webapp.plans.terms import Terms, terms_of
from webapp.privacy.shapes import Resource, Speech, day, full, moment
from webapp.sharing import presenting
from webapp.sharing.models import Share
from webapp.sharing.sections import titled

OF_A_REASON = ("because", "protocol", "version", "source", "evidence")
INSIDE_A_REASON = ("rule", "file", "line")
OF_AN_ITEM = ("title", "patient_text", "doses", "drugs", "after_days", "within_days")


def response(row: QuestionnaireResponse, speech: Speech) -> Resource:
    """Return a questionnaire as it was asked: each question and answer in the language of its hour."""
    book = intake.book_of(row)
    answers = sorted(row.answers.all(), key=lambda one: one.item)
    return full(
        {
            "resourceType": "QuestionnaireResponse",
            "id": str(row.pk),
            "display": {"title": words(book.questionnaire.title, speech.language)},
            "questionnaire": f"{row.questionnaire}|{row.version.version}",
            "status": row.status.replace("_", "-"),
            "language": row.language,
            "day": day(row.for_day),
            "recalled": row.recalled,
            "startedAt": moment(row.started_at),
            "authored": moment(row.completed_at),
            "author": speech.who(row.completed_by_id) if row.completed_by_id else "",
            "item": [_answer(book, one, row.language, speech) for one in _as_asked(book, answers)],
            "past": [
                _answer(book, one, row.language, speech) | {"because": one.because, "endedAt": moment(one.ended_at)}
                for one in row.past_answers.all()
            ],
        }
    )


def _as_asked(book: Book, answers: Sequence[Any]) -> list[Any]:
    asked = [one.item for group in book.questionnaire.groups for one in group.questions]
    place = {item: number for number, item in enumerate(asked)}
    return sorted(answers, key=lambda one: (place.get(one.item, len(place)), one.item))


def _answer(book: Book, one: Said, language: str, speech: Speech) -> Resource:
    spoken = one.language or language
    question = book.question(one.item)
    with override(spoken):
        asked = words(question.text, spoken) if question else one.item
        answer = said(question, one.value, spoken) if question else ""
    return full(
        {
            "linkId": one.item,
            "text": asked,
            "answer": answer,
            "value": one.value,
            "language": spoken,
            "answeredAt": moment(one.answered_at),
            "answeredBy": speech.who(one.answered_by_id) if one.answered_by_id else "",
        }
    )


def plan(row: Plan, items: Sequence[PlanItem], speech: Speech, *, internal: bool) -> Resource:
    """Return a signed plan with the reasons of every line; with ``internal``, also what was decided against and why."""
    evaluation, terms = row.evaluation, terms_of(row.evaluation, speech.language)
    resource: Resource = {
        "resourceType": "CarePlan",
        "id": str(row.pk),
        "status": "active" if row.status == Plan.Status.SIGNED else "revoked",
        "created": moment(row.created_at),
        "signedAt": moment(row.signed_at),
        "signedBy": speech.who(row.signed_by_id),
        "replaces": str(row.replaces_id or ""),
        "library": evaluation.release.digest if evaluation.release else "",
        "activity": [_item(one, terms, speech, internal=internal) for one in items],
    }
    if internal:
        resource["evaluation"] = {"case_sha256": evaluation.case_sha256, "result_sha256": evaluation.result_sha256}
        resource["signedUnconfirmed"] = row.unconfirmed_note or ""
    return full(resource)


def _item(item: PlanItem, terms: Terms, speech: Speech, *, internal: bool) -> Resource:
    content = words_of(item)
    kept = {name: content.get(name) for name in OF_AN_ITEM}
    released: Resource = {
        "code": item.code,
        "kind": item.kind,
        "display": {"title": terms.say(content.get("title")), "detail": " · ".join(dose_lines(content, terms))},
        **kept,
        "reason": [_reason(one, terms, internal=internal) for one in content.get("reasons", ())],
    }
    return full(released | (_judged(item, speech) if internal else {}))


def _reason(reason: Resource, terms: Terms, *, internal: bool) -> Resource:
    names = OF_A_REASON + (INSIDE_A_REASON if internal else ())
    return full({name: reason.get(name) for name in names} | {"display": terms.say(reason.get("because"))})


def _judged(item: PlanItem, speech: Speech) -> Resource:
    return {
        "state": item.state,
        "urgency": item.urgency,
        "decision": item.decision,
        "reasonCode": item.reason_code,
        "note": item.note,
        "decidedBy": speech.who(item.decided_by_id) if item.decided_by_id else "",
        "decidedAt": moment(item.decided_at),
        "proposed": item.content,
        "released": item.final,
    }


def alert(row: Alert, speech: Speech) -> Resource:
    return full(
        {
            "resourceType": "Flag",
            "id": str(row.pk),
            "display": {"title": speech.terms.say(row.text)},
            "code": row.code,
            "rule": row.rule,
            "urgency": row.urgency,
            "status": row.status,
            "text": row.text,
            "raisedAt": moment(row.raised_at),
            "lastRaisedAt": moment(row.last_raised_at),
            "times": row.times,
            "acknowledgedAt": moment(row.acknowledged_at),
            "closedAt": moment(row.closed_at),
            "closedBy": speech.who(row.closed_by_id) if row.closed_by_id else "",
            "note": row.note,
        }
    )


def settlement(row: Settlement, speech: Speech) -> Resource:
    return full(
        {
            "resourceType": "DetectedIssue",
            "id": str(row.pk),
            "display": {"title": row.key},
            "code": row.key,
            "rule": row.rule,
            "plan": str(row.plan_id),
            "mitigation": row.reason_code,
            "note": row.note,
            "author": speech.who(row.user_id),
            "identified": moment(row.settled_at),
        }
    )


def task(row: Task, speech: Speech) -> Resource:
    return full(
        {
            "resourceType": "Task",
            "id": str(row.pk),
            "display": {"title": speech.terms.say(row.title)},
            "code": row.what,
            "status": row.status,
            "dueOn": day(row.due_on),
            "requester": speech.who(row.made_by_id),
            "authoredOn": moment(row.made_at),
            "settledAt": moment(row.settled_at),
            "settledBy": speech.who(row.settled_by_id) if row.settled_by_id else "",
            "note": row.note,
        }
    )


def reminder(row: Reminder, speech: Speech) -> Resource:
    return full(
        {
            "resourceType": "CommunicationRequest",
            "id": str(row.pk),
            "display": {"title": speech.terms.say(row.words)},
            "kind": row.kind,
            "dueAt": moment(row.due_at),
            "sentAt": moment(row.told_at),
            "settledAt": moment(row.settled_at),
            "outcome": row.outcome,
        }
    )


def change(row: Change, speech: Speech) -> Resource:
    """Return what was changed on a line: before, after, who and when."""
    return full(
        {
            "resourceType": "Provenance",
            "target": str(row.pk),
            "kind": row.kind,
            "activity": row.what,
            "recorded": moment(row.at),
            "agent": row.by.display_name if row.by else "Pauta",
            "role": row.role,
            "display": {"title": str(row.label), "detail": "; ".join(str(one.label) for one in row.fields)},
            "change": [
                full({"field": one.name, "before": _plain(one.old), "after": _plain(one.new)}) for one in row.fields
            ],
        }
    )


def _plain(value: Any) -> Any:
    """Return a value as JSON can say it; a person by the name, a day as it is written."""
    if isinstance(value, tuple):  # a measurement with its unit
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    return value.display_name if hasattr(value, "display_name") else str(value)


def share(row: Share, speech: Speech) -> Resource:
    """Return what a patient opened to a specialist and until when, with what it opened before a change."""
    earlier = presenting.extents_of(row)[1:]
    parts = [str(one.title) for one in titled(row.sections)]
    return full(
        {
            "resourceType": "Consent",
            "id": str(row.pk),
            "display": {"title": _("Shared with a specialist"), "detail": ", ".join(parts)},
            "category": "sharing",
            "decision": "withdrawn" if row.taken_back_at else "accepted",
            "dateTime": moment(row.opened_at),
            "takenBack": moment(row.taken_back_at),
            "provision": {
                "period": {"start": day(row.opened_on), "end": day(row.until)},
                "actor": speech.who(row.specialist_id),
                "parts": list(row.sections),
            },
            "earlier": [
                {"since": moment(was.since), "end": day(was.until), "parts": [one.name for one in was.sections]}
                for was in earlier
            ],
        }
    )
