"""Working on a text: begun from what is in force, saved state by state, taken back to any of them. Part of services.

Two people may have one draft open: who saves second is told so and shown what the other wrote; neither loses a word.
"""

import re
from pathlib import PurePosixPath

from django.db import transaction

from engine.errors import PautaError, Problem
from rules import headers, selectors
from rules.headers import Header
from rules.models import Draft, Revision, Version
from rules.reading import digest_of
from rules.services import Author

MOST = 1_000_000  # letters of one file; the longest shipped has some 60,000
FOLDERS = {
    "vocabulary": "vocabulary/{name}.yaml",
    "formulary": "formulary/{name}.yaml",
    "lexicon": "lexicon/{name}.yaml",
    "invariants": "invariants.yaml",
    "score": "scores/{name}/{version}.yaml",
    "questionnaire": "questionnaires/{name}/{version}.yaml",
    "protocol": "protocols/{name}/{version}.yaml",
}


class DraftError(PautaError):
    """A draft that cannot be saved or taken further as asked; what was typed is not touched."""


class Overtaken(DraftError):
    """Somebody else saved meanwhile; ``theirs`` is what stands now."""

    def __init__(self, theirs: Revision) -> None:
        super().__init__(
            "R021",
            f"{theirs.editor_name} has saved this draft since you opened it",
            "Compare both texts, take what is right from each, and save again.",
        )
        self.theirs = theirs


@transaction.atomic
def begin(version: Version, author: Author) -> Draft:
    """Return a new draft with the text of ``version`` under the next number."""
    kind, name = version.source_file.kind, version.source_file.name
    draft = _new(kind, name, author, base=version)
    number = next_number(kind, name)
    _keep(draft, with_number(version.text, number), author, "")
    return draft


@transaction.atomic
def begin_new(text: str, author: Author) -> Draft:
    """Return a draft of a text that came from elsewhere or is new; its head says what it is. Raises DraftError."""
    head = _head(text)
    held = selectors.shelf().filter(source_file__kind=head.kind, source_file__name=head.name)
    base = held.filter(status=Version.Status.PUBLISHED).first()
    draft = _new(head.kind, head.name, author, base=base)
    _keep(draft, text, author, "")
    return draft


def _new(kind: str, name: str, author: Author, base: Version | None) -> Draft:
    return Draft.objects.create(kind=kind, name=name, base=base, author_id=author.id, author_name=author.name)


@transaction.atomic
def save(*, draft_id: int, text: str, shown: int, author: Author, reason: str = "") -> Revision:
    """Keep the text as the next revision of a draft that was opened at revision ``shown``.

    The same text again makes no revision. Raises Overtaken where another person saved since, DraftError where the
    draft is no longer open or the text cannot be kept. What does not check is kept as well: it is a draft.
    """
    draft = _open(draft_id)
    newest = newest_of(draft)
    if newest.text == text:
        return newest
    if newest.number != shown:
        raise Overtaken(newest)
    return _keep(draft, text, author, reason)


@transaction.atomic
def restore(*, draft_id: int, number: int, shown: int, author: Author) -> Revision:
    """Bring an earlier state back as the newest; those between stay. Raises DraftError for one that never was."""
    earlier = Revision.objects.filter(draft_id=draft_id, number=number).first()
    if earlier is None:
        raise DraftError("R022", f"this draft has no revision {number}", "Choose one of the list.")
    return save(draft_id=draft_id, text=earlier.text, shown=shown, author=author, reason=f"as in revision {number}")


@transaction.atomic
def drop(*, draft_id: int) -> Draft:
    """Put a draft aside. Its states stay readable; ``take_up`` opens it again."""
    return _turn(_open(draft_id), Draft.State.DROPPED)


@transaction.atomic
def take_up(*, draft_id: int) -> Draft:
    """Open a draft again that was put aside; raise DraftError for one that was not."""
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if draft.state != Draft.State.DROPPED:
        raise DraftError("R023", "this draft was not put aside", "Load the page again.")
    return _turn(draft, Draft.State.OPEN)


def _turn(draft: Draft, state: str) -> Draft:
    draft.state = state
    draft.save(update_fields=["state"])
    return draft


def _open(draft_id: int) -> Draft:
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if draft.state != Draft.State.OPEN:
        hint = (
            "Take the proposal back to go on writing." if draft.state == Draft.State.SUBMITTED else "Begin a new one."
        )
        raise DraftError("R023", "this draft is not open for writing", hint)
    return draft


def newest_of(draft: Draft) -> Revision:
    return Revision.objects.get(draft=draft, number=draft.revision)


def _keep(draft: Draft, text: str, author: Author, reason: str) -> Revision:
    _refuse(text)
    draft.revision += 1
    draft.save(update_fields=["revision"])
    return Revision.objects.create(
        draft=draft,
        number=draft.revision,
        path=path_of(draft, text),
        text=text,
        sha256=digest_of(text),
        reason=reason.strip()[:300],
        editor_id=author.id,
        editor_name=author.name,
    )


def _refuse(text: str) -> None:
    if len(text) > MOST:
        raise DraftError("R024", f"the text has {len(text):,} letters", f"A file has {MOST:,} at most. Divide it.")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DraftError("R025", f"line {line} holds a character that no text has (NUL)", "Take it away.")


def _head(text: str) -> Header:
    _refuse(text)
    head = headers.read("", text)
    if isinstance(head, Problem):
        raise DraftError(head.code, head.message, head.hint)
    return head


def path_of(draft: Draft, text: str) -> str:
    """Return where the text will stand: beside its earlier version, under its own number where the kind is numbered."""
    head = headers.read("", text)
    version = head.version if isinstance(head, Header) else "0.0.0"
    if draft.base and draft.kind not in ("score", "questionnaire", "protocol"):
        return draft.base.path
    if draft.base:
        return str(PurePosixPath(draft.base.path).with_name(f"{version}.yaml"))
    return FOLDERS[draft.kind].format(name=draft.name, version=version)


def next_number(kind: str, name: str) -> str:
    """Return the first free number after every version and draft of a file: 1.2.0 after 1.1.3."""
    versions = Version.objects.filter(source_file__kind=kind, source_file__name=name)
    numbers = [headers.order(one) for one in versions.values_list("version", flat=True)]
    major, minor, *_ = max(numbers, default=(0, 9, 0))
    return f"{major}.{minor + 1}.0" if numbers else "1.0.0"


def with_number(text: str, number: str) -> str:
    """Return the text with another number in its head; nothing else is touched."""
    return re.sub(
        r"^(version:[ \t]*['\"]?)\d+\.\d+\.\d+", lambda head: f"{head[1]}{number}", text, count=1, flags=re.MULTILINE
    )
