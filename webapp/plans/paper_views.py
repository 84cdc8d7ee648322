"""Plans as PDF: for the patient to take away, and the decision record for the file."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from webapp.audit import services as audit
from webapp.base import access
from webapp.base.downloads import attachment
from webapp.base.roles import Role
from webapp.plans import papers, selectors
from webapp.plans.models import Plan

clinicians = access.may("plans.read")


def _paper(content: bytes, name: str) -> HttpResponse:
    """Return a PDF to be kept: under our own name, which tells nobody what it is about."""
    return attachment(content, name=f"{name}.pdf", content_type="application/pdf")


def _record(request: HttpRequest, plan: Plan, verb: str) -> None:
    audit.record(
        actor=request.user,
        verb=verb,
        patient_id=plan.patient_id,
        object_type="plan",
        object_id=str(plan.pk),
        path=request.path,
    )


def _language(request: HttpRequest, usual: str) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else usual


@clinicians
@require_GET
def plan_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the plan as its patient reads it, in the patient's language unless another is asked for."""
    plan = get_object_or_404(selectors.told_by(request.user), pk=pk)
    content = papers.for_patient(plan, _language(request, plan.patient.language))
    _record(request, plan, "plan.printed")
    return _paper(content, f"plan-{plan.patient.record_number}")


@access.roles(Role.PATIENT)
@require_GET
def own_paper(request: HttpRequest) -> HttpResponse:
    """Give a patient the own plan."""
    plan = selectors.signed_for(request.user).first()
    if plan is None:
        raise Http404
    content = papers.for_patient(plan, _language(request, (get_language() or "es")[:2]))
    _record(request, plan, "plan.printed")
    return _paper(content, "plan")


@clinicians
@require_GET
def record_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the decision record of a signed plan."""
    signed = selectors.reviewable_by(request.user).filter(signed_at__isnull=False)
    plan = get_object_or_404(signed.select_related("evaluation__release"), pk=pk)
    content = papers.decision_record(request.user, plan, _language(request, (get_language() or "es")[:2]))
    _record(request, plan, "plan.record_printed")
    return _paper(content, f"decision-{plan.patient.record_number}")
