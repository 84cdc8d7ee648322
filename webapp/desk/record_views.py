"""One patient on one page: the whole record to clinicians, who it is to the front desk."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from webapp.alerts import selectors as alerts
from webapp.audit import services as audit
from webapp.base import access
from webapp.desk import long_lists, record, timeline
from webapp.desk.moment import Reader
from webapp.intake import selectors as intake
from webapp.intake.reading import reading_of
from webapp.patients import selectors as people
from webapp.patients.models import Patient
from webapp.plans.lines import terms_now
from webapp.plans.models import Plan


def _language() -> str:
    return (get_language() or "es")[:2]


@access.may("patients.search")
@require_GET
def patient(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one patient: the whole record to clinicians, who it is to the front desk."""
    person = get_object_or_404(people.patients_for(request.user), pk=pk)
    if not people.may_read_record(request.user, person):
        return _identity(request, person)
    today = timezone.localdate()
    sheet = record.sheet_of(request.user, person, language=_language(), today=today, path=request.path)
    context = {
        "sheet": sheet,
        "patient": person,
        "record": sheet.record,
        "sections": [section for slug, section in sheet.sections.items() if slug != "contacts"],
        "contacts": sheet.sections["contacts"],
        "parts": record.parts_of(sheet),
        "reminders": list(alerts.reminders_of(request.user, person.pk)),
        "may_write": request.user.may("record.write"),
        "may_register": request.user.may("patients.register"),
        "may_audit": request.user.may("audit.read"),
        "may_prescribe": request.user.may("plans.sign") and _is_told(sheet.signed),
    }
    return render(request, "desk/patient.html", context)


def _is_told(plan: Plan | None) -> bool:
    return bool(plan and plan.told_at and plan.told_at <= timezone.now())


def _identity(request: HttpRequest, person: Patient) -> HttpResponse:
    contacts, today = people.contacts_of(request.user, person, path=request.path), timezone.localdate()
    audit.record(actor=request.user, verb="patient.identity_viewed", patient_id=person.pk, path=request.path)
    context = {
        "patient": person,
        "age": person.age_on(today),
        "contacts": record.contacts_section(person, contacts, terms_now(_language(), today)),
        "consents": record.newest_consents(person),
        "namesakes": people.namesakes_of(request.user, person, path=request.path),
        "may_write": request.user.may("patients.register"),
    }
    return render(request, "desk/identity.html", context)


@access.may("record.read")
@require_GET
def whole_list(request: HttpRequest, pk: UUID, part: str) -> HttpResponse:
    """Show all of a list of which the patient's page shows the newest lines."""
    person = get_object_or_404(people.patients_for(request.user), pk=pk)
    reader = long_lists.Reader(request.user, _language(), timezone.localdate(), request.path)
    listed = long_lists.list_of(reader, person, part, request.GET.get("page", "1"))
    if listed is None:
        raise Http404
    context = {"patient": person, "listed": listed, "page": listed.page, "section": listed.section}
    return render(request, "desk/whole_list.html", context | {"may_write": request.user.may("record.write")})


@access.may("record.read")
@require_GET
def answers(request: HttpRequest, pk: UUID, response: UUID) -> HttpResponse:
    """Show a questionnaire as it was asked and answered."""
    person = get_object_or_404(people.patients_for(request.user), pk=pk)
    sent = intake.responses_for(request.user).filter(patient=person).exclude(completed_at=None)
    found = get_object_or_404(sent, pk=response)
    audit.record(actor=request.user, verb="response.viewed", patient_id=person.pk, path=request.path)
    reading = reading_of(found)
    context = {"patient": person, "response": found, "reading": reading, "title": reading.title}
    return render(request, "desk/answers.html", context)


@access.may("record.read")
@require_GET
def moments(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show everything about a patient in the order it happened."""
    person = get_object_or_404(people.patients_for(request.user), pk=pk)
    reader = Reader(request.user, person, _language(), timezone.localdate(), request.path)
    found = timeline.timeline_of(reader, request.GET.get("kind", ""), request.GET.get("page", "1"))
    query = f"kind={found.kind}" if found.kind else ""
    return render(request, "desk/timeline.html", {"patient": person, "time": found, "query": query})
