"""The plan of a patient on the screen by a draft's text, its tests, and new tests made of both."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from engine.compiler import Program
from engine.errors import CaseError
from engine.language.cases import read_example
from rules.drafting import DraftError, newest_of
from rules.models import Draft
from webapp.base import access
from webapp.plans.terms import Terms
from webapp.studio import boundaries, new_tests, trying, working, writing
from webapp.studio.boundaries import Edge
from webapp.studio.trying import Patient

REFUSED = 422
MOST_NAME = 120
writers = access.may("protocols.write")


def _held(request: HttpRequest, pk: int) -> Draft:
    try:
        return working.draft_of(request.user, pk)
    except Draft.DoesNotExist:
        raise Http404 from None


def _text(request: HttpRequest, held: Draft) -> str:
    """Return the text as it was sent along, else the newest that was saved."""
    sent = request.POST.get("text")
    return newest_of(held).text if sent is None else sent.replace("\r\n", "\n")


def _language() -> str:
    return (get_language() or "es")[:2]


@writers
@require_http_methods(["GET", "POST"])
def try_on(request: HttpRequest, draft: int) -> HttpResponse:
    """Show the plan a patient gets by the text, beside what is in force; nothing is kept."""
    held = _held(request, draft)
    return render(request, "studio/try.html", _panel(request, held, _text(request, held)))


def _panel(request: HttpRequest, held: Draft, text: str, **more: Any) -> dict[str, Any]:
    page = {"draft": held, "text": text, "title": working.title_of(text, _language()) or held.name}
    page |= {"revision": request.POST.get("revision") or held.revision, "writable": held.state == Draft.State.OPEN}
    program = trying.program_of(held, text)
    if not isinstance(program, Program):
        return page | {"broken": program.problems[:5], "given": request.POST.get("given", "")} | more
    terms = Terms(program.edition, _language())
    patients = trying.patients_of(held, program, working.examination_of(held), terms)
    chosen = _chosen(request, patients)
    typed = _typed(request, chosen)
    given = trying.parsed(typed)
    if isinstance(given, list):
        found = trying.Tried(problems=given)
    else:
        found = trying.tried(held, program, given, terms, _test_of(chosen, given))
    return page | {"patients": patients, "chosen": chosen, "given": typed, "tried": found} | more


def _chosen(request: HttpRequest, patients: list[Patient]) -> Patient | None:
    asked = request.POST.get("who") or request.GET.get("who", "")
    return next((one for one in patients if one.key == asked), patients[0] if patients else None)


def _typed(request: HttpRequest, chosen: Patient | None) -> str:
    """Return the patient as typed, or as chosen where another was chosen just now."""
    key = chosen.key if chosen else ""
    same = request.POST.get("shown", key) == key
    if "given" in request.POST and same:
        return request.POST["given"].replace("\r\n", "\n")
    return new_tests.given_text(chosen.given) if chosen else ""


def _test_of(chosen: Patient | None, given: Any) -> str:
    """Return the test whose patient this is, unchanged; what it expects is asked of that patient alone."""
    is_test = chosen is not None and chosen.key.startswith("test ") and dict(chosen.given) == dict(given)
    return chosen.label if chosen is not None and is_test else ""


@writers
@require_POST
def keep(request: HttpRequest, draft: int) -> HttpResponse:
    """Add the patient on the screen to the text as a test, with the plan as it comes now; the text is saved with it."""
    held = _held(request, draft)
    text, name = _text(request, held), request.POST.get("test_name", "").strip()
    try:
        made = _made(held, text, name, trying.parsed(request.POST.get("given", "").replace("\r\n", "\n")))
        writing.save(request.user, held.pk, new_tests.with_test(text, made), _shown(request))
    except DraftError as problem:
        page = _panel(request, held, text, refused=f"{problem} {problem.hint}", test_name=name)
        return render(request, "studio/try.html", page, status=REFUSED)
    messages.success(request, _("The test stands at the end of the text. Read it: it expects what the plan is now."))
    return redirect("studio:draft", draft=held.pk)


def _shown(request: HttpRequest) -> int:
    number = request.POST.get("revision", "")
    return int(number) if number.isdecimal() and len(number) < 9 else -1


def _made(held: Draft, text: str, name: str, given: Any) -> str:
    """Return the text of a new test; raise DraftError where none can be made."""
    program = trying.program_of(held, text)
    if held.kind != "protocol" or not isinstance(program, Program):
        raise DraftError("R060", "no test can be made of this text", "Mend the text first; protocols have tests.")
    if isinstance(given, list):
        raise DraftError(given[0].code, given[0].message, given[0].hint)
    if not name or len(name) > MOST_NAME:
        raise DraftError("R061", "a test has a name", "Say in a few words what it shows.")
    if any(one.name == name for one in trying.examples_of(held, program)):
        raise DraftError("R062", "a test of this name is there already", "Give it another name.")
    try:
        facts = read_example(given, program.edition.vocabulary, program.edition.formulary)
    except CaseError as problem:
        raise DraftError(problem.code, problem.message, problem.hint) from None
    if doubtful := trying.doubted(facts, given):
        message = f"what stands beside {', '.join(doubtful)} is not taken for a value"
        raise DraftError("R063", message, "Mend its unit, or leave it out: then it is unknown.")
    return new_tests.test_text(name, given, new_tests.expected(program, held.name, given))


@writers
@require_http_methods(["GET", "POST"])
def tests(request: HttpRequest, draft: int) -> HttpResponse:
    """Run the tests of the text alone: what fails and how, and what no test saw."""
    held = _held(request, draft)
    text = _text(request, held)
    page = {"draft": held, "title": working.title_of(text, _language()) or held.name}
    program = trying.program_of(held, text)
    if not isinstance(program, Program):
        return render(request, "studio/tests.html", page | {"broken": program.problems[:5]})
    return render(request, "studio/tests.html", page | {"run": trying.tests_of(held, program)})


@writers
@require_http_methods(["GET", "POST"])
def edges(request: HttpRequest, draft: int) -> HttpResponse:
    """Show generated tests at the edges of the text's limits; those ticked are added to it."""
    held = _held(request, draft)
    text = _text(request, held)
    page = {"draft": held, "title": working.title_of(text, _language()) or held.name}
    page |= {"revision": held.revision, "writable": held.state == Draft.State.OPEN}
    program = trying.program_of(held, text)
    if held.kind != "protocol" or not isinstance(program, Program):
        broken = () if isinstance(program, Program) else program.problems[:5]
        return render(request, "studio/edges.html", page | {"broken": broken, "unfit": held.kind != "protocol"})
    found = boundaries.edges_of(program, held.name)
    if request.method == "GET":
        terms = Terms(program.edition, _language())
        return render(request, "studio/edges.html", page | {"groups": boundaries.in_words(found, terms)})
    ticked = set(request.POST.getlist("edge"))
    chosen = [one for one in found if one.key in ticked and not (one.refused or one.there)]
    return _added(request, held, text, program, chosen)


def _added(request: HttpRequest, held: Draft, text: str, program: Program, chosen: list[Edge]) -> HttpResponse:
    made = [_test_at(program, held, one) for one in chosen]
    if not made:
        messages.error(request, _("Nothing was ticked."))
        return redirect("studio:edges", draft=held.pk)
    try:
        writing.save(request.user, held.pk, new_tests.with_tests(text, made), _shown(request))
    except DraftError as problem:
        messages.error(request, f"{problem} {problem.hint}")
        return redirect("studio:edges", draft=held.pk)
    done = _("%(n)s tests were added. Read them: they expect what the plan is now.") % {"n": len(made)}
    messages.success(request, done)
    return redirect("studio:draft", draft=held.pk)


def _test_at(program: Program, held: Draft, edge: Edge) -> str:
    return new_tests.test_text(edge.name, edge.given, new_tests.expected(program, held.name, edge.given))
