"""A request to go on with a medicine, before the doctor who decides on it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from webapp.accounts import confirming
from webapp.audit import services as audit
from webapp.base import access
from webapp.plans import editing, rechecking
from webapp.plans.refusing import PlanError
from webapp.plans.terms import Terms, frequency, terms_of
from webapp.prescriptions import medicines, selectors, services
from webapp.prescriptions.medicines import Taken
from webapp.prescriptions.models import Renewal
from webapp.prescriptions.services import Decision

REFUSED = 422
USUAL = 28  # days
readers = access.may("plans.read")


@readers
@require_http_methods(["GET", "POST"])
def renewal(request: HttpRequest, renewal: UUID) -> HttpResponse:
    """Show a request with what the engine says today, and decide on it."""
    asked = get_object_or_404(selectors.renewals_for(request.user), pk=renewal)
    terms = terms_of(asked.plan.evaluation, (get_language() or "es")[:2])
    taken, problem = _taken(asked, terms), ""
    if request.method == "POST":
        try:
            said = _confirmed(request, _decision(request, taken, terms))
            made = services.decide(renewal_id=asked.pk, doctor=request.user, decision=said, today=timezone.localdate())
        except (services.PrescriptionError, PlanError) as refused:
            problem = str(refused)
            asked.refresh_from_db()
        else:
            told = _("Approved.") if made.state == "approved" else _("Not approved; the patient reads why.")
            messages.success(request, told)
            return redirect("desk:list")
    return _page(request, asked, taken, terms, problem)


def _taken(asked: Renewal, terms: Terms) -> Taken | None:
    plan = medicines.plan_of(asked.patient_id)
    found = medicines.taken_of(plan, terms) if plan and plan.pk == asked.plan_id else []
    return next((one for one in found if one.item.pk == asked.item_id), None)


def _decision(request: HttpRequest, taken: Taken | None, terms: Terms) -> Decision:
    form = request.POST
    told = {"reason": form.get("reason", ""), "justification": form.get("justification", "")}
    if form.get("decision") != "approve":
        return Decision(approves=False, **told)
    days = form.get("for_days", "").strip()
    changes = editing.edited({"doses": list(taken.doses)}, _fields(request), terms) if taken else {}
    number = int(days) if days.isdecimal() and len(days) < 4 else 0
    return Decision(approves=True, days=number, doses=changes.get("doses"), **told)


def _confirmed(request: HttpRequest, decision: Decision) -> Decision:
    """Return what was decided; who approves is asked again who it is, as for a signature."""
    if decision.approves and not confirming.answered(request):
        raise services.PrescriptionError(_("Type your password, or a fresh code of your app. Nothing was saved yet."))
    return decision


def _fields(request: HttpRequest) -> dict[str, str]:
    """Return the doses of the form; the length and the words for the patient are asked otherwise here."""
    return {name: value for name, value in request.POST.items() if name.startswith(("dose-", "frequency-"))}


def _page(request: HttpRequest, asked: Renewal, taken: Taken | None, terms: Terms, problem: str) -> HttpResponse:
    audit.record(actor=request.user, verb="plan.viewed", patient_id=asked.patient_id, path=request.path)
    today = timezone.localdate()
    check = _checked(asked, taken)
    context: dict[str, Any] = {
        "asked": asked,
        "patient": asked.patient,
        "taken": taken,
        "left": taken.left(today) if taken else None,
        "check": check,
        "findings": [terms.say(words) for words in check.findings],
        "missing": [terms.question(name) for name in check.missing],
        "doses": _doses(taken, request, terms),
        "days": request.POST.get("for_days", USUAL),
        "typed": request.POST,
        "problem": problem,
        "is_fresh": confirming.is_fresh(request),
        "open": asked.state == Renewal.State.REQUESTED and request.user.may("plans.sign"),
        "undecided": asked.state == Renewal.State.REQUESTED,
    }
    return render(request, "prescriptions/renewal.html", context, status=REFUSED if problem else 200)


def _checked(asked: Renewal, taken: Taken | None) -> rechecking.Rechecked:
    """Return what the engine says now; of what is decided, what it said then."""
    if asked.state != Renewal.State.REQUESTED or taken is None:
        said = asked.check_result
        return rechecking.Rechecked(said["verdict"], said["findings"], said["missing"])
    plan = medicines.plan_of(asked.patient_id)
    assert plan is not None  # noqa: S101 — what is taken is taken by a plan
    return rechecking.recheck(plan, taken.item, timezone.localdate(), taken.doses)


def _doses(taken: Taken | None, request: HttpRequest, terms: Terms) -> list[dict[str, Any]]:
    if taken is None:
        return []
    form = request.POST
    return [
        {
            "name": terms.ingredient(dose["ingredient"]),
            "dose": form.get(f"dose-{place}", dose["dose"]),
            "frequency": form.get(f"frequency-{place}", frequency(dose.get("frequency", ""))),
        }
        for place, dose in enumerate(taken.doses)
    ]
