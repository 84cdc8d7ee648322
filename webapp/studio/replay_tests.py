"""A past case that becomes a test of the draft it was put to: shown first, then added to the text. Part of services."""

from engine.compiler import Program
from engine.errors import LibraryError, PautaError
from rules.drafting import DraftError, newest_of
from rules.judging import program_with
from rules.models import Draft, Revision
from webapp.accounts.models import User
from webapp.studio import new_tests, pseudonymised, writing
from webapp.studio.models import ReplayCase

MOST_NAME = 120


def shown(case: ReplayCase, name: str) -> str:
    """Return the test a case would be, as the text would hold it; raise DraftError where none can be made of it."""
    draft = case.replay.revision.draft
    program = _program(draft, newest_of(draft).text)
    try:
        given = pseudonymised.given_of(case.evaluation.case, program, draft.name)
        return new_tests.test_text(name, given, new_tests.expected(program, draft.name, given))
    except PautaError as problem:
        raise DraftError(problem.code, problem.message, problem.hint) from None


def _program(draft: Draft, text: str) -> Program:
    if draft.kind != "protocol" or draft.state != Draft.State.OPEN:
        raise DraftError("R060", "no test can be made of this text", "Only a protocol that is being written has tests.")
    try:
        return program_with(draft, text)
    except LibraryError as problem:
        raise DraftError("R060", "no test can be made of this text", f"Mend it first: {problem}") from None


def add(user: User, case: ReplayCase, name: str, number: int) -> Revision:
    """Save the draft with the case as one more test; raise Overtaken where somebody saved since ``number``."""
    draft = case.replay.revision.draft
    if not name or len(name) > MOST_NAME or "\n" in name:
        raise DraftError("R061", "a test has a name", "Say in a few words what it shows; nothing of whose case it was.")
    text = newest_of(draft).text
    return writing.save(user, draft.pk, new_tests.with_test(text, shown(case, name)), number)
