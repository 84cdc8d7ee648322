"""The screens of a questionnaire: one group at a time, every answer kept at once, with scripts or without."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts.models import User
from webapp.base import access
from webapp.base.roles import Role
from webapp.intake import screens, selectors, services, telling, urgency
from webapp.intake.answers import LISTS, MEDICATIONS, NotAccepted, given_in
from webapp.intake.facts import Sheet
from webapp.intake.flags import Raised, raised_by
from webapp.intake.keeping import Delivery
from webapp.intake.known import known_to
from webapp.intake.models import QuestionnaireResponse
from webapp.intake.places import group_at, item_at
from webapp.intake.screens import Problem, reader
from webapp.intake.services import AlreadySent, ConsentMissing, IntakeError, Unfinished, UnknownItem
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.models import Patient
from webapp.plans import naming

SENT = QuestionnaireResponse.Status.COMPLETED
fillers = access.patient_or_may(selectors.FILL_IN)


def _patient(user: User) -> Patient:
    patient = patients.own_patient(user)
    if patient is None:
        raise Http404
    return patient


def _response(request: HttpRequest, pk: UUID) -> QuestionnaireResponse:
    return get_object_or_404(selectors.fillable_by(request.user), pk=pk)


def _go(request: HttpRequest, *target: Any) -> HttpResponse:
    """Send the browser to a page, out of a fragment too."""
    answer = redirect(*target)
    return HttpResponse(headers={"HX-Redirect": answer.url}) if request.htmx else answer


def _home_of(request: HttpRequest, response: QuestionnaireResponse) -> tuple[Any, ...]:
    """Return where a person leaves a questionnaire to: the own portal, or the patient filled in for."""
    if request.user.active_role == Role.PATIENT:
        return ("portal:home",)
    return ("intake:for_patient", response.patient_id)


def _to_consent(request: HttpRequest, response: QuestionnaireResponse) -> HttpResponse:
    if request.user.active_role == Role.PATIENT:
        return _go(request, "intake:consent")
    messages.warning(request, str(services.NO_CONSENT_FOR))
    return _go(request, "intake:for_patient", response.patient_id)


@access.roles(Role.PATIENT)
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Show how answers are used, and take the decision; then go on to what was asked for."""
    patient, text = _patient(request.user), patients.current_text(services.TREATMENT)
    wanted = {name: request.POST.get(name, "") for name in ("questionnaire", "day")}
    if request.method == "GET" or text is None:
        return render(request, "intake/consent.html", _consent_context(wanted))
    try:
        shown = text if str(text.pk) == request.POST.get("text") else None
        if shown is None:
            messages.warning(request, _("There is a newer text. Please read it before deciding."))
            return render(request, "intake/consent.html", _consent_context(wanted))
        patient_services.accept_consent(patient=patient, text=shown, channel="portal", actor=request.user)
    except patient_services.PatientError as problem:
        messages.warning(request, str(problem))
        return render(request, "intake/consent.html", _consent_context(wanted))
    return _start(request, patient, wanted) if wanted["questionnaire"] else redirect("portal:home")


@access.roles(Role.PATIENT)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a questionnaire, or go on where it was left."""
    wanted = {name: request.POST.get(name, "") for name in ("questionnaire", "day")}
    return _start(request, _patient(request.user), wanted)


def _start(request: HttpRequest, patient: Patient, wanted: Mapping[str, str]) -> HttpResponse:
    try:
        response = services.start(
            patient=patient,
            questionnaire=wanted["questionnaire"],
            actor=request.user,
            language=reader(),
            today=timezone.localdate(),
            for_day=date.fromisoformat(wanted["day"]) if wanted["day"] else None,
        )
    except ConsentMissing:
        return render(request, "intake/consent.html", _consent_context(wanted))
    except (IntakeError, ValueError) as problem:
        messages.warning(request, str(problem) if isinstance(problem, IntakeError) else _("Choose a day."))
        return redirect("portal:home")
    return _first_tap(request, response) or redirect("intake:resume", response.pk)


def _first_tap(request: HttpRequest, response: QuestionnaireResponse) -> HttpResponse | None:
    """Keep the answer whose tap began the page; what was no answer is asked on the page."""
    item = request.POST.get("item", "")
    if not item or not request.POST.get(item):
        return None
    try:
        saved = services.save_answer(response_id=response.pk, item=item, form=request.POST, actor=request.user)
    except (NotAccepted, IntakeError):
        return None
    place = screens.group_of(selectors.sheet_of(response), item)
    return urgency.show(request, response, place.name, saved.raised) if saved.raised and place else None


def _consent_context(wanted: Mapping[str, str]) -> dict[str, Any]:
    text = patients.current_text(services.TREATMENT)
    return {"text": text, "body": text.body(reader()) if text else "", **wanted}


@fillers
@require_GET
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go to the first group with an open question, or to the last look before sending."""
    response = _response(request, pk)
    if response.status == SENT:
        return redirect("intake:thanks", pk)
    target = screens.first_open(selectors.sheet_of(response))
    return redirect("intake:group", pk, target) if target else redirect("intake:check", pk)


@fillers
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, pk: UUID, group: str) -> HttpResponse:
    """Show one group; without scripts its answers come here together."""
    response = _response(request, pk)
    if response.status == SENT:
        return redirect("intake:thanks", pk)
    sheet = selectors.sheet_of(response)
    shown = _screen(response, sheet, group_at(sheet.book, group))
    if shown is None:
        raise Http404
    if request.method == "GET":
        services.note_reading(response=response, actor=request.user, path=request.path)
        return _page(request, response, sheet, shown)
    return _post_group(request, response, sheet, shown)


def _screen(
    response: QuestionnaireResponse, sheet: Sheet, name: str, problems: Mapping[str, Problem] | None = None
) -> screens.Screen | None:
    """Return a group ready to be shown, with what was told before for its open questions."""
    here = next((asked for group, asked in sheet.groups if group.name == name), ())
    open_ones = [one for one in here if one.item not in sheet.answers or one.kind == MEDICATIONS]
    offers = known_to(response, sheet, open_ones)
    return screens.screen(sheet, name, reader(), problems, offers)


def _page(request: HttpRequest, response: QuestionnaireResponse, sheet: Sheet, shown: screens.Screen) -> HttpResponse:
    last = response.answers.order_by("-answered_at").first()
    alarms = urgency.without_network(sheet, [one.item for one in shown.fields], reader())
    context = {"response": response, "screen": shown, "last": last, "alarms": alarms}
    return render(request, "intake/group.html", context)


def _post_group(
    request: HttpRequest, response: QuestionnaireResponse, sheet: Sheet, shown: screens.Screen
) -> HttpResponse:
    try:
        problems, raised = _save_all(request, response, [one.item for one in shown.fields])
    except ConsentMissing:
        return _to_consent(request, response)
    if raised:
        return urgency.show(request, response, shown.group, raised)
    response = _response(request, response.pk)
    if response.status == SENT:
        return redirect("intake:thanks", response.pk)
    sheet = selectors.sheet_of(response)
    after = _screen(response, sheet, shown.group, problems)
    if after is None:
        return redirect("intake:resume", response.pk)
    asked_before = {one.item for one in shown.fields}
    revealed = [one.item for one in after.fields if one.item not in asked_before]
    if problems or revealed or "go" not in request.POST:
        return _page(request, response, sheet, after)
    return _next(request, response, after)


def _next(request: HttpRequest, response: QuestionnaireResponse, shown: screens.Screen) -> HttpResponse:
    if request.POST["go"] == "back":
        back = ("intake:group", response.pk, shown.before) if shown.before else _home_of(request, response)
        return redirect(*back)
    if shown.after:
        return redirect("intake:group", response.pk, shown.after)
    if response.for_day:  # a page of the diary is short enough to be sent as it is
        return _send(request, response)
    return redirect("intake:check", response.pk)


def _save_all(
    request: HttpRequest, response: QuestionnaireResponse, items: list[str]
) -> tuple[dict[str, Problem], list[Raised]]:
    problems: dict[str, Problem] = {}
    raised: list[Raised] = []
    for item in items:
        try:
            saved = services.save_answer(
                response_id=response.pk,
                item=item,
                form=request.POST,
                actor=request.user,
                delivery=Delivery(language=reader()),
            )
        except NotAccepted as problem:
            problems[item] = _problem(request, item, problem)
        except UnknownItem:
            continue  # an answer above has closed this question
        except AlreadySent:
            break
        else:
            raised += saved.raised
            for words in telling.changed(response, saved):
                messages.info(request, words)
    return problems, raised


def _problem(request: HttpRequest, item: str, problem: NotAccepted) -> Problem:
    return Problem(problem.words, problem.fixes, given_in(item, request.POST), problem.keep)


@fillers
@require_POST
def answer(request: HttpRequest, pk: UUID, group: str, item: str) -> HttpResponse:
    """Keep one answer the moment it is given, and say so; show what it opens or closes."""
    response = _response(request, pk)
    book = selectors.book_of(response)
    return telling.acknowledged(request, _answered(request, response, group_at(book, group), item_at(book, item)))


def _answered(request: HttpRequest, response: QuestionnaireResponse, group: str, item: str) -> HttpResponse:
    before = screens.screen(selectors.sheet_of(response), group, reader())
    problems: dict[str, Problem] = {}
    saved = services.Saved()
    try:
        saved = services.save_answer(
            response_id=response.pk,
            item=item,
            form=request.POST,
            actor=request.user,
            delivery=telling.delivery(request),
        )
    except NotAccepted as problem:
        problems[item] = _problem(request, item, problem)
    except UnknownItem:
        pass  # another window has closed this question; the group is shown anew
    except AlreadySent:
        return _go(request, "intake:thanks", response.pk)
    except ConsentMissing:
        return _to_consent(request, response)
    if saved.raised:
        return urgency.show(request, response, group, saved.raised)
    sheet = selectors.sheet_of(response)
    after = _screen(response, sheet, group, problems)
    if after is None or not request.htmx:
        return _go(request, "intake:resume", response.pk) if after is None else _page(request, response, sheet, after)
    return telling.told(_fragment(request, response, item, before, after), telling.changed(response, saved))


def _fragment(
    request: HttpRequest,
    response: QuestionnaireResponse,
    item: str,
    before: screens.Screen | None,
    after: screens.Screen,
) -> HttpResponse:
    """Return as little as says it: the note beside the field, the field, or the group with what it opened."""
    field = next((one for one in after.fields if one.item == item), None)
    context = {"response": response, "screen": after, "field": field, "saved_at": timezone.now(), "swap": True}
    same = before and [one.item for one in before.fields] == [one.item for one in after.fields]
    if field is None or not same:
        answer_ = render(request, "intake/_group.html", context)
        answer_["HX-Retarget"], answer_["HX-Reswap"] = "#group", "outerHTML"
        return answer_
    if field.kind in LISTS or _is_mixed(request, item):
        answer_ = render(request, "intake/_field_saved.html", context)
        answer_["HX-Retarget"], answer_["HX-Reswap"] = f"#q-{item}", "outerHTML"
        return answer_
    return render(request, "intake/_saved.html", context)


def _is_mixed(request: HttpRequest, item: str) -> bool:
    """Whether a box and a value came together: one of them was dropped, and the screen must show which."""
    given = given_in(item, request.POST)
    return bool(given.marks) and bool(given.value or any(count not in ("", "0") for count in given.counts))


@fillers
@require_GET
def urgent(request: HttpRequest, pk: UUID, group: str, item: str) -> HttpResponse:
    """Show the instruction of an answer again, for as long as the answer stands."""
    response = _response(request, pk)
    book = selectors.book_of(response)
    name = item_at(book, item)
    flags = raised_by(response, name)
    if not flags:
        raise Http404
    return render(request, "intake/urgent.html", urgency.context(response, group_at(book, group), name, flags))


@fillers
@require_POST
def mistake(request: HttpRequest, pk: UUID, group: str, item: str) -> HttpResponse:
    """Take an answer back that was ticked by mistake; the clinic's alert stays until a person closes it."""
    response = _response(request, pk)
    book = selectors.book_of(response)
    name = item_at(book, item)
    told = any(one.told_at for one in raised_by(response, name))
    try:
        services.take_back(response_id=pk, item=name, actor=request.user)
    except IntakeError as problem:
        messages.warning(request, str(problem))
        return redirect("intake:resume", pk)
    words = _("The answer is taken back. The clinic had been told: if they call, just say so.")
    messages.info(request, words if told else _("The answer is taken back."))
    return redirect("intake:group", pk, group_at(book, group))


@fillers
@require_POST
def search(request: HttpRequest, pk: UUID, group: str, item: str) -> HttpResponse:
    """Offer the names that begin like what is being written; posted, since an address is kept in logs."""
    book = selectors.book_of(_response(request, pk))
    name = item_at(book, item)
    question = book.question(name)
    if question is None or question.kind not in LISTS:
        raise Http404
    query = request.POST.get(f"{name}-text", "")[:100]
    found = naming.search(book.edition, question.kind, query, reader())
    context = {"found": found, "item": name, "group": group_at(book, group), "pk": pk, "query": query}
    return render(request, "intake/_found.html", context)


@fillers
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show every answer once more, and send them."""
    response = _response(request, pk)
    if request.method == "POST":
        return _send(request, response)
    if response.status == SENT:
        return redirect("intake:thanks", pk)
    services.note_reading(response=response, actor=request.user, path=request.path)
    return _check_page(request, response)


def _check_page(request: HttpRequest, response: QuestionnaireResponse, needed: tuple[str, ...] = ()) -> HttpResponse:
    sheet = selectors.sheet_of(response)
    context = {
        "response": response,
        "groups": screens.overview(sheet, reader()),
        "open": len(sheet.open_questions),
        "needed": needed or tuple(one.item for one in sheet.must_answer),
        "title": screens.words(sheet.book.questionnaire.title, reader()),
    }
    return render(request, "intake/check.html", context)


def _send(request: HttpRequest, response: QuestionnaireResponse) -> HttpResponse:
    try:
        services.submit(response_id=response.pk, actor=request.user, today=timezone.localdate())
    except ConsentMissing:
        return _to_consent(request, response)
    except Unfinished as problem:
        return _check_page(request, response, problem.items)
    return redirect("intake:thanks", response.pk)


@fillers
@require_GET
def thanks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what happens next."""
    response = _response(request, pk)
    if response.status != SENT:
        return redirect("intake:resume", pk)
    if request.user.active_role != Role.PATIENT:
        messages.success(request, _("It has been sent, and the record says that you filled it in."))
        return redirect("desk:answers", response.patient_id, pk)
    context = {"response": response, "doctor": response.patient.general_practitioner}
    return render(request, "intake/thanks.html", context)
