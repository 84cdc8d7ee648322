"""What two doctors share of a draft: it is handed over, or a colleague is asked to answer for a blocked item too."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from webapp.accounts import confirming, ways
from webapp.audit import services as audit
from webapp.base import access
from webapp.plans import cosigning, handing
from webapp.plans.models import Plan
from webapp.plans.pages import change_plan, plan_of
from webapp.plans.refusing import PlanError

doctors = access.may("plans.sign")


@doctors
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask to whom a draft is handed and why; hand it over, and go back to the plan."""
    plan, form, problem = plan_of(request, pk), request.POST, ""
    if request.method == "POST":
        try:
            made = handing.hand_over(
                plan_id=plan.pk, doctor=request.user, to=form.get("to", ""), reason=form.get("reason", "")
            )
            messages.success(request, _("%(name)s has it in the list now.") % {"name": made.given_to.display_name})
            return redirect("plans:review", pk=plan.pk)
        except PlanError as refused:
            problem = str(refused)
    audit.record(actor=request.user, verb="plan.viewed", patient_id=plan.patient_id, path=request.path)
    context = {"plan": plan, "patient": plan.patient, "problem": problem, "form": form}
    more = {"colleagues": handing.colleagues_of(request.user)}
    return render(request, "plans/_hand_over.html" if request.htmx else "plans/hand_over.html", context | more)


@doctors
@require_POST
def take_over_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a handover back that nobody has opened."""
    plan = plan_of(request, pk)
    return change_plan(request, plan, lambda: handing.take_back(plan_id=plan.pk, doctor=request.user))


@doctors
@require_POST
def ask_second(request: HttpRequest, pk: UUID, item: UUID) -> HttpResponse:
    """Ask a colleague to answer for a blocked item too."""
    plan, form = plan_of(request, pk), request.POST
    wanted = get_object_or_404(plan.items, pk=item).pk

    def change() -> None:
        cosigning.ask(
            plan_id=plan.pk,
            item_id=wanted,
            doctor=request.user,
            of=form.get("of", ""),
            reason_code=form.get("reason", ""),
        )

    return change_plan(request, plan, change)


@doctors
@require_POST
def answer_second(request: HttpRequest, pk: UUID, second: UUID) -> HttpResponse:
    """Sign too (who does is asked again who it is), refuse with a reason, or take the own question back."""
    plan, form = plan_of(request, pk), request.POST
    asked = get_object_or_404(cosigning.ever_of(plan), pk=second)
    if form.get("answer") == "sign" and not confirming.is_fresh(request):
        # back to the very item, where the key is pressed again
        there = f"{reverse('plans:review', kwargs={'pk': plan.pk})}#item-{asked.item_id}"
        return ways.by_way_of(request, "accounts:confirm", next=there)
    deeds: dict[str, Callable[[], object]] = {
        "sign": lambda: cosigning.sign(second_id=second, doctor=request.user),
        "refuse": lambda: cosigning.refuse(second_id=second, doctor=request.user, why=form.get("why", "")),
        "take_back": lambda: cosigning.take_back(second_id=second, doctor=request.user),
    }
    return change_plan(request, plan, lambda: _answered(plan, second, deeds.get(form.get("answer", ""))))


def _answered(plan: Plan, second: UUID, deed: Callable[[], object] | None) -> None:
    if deed is None or not cosigning.open_of(plan).filter(pk=second).exists():
        raise PlanError(_("This question was answered or taken back already."))
    deed()
