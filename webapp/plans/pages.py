"""What the views of a plan share: finding it, showing its page again after a change, going on to another."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from webapp.patients import services as patients
from webapp.plans import closing, reviewing, selectors
from webapp.plans.models import Plan
from webapp.plans.reasons import NothingReason, OverrideReason, RejectReason, SettleReason
from webapp.plans.refusing import InWriting, PlanError
from webapp.plans.terms import Terms, terms_of
from webapp.plans.trying import Tried


def plan_of(request: HttpRequest, pk: UUID) -> Plan:
    return get_object_or_404(selectors.reviewable_by(request.user), pk=pk)


def language() -> str:
    return (get_language() or "es")[:2]


def terms_for(plan: Plan) -> Terms:
    return terms_of(plan.evaluation, language())


def show(request: HttpRequest, plan: Plan, problem: str = "", tried: Tried | None = None) -> HttpResponse:
    page = reviewing.page_of(request.user, plan, language=language(), today=timezone.localdate(), path=request.path)
    context = {
        "page": page,
        "plan": plan,
        "patient": plan.patient,
        "problem": problem,
        "tried": tried,
        "reject_reasons": [choice for choice in RejectReason.choices if choice[0] != RejectReason.BLOCKED],
        "override_reasons": OverrideReason.choices,
        "settle_reasons": SettleReason.choices,
        "nothing_reasons": NothingReason.choices,
        "nothing_text": closing.TEXT,
    }
    return render(request, "plans/review.html", context)


def show_again(request: HttpRequest, plan: Plan, problem: str = "") -> HttpResponse:
    """Show the plan again: in place for a script, by way of its address for a form."""
    if request.htmx:
        return show(request, plan_of(request, plan.pk), problem)
    if problem:
        messages.error(request, problem)
    return redirect("plans:review", pk=plan.pk)


def change_plan(request: HttpRequest, plan: Plan, change: Callable[[], object]) -> HttpResponse:
    """Make a change and show the plan again, with the reason where it was refused; raise InWriting."""
    try:
        change()
    except InWriting:
        raise  # its form is shown again as it was filled in
    except (PlanError, patients.PatientError, patients.NotAllowed) as refused:
        return show_again(request, plan, str(refused))
    return show_again(request, plan)


def leave(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Load the page of a plan anew: another plan than before may be the one that counts."""
    address = reverse("plans:review", kwargs={"pk": plan.pk})
    return HttpResponse(status=204, headers={"HX-Redirect": address}) if request.htmx else redirect(address)
