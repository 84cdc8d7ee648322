"""The review page of a plan: shown, and acted on with forms; scripts only refresh it in place."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts import confirming
from webapp.audit import services as audit
from webapp.base import access
from webapp.patients import services as patients
from webapp.patients.models import AllergyIntolerance
from webapp.plans import adding, answering, editing, monitoring, presenting, selectors, services, trying
from webapp.plans import outlook as outlooks
from webapp.plans import why as whys
from webapp.plans.models import Plan, PlanItem
from webapp.plans.pages import change_plan, language, leave, plan_of, show, show_again, terms_for
from webapp.plans.reasons import OverrideReason
from webapp.plans.refusing import InWriting
from webapp.plans.services import PlanError
from webapp.plans.terms import Terms, terms_of

MOST_DIGITS = 10
clinicians = access.may("plans.read")
doctors = access.may("plans.sign")


def _item(plan: Plan, item: UUID) -> PlanItem:
    return get_object_or_404(plan.items.select_related("decided_by"), pk=item)


@clinicians
@require_GET
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a plan with everything it rests on."""
    return show(request, plan_of(request, pk))


@doctors
@require_POST
def decide(request: HttpRequest, pk: UUID, item: UUID) -> HttpResponse:
    """Accept, edit, reject or override one item."""
    plan = plan_of(request, pk)
    row = _item(plan, item)

    decision, form = request.POST.get("decision", ""), request.POST.dict()
    try:
        final = editing.edited(row.content, form, terms_for(plan)) if decision == "edited" else None
    except PlanError as refused:
        return _form_again(request, plan, row, trying.Verdict("unread", problem=str(refused)))

    def change() -> None:
        services.decide_item(
            plan_id=plan.pk,
            item_id=row.pk,
            doctor=request.user,
            decision=decision,
            reason_code=form.get("reason", ""),
            note=form.get("note", ""),
            final=final,
            was=form.get("was"),
            watch_days=monitoring.days_of(form.get("days", "")),
        )

    try:
        return change_plan(request, plan, change)
    except InWriting as refused:
        doses = final["doses"] if final else ()
        return _form_again(request, plan, row, trying.verdict_of(refused.seen, doses, terms_for(plan)))


def _form_again(request: HttpRequest, plan: Plan, row: PlanItem, verdict: trying.Verdict) -> HttpResponse:
    """Show the form of a dose as it was filled in, with what is wrong with it and a place for the reason."""
    tried = trying.tried(row, request.POST.dict(), verdict)
    return show(request, plan_of(request, plan.pk), _("The change was not saved."), tried)


@doctors
@require_POST
def try_doses(request: HttpRequest, pk: UUID, item: UUID) -> HttpResponse:
    """Say what the engine makes of doses that are being changed; nothing is saved."""
    plan = plan_of(request, pk)
    row, form = _item(plan, item), request.POST.dict()
    verdict = trying.verdict_on(plan, row, form, terms_for(plan))
    audit.record(actor=request.user, verb="plan.viewed", patient_id=plan.patient_id, path=request.path)
    context = {"plan": plan, "item": row, "verdict": verdict, "reason": form.get("reason", "")}
    more = {"note": form.get("note", ""), "override_reasons": OverrideReason.choices}
    return render(request, "plans/_verdict.html", context | more)


@doctors
@require_POST
def undecide(request: HttpRequest, pk: UUID, item: UUID) -> HttpResponse:
    """Take a decision back."""
    plan = plan_of(request, pk)
    row = _item(plan, item)
    shown = request.POST.get("shown")
    return change_plan(
        request,
        plan,
        lambda: services.undecide(plan_id=plan.pk, item_id=row.pk, doctor=request.user, shown=shown),
    )


@doctors
@require_POST
def accept_rest(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accept what is left of the proposed items."""
    plan = plan_of(request, pk)
    return change_plan(request, plan, lambda: services.accept_rest(plan_id=plan.pk, doctor=request.user))


@doctors
@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the plan; the address of the signed plan follows."""
    plan = plan_of(request, pk)
    if not confirming.is_fresh(request) and not confirming.confirm(request, request.POST.get("secret", "")):
        return _preview(request, plan, _("That is neither your password nor a fresh code. Nothing was signed."))
    try:
        services.sign(
            plan_id=plan.pk,
            doctor=request.user,
            revision=_whole(request.POST.get("revision", "")),
            unconfirmed_note=request.POST.get("unconfirmed", ""),
        )
    except PlanError as refused:
        return _preview(request, plan_of(request, pk), str(refused))
    messages.success(request, _("The plan is signed."))  # no name: the message travels in a cookie
    return leave(request, plan)


def _whole(text: str) -> int:
    """Return the revision a page showed; -1, which no plan has, for what is none."""
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS else -1


@clinicians
@require_POST
def seen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note which items were on the screen: those named, or all that the page shows."""
    plan = plan_of(request, pk)
    wanted = set(request.POST.getlist("item"))
    items = [item for item in plan.items.all() if not wanted or str(item.pk) in wanted]
    services.mark_seen(user=request.user, items=items)
    return show_again(request, plan)


@doctors
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add an item by hand: the form, and what it sends."""
    plan = plan_of(request, pk)
    terms, problem, checked = terms_for(plan), "", None
    if request.method == "POST":
        form = request.POST.dict()
        try:
            checked = adding.check(plan, editing.added(form.get("code", ""), form, terms))
            services.add_item(
                plan_id=plan.pk,
                doctor=request.user,
                content=checked.content,
                brings=checked.brings,
                reason_code=form.get("reason", ""),
                note=form.get("note", ""),
            )
            return redirect("plans:review", pk=plan.pk)
        except PlanError as refused:
            problem = str(refused)
    refusal = presenting.refusal_of(checked, terms) if checked and not checked.is_clear else None
    audit.record(actor=request.user, verb="plan.viewed", patient_id=plan.patient_id, path=request.path)
    context = {"plan": plan, "patient": plan.patient, "choices": _by_group(terms), "problem": problem}
    more = {"form": request.POST, "refusal": refusal, "override_reasons": OverrideReason.choices}
    return render(request, "plans/add.html", context | more)


def _by_group(terms: Terms) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be added under the titles of the review page."""
    titles = dict(presenting.GROUPS)
    found: dict[str, list[tuple[str, str]]] = {}
    for code, words in editing.addable(terms):
        found.setdefault(presenting.group_of(PlanItem(code=code, kind=code.partition(":")[0])), []).append(
            (code, words)
        )
    return [(str(titles[name]), found[name]) for name, _title in presenting.GROUPS if name in found]


@doctors
@require_POST
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a missing answer into the record; the plan that follows from it is shown."""
    plan = plan_of(request, pk)
    fact, value = request.POST.get("fact", ""), request.POST.get("value", "")
    try:
        answering.answer(
            plan=plan, doctor=request.user, fact=fact, value=value, terms=terms_for(plan), today=timezone.localdate()
        )
    except (PlanError, patients.PatientError, patients.NotAllowed) as refused:
        return show_again(request, plan, str(refused))
    return _newest(request, plan)


@doctors
@require_POST
def assess_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the engine once more."""
    plan = plan_of(request, pk)
    found = services.assess(patient_id=plan.patient_id, because="again", today=timezone.localdate(), actor=request.user)
    services.ask_second_opinion(found.pk, again=True)
    return _newest(request, plan)


def _newest(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Go to the draft there is now; where nothing changed, stay."""
    draft = selectors.drafts_for(request.user).filter(patient_id=plan.patient_id).first()
    if draft is None or draft.pk == plan.pk:
        return show_again(request, plan)
    return leave(request, draft)


@doctors
@require_POST
def allergy(request: HttpRequest, pk: UUID, allergy: UUID) -> HttpResponse:
    """Confirm or withdraw an allergy the patient reported; the patient is assessed with what is left."""
    plan = plan_of(request, pk)
    reported = get_object_or_404(AllergyIntolerance, pk=allergy, patient_id=plan.patient_id)
    if not {"confirm", "withdraw"} & set(request.POST):
        raise Http404  # no form of ours: what protects a patient is never withdrawn by leaving something out
    try:
        patients.settle_allergy(allergy=reported, confirmed="confirm" in request.POST, actor=request.user)
    except patients.PatientError as refused:
        return show_again(request, plan, str(refused))
    services.assess(patient_id=plan.patient_id, because="allergy", today=timezone.localdate(), actor=request.user)
    return _newest(request, plan)


@clinicians
@require_GET
def why(request: HttpRequest, pk: UUID, item: UUID) -> HttpResponse:
    """Show how an item came about: a panel over the page, a page of its own without scripts."""
    plan = plan_of(request, pk)
    row, terms = _item(plan, item), terms_for(plan)
    if plan.evaluation.result is None:
        raise Http404
    audit.record(actor=request.user, verb="plan.explained", patient_id=plan.patient_id, path=request.path)
    basis = selectors.basis_of(plan, selectors.latest_evaluation(plan.patient_id))
    context = {
        "plan": plan,
        "patient": plan.patient,
        "row": presenting.row_of(row, terms),
        "account": whys.account_of(row, plan.evaluation, terms),
        "outlook": outlooks.outlook_of_item(basis, row.code, terms),
        "not_proposed": whys.not_proposed(plan.evaluation, row, language()),
        "evaluation": plan.evaluation,
    }
    return render(request, "plans/_why.html" if request.htmx else "plans/why.html", context)


@clinicians
@require_GET
def outlook(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what to ask next and which values are near a threshold: beside the plan, or a page without scripts."""
    plan = plan_of(request, pk)
    if plan.evaluation.result is None:
        raise Http404
    audit.record(actor=request.user, verb="plan.explained", patient_id=plan.patient_id, path=request.path)
    basis = selectors.basis_of(plan, selectors.latest_evaluation(plan.patient_id))
    context = {
        "plan": plan,
        "patient": plan.patient,
        "basis": basis,
        "outlook": outlooks.outlook_of(basis, terms_for(plan)),
        "may_decide": plan.status == Plan.Status.DRAFT and request.user.may("plans.sign"),
    }
    return render(request, "plans/_outlook.html" if request.htmx else "plans/outlook.html", context)


@clinicians
@require_GET
def patient_text(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the plan in the words the patient will read, in the patient's language, before it is signed."""
    return _preview(request, plan_of(request, pk))


def _preview(request: HttpRequest, plan: Plan, problem: str = "") -> HttpResponse:
    """Show what the patient will read, with the signature below it once nothing is missing."""
    items = selectors.items_for(request.user, plan)
    left = selectors.to_do(request.user, plan, items)
    audit.record(actor=request.user, verb="plan.previewed", patient_id=plan.patient_id, path=request.path)
    chosen = [item for item in items if item.kind not in ("alert", "ask", "dx") and item.decision in selectors.TAKEN]
    context = {
        "plan": plan,
        "patient": plan.patient,
        "groups": presenting.groups_of(chosen, terms_of(plan.evaluation, plan.patient.language)),
        "problem": problem,
        "may_sign": plan.status == Plan.Status.DRAFT and request.user.may("plans.sign") and left.may_sign,
        "is_fresh": confirming.is_fresh(request),
        "not_confirmed": left.not_confirmed,
        "unconfirmed": request.POST.get("unconfirmed", ""),
    }
    return render(request, "plans/_patient_text.html" if request.htmx else "plans/patient_text.html", context)
