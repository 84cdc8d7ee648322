"""What if an answer were another one: asked with a form, answered beside the plan there is, and never written down."""

import json
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from webapp.audit import services as audit
from webapp.base import access
from webapp.plans import selectors, supposing
from webapp.plans.pages import plan_of, terms_for
from webapp.plans.refusing import PlanError
from webapp.plans.supposing import Sent

clinicians = access.may("plans.read")


@clinicians
@require_http_methods(["GET", "POST"])
def what_if(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the plan that would follow from other answers; a form sends them, so that no address tells of them."""
    plan = plan_of(request, pk)
    basis = selectors.basis_of(plan, selectors.latest_evaluation(plan.patient_id))
    if basis.result is None:
        raise Http404
    audit.record(actor=request.user, verb="plan.explained", patient_id=plan.patient_id, path=request.path)
    terms, before, problem = terms_for(plan), json.loads(basis.result), ""
    try:
        rows = supposing.supposed(basis, terms, _sent(request))
    except PlanError as refused:
        rows, problem = [], str(refused)
    asked = any(row.is_said for row in rows)
    context = {
        "plan": plan,
        "patient": plan.patient,
        "rows": rows,
        "offered": supposing.offered(basis, terms, [*before.get("ask_now", ()), *before.get("ask", ())]),
        "outcome": supposing.outcome_of(basis, before, rows, terms) if asked else None,
        "problem": problem,
    }
    return render(request, "plans/what_if.html", context)


def _sent(request: HttpRequest) -> list[Sent]:
    """Return what a form says of each fact it names; the last field names a further one, or none."""
    facts, values = request.POST.getlist("fact"), request.POST.getlist("value")
    pairs = zip(facts, [*values, *[""] * len(facts)], strict=False)
    unknown, whole = set(request.POST.getlist("unknown")), set(request.POST.getlist("whole"))
    left_out = [each.rpartition(":") for each in request.POST.getlist("without")]
    return [
        Sent(
            fact,
            supposing.NOT_KNOWN if fact in unknown else value,
            frozenset(place for name, _colon, place in left_out if name == fact),
            fact in whole,
        )
        for fact, value in pairs
        if fact
    ]
