"""Beside a plan: alerts settled, a forbidden item in writing, what is to be watched, a signature undone."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from webapp.audit import services as audit
from webapp.base import access
from webapp.plans import handing, monitoring, presenting, services
from webapp.plans.models import PlanItem
from webapp.plans.pages import change_plan, leave, plan_of, terms_for
from webapp.plans.reasons import OverrideReason, RejectReason
from webapp.plans.services import PlanError

clinicians = access.may("plans.read")
doctors = access.may("plans.sign")
MOST_DIGITS, MOST_ITEMS = 5, 200


@doctors
@require_POST
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Settle an alert beside the plan with a reason."""
    plan, form = plan_of(request, pk), request.POST

    def change() -> None:
        services.settle_notice(
            plan=plan,
            doctor=request.user,
            key=form.get("key", ""),
            facts=form.get("facts", ""),
            reason_code=form.get("reason", ""),
            note=form.get("note", ""),
            days=monitoring.days_of(form.get("days", "")),
            today=timezone.localdate(),
        )

    return change_plan(request, plan, change)


@doctors
@require_POST
def keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep a medicine of the signed plan that this draft leaves out."""
    plan, wanted = plan_of(request, pk), _named(request.POST.get("item", ""))
    terms = terms_for(plan)
    return change_plan(
        request, plan, lambda: services.keep(plan=plan, doctor=request.user, item_id=wanted, terms=terms)
    )


def _named(text: str) -> UUID:
    """Return the item a form names; what is no name names none."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@doctors
@require_POST
def close_without(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a plan which gives nothing is closed without treatment."""
    plan, form = plan_of(request, pk), request.POST

    def change() -> None:
        services.close_without(
            plan_id=plan.pk,
            doctor=request.user,
            reason_code=form.get("reason", ""),
            note=form.get("note", ""),
            text=form.get("text", ""),
        )

    return change_plan(request, plan, change)


@doctors
@require_GET
def override(request: HttpRequest, pk: UUID, item: UUID) -> HttpResponse:
    """Ask, over the page, whether a forbidden item is taken in writing or left out."""
    plan = plan_of(request, pk)
    row = get_object_or_404(plan.items.filter(state="blocked", decision=PlanItem.Decision.PENDING), pk=item)
    audit.record(actor=request.user, verb="plan.viewed", patient_id=plan.patient_id, path=request.path)
    context = {
        "plan": plan,
        "patient": plan.patient,
        "row": presenting.row_of(row, terms_for(plan)),
        "override_reasons": OverrideReason.choices,
        "blocked": RejectReason.BLOCKED,
        "colleagues": handing.colleagues_of(request.user),
    }
    return render(request, "plans/_override.html" if request.htmx else "plans/override.html", context)


@clinicians
@require_POST
def on_screen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add how long items were on screen: fields named ``s-`` and the item, their value the seconds."""
    plan = plan_of(request, pk)
    seconds = {item: int(text) for item, text in _timed(request.POST.dict())}
    services.on_screen(request.user, plan, seconds)
    return HttpResponse(status=204)


def _timed(form: dict[str, str]) -> list[tuple[UUID, str]]:
    """Return the items and seconds of a form; what is neither is left out."""
    found = []
    for name, text in list(form.items())[:MOST_ITEMS]:
        if name.startswith("s-") and text.isdecimal() and len(text) < MOST_DIGITS:
            try:
                found.append((UUID(name[2:]), text))
            except ValueError:
                continue
    return found


@doctors
@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the own signature back before the patient is told."""
    plan = plan_of(request, pk)
    try:
        draft = services.take_back(plan_id=plan.pk, doctor=request.user)
    except PlanError as refused:
        messages.error(request, str(refused))
        return redirect("plans:review", pk=plan.pk)
    messages.success(request, _("The signature was taken back. The patient was not told."))
    return leave(request, draft)


@clinicians
def task(request: HttpRequest, task: UUID) -> HttpResponse:
    """Show what is to be watched, and settle it in writing."""
    found = get_object_or_404(monitoring.tasks_for(request.user), pk=task)
    problem = ""
    if request.method == "POST":
        try:
            done, note = request.POST.get("outcome") == "done", request.POST.get("note", "")
            services.settle_task(task_id=found.pk, user=request.user, done=done, note=note)
            messages.success(request, _("Settled. It no longer stands in the list."))
            return _back(request)
        except PlanError as refused:
            problem = str(refused)
    audit.record(actor=request.user, verb="task.viewed", patient_id=found.patient_id, path=request.path)
    context = {"task": found, "patient": found.patient, "problem": problem, "today": timezone.localdate()}
    return render(request, "plans/task.html", context | {"next": request.GET.get("next", "")})


def _back(request: HttpRequest) -> HttpResponseRedirect:
    address = request.POST.get("next", "")
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return redirect(address if ours else "home")
