"""A few questions of a published questionnaire that a doctor asks one patient: begun for them, told without a word why.

The patient answers them in the portal like any other questionnaire, and sending them re-assesses.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rules import selectors as shelf
from rules import services as shelf_services
from webapp.accounts.models import User
from webapp.alerts import services as alerts
from webapp.alerts.models import Reminder
from webapp.alerts.services import Wanted
from webapp.audit import services as audit
from webapp.intake import selectors, services
from webapp.intake.models import QuestionnaireResponse
from webapp.intake.services import IntakeError
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.plans.askable import askable

MOST = 12  # questions at once: a longer list is a questionnaire
WORDS = {"es": "Su clínica le hace unas preguntas", "en": "Your clinic has a few questions for you"}
Status = QuestionnaireResponse.Status


def ask(*, patient_id: UUID, facts: Iterable[str], doctor: User) -> list[QuestionnaireResponse]:
    """Return the responses that now wait for the patient, one a questionnaire; the same question is asked once.

    Raises Patient.DoesNotExist for who may not ask, ConsentMissing, or IntakeError with what stands in the way.
    """
    patient = patients.patients_for(doctor).filter(pk=patient_id).select_related("user").first()
    if patient is None or not doctor.may("plans.sign"):
        raise Patient.DoesNotExist
    if patient.user is None or not patient.user.is_active:
        raise IntakeError(_("The patient has no access to the portal. Ask by telephone, and write the answers here."))
    services.must_consent(patient)
    with transaction.atomic():
        return [_asked(patient, name, items, doctor) for name, items in _by_questionnaire(facts).items()]


def _by_questionnaire(facts: Iterable[str]) -> dict[str, list[str]]:
    known, found = askable(shelf_services.edition()), dict[str, list[str]]()
    for fact in dict.fromkeys(facts):
        if fact in known:
            found.setdefault(known[fact].questionnaire, []).append(known[fact].item)
    count = sum(len(items) for items in found.values())
    if not count:
        raise IntakeError(_("Choose at least one question."))
    if count > MOST:
        raise IntakeError(_("Ask at most %(n)d questions at once.") % {"n": MOST})
    return found


def _asked(patient: Patient, name: str, items: list[str], doctor: User) -> QuestionnaireResponse:
    """Return the open response with these questions in it, begun if there is none."""
    rows = QuestionnaireResponse.objects.select_for_update().filter(patient=patient, questionnaire=name, for_day=None)
    response = rows.filter(status=Status.IN_PROGRESS).first()
    if response is not None and response.only is None:
        raise IntakeError(_("The patient has begun this questionnaire already: these questions stand in it."))
    if response is None:
        response = _begun(patient, name, items, doctor)
    else:
        response.only = [*response.only, *(item for item in items if item not in response.only)]
        response.save(update_fields=["only"])
    audit.record(
        actor=doctor,
        verb="response.asked",
        patient_id=patient.pk,
        object_type="questionnaire_response",
        object_id=str(response.pk),
        detail={"questions": len(items)},
    )
    return response


def _begun(patient: Patient, name: str, items: list[str], doctor: User) -> QuestionnaireResponse:
    release, now = shelf.release_of(), timezone.now()
    response = QuestionnaireResponse.objects.create(
        patient=patient,
        version=shelf.version("questionnaire", name, release=release),
        release=release,
        questionnaire=name,
        language=patient.language,
        started_at=now,
        only=items,
        asked_by=doctor,
    )
    wanted = Wanted(
        patient.pk, f"asked:{response.pk}", now, Reminder.Kind.QUESTIONNAIRE, words=WORDS, questionnaire=name,
        path=reverse("intake:resume", args=[response.pk]), source=response.pk,
    )  # fmt: skip
    alerts.remind_all([wanted])
    return response


def open_questions(user: User, patient_id: UUID) -> list[QuestionnaireResponse]:
    """Return what was asked of a patient and is not answered yet, for a clinician."""
    rows = selectors.responses_for(user).filter(patient_id=patient_id, status=Status.IN_PROGRESS)
    return list(rows.exclude(asked_by=None).select_related("asked_by"))
