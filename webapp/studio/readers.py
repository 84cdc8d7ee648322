"""A text as those read it who read no YAML: everything it says in words, with what is known about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from engine.compiler import Program
from engine.language.documents import Document, Protocol, Rule, Score
from rules import reading
from rules import services as shelf_services
from rules.models import Release, Retraction, Submission, Version
from webapp.accounts.models import User
from webapp.plans.presenting import EVIDENCE
from webapp.plans.terms import Terms
from webapp.studio import selectors
from webapp.studio.reader_graph import Picture, picture_of
from webapp.studio.reader_words import InWords, ParameterWords, TableWords, TestWords
from webapp.studio.sentences import Sentence, sentences_of

# What a rule does first says where one looks for it; red flags stand before all.
SECTIONS = {
    "hypothesis": "thought", "conclude": "thought", "test": "looked", "ask": "looked", "prescribe": "given",
    "supplement": "given", "diet": "given", "refer": "sent", "alert": "sent", "advice": "told", "step": "told",
    "follow_up": "told", "monitor": "told",
}  # fmt: skip
ORDER = ("flags", "thought", "looked", "given", "sent", "told")


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rules: Sequence[tuple[Sentence, str]]  # each with its strength of evidence in words


@dataclass(frozen=True, slots=True)
class Defined:
    title: str
    line: int
    means: str


@dataclass(frozen=True, slots=True)
class Change:
    """One version of the file; ``reason`` is empty where nobody gave one, as with files of a folder."""

    version: Version
    by: str
    at: datetime
    reason: str
    taken_back: str = ""


@dataclass(frozen=True)
class Reader:
    """A text in words. ``read`` is False for one that was never in force: then only its head and its past are told."""

    base: selectors.Reading
    release: Release | None
    document: Document | None
    in_force_from: date | None
    sections: Sequence[Section]
    applies: str
    tables: Sequence[TableWords]
    definitions: Sequence[Defined]
    parameters: Sequence[ParameterWords]
    tests: Sequence[TestWords]
    changes: Sequence[Change]
    picture: Picture | None

    @property
    def read(self) -> bool:
        return self.document is not None


def reader_of(user: User, version_id: int, language: str, today: date) -> Reader:
    """Return a version in words; raise Version.DoesNotExist for a user who may not read it."""
    base = selectors.reading_of(user, version_id, language, today)
    release = base.version.releases.order_by("-current_since").first()
    document = selectors.document_of(shelf_services.library(release.digest), base.version.path) if release else None
    program = program_with(document, shelf_services.program(release.digest)) if document and release else None
    protocol = document if isinstance(document, Protocol) and program else None
    words = InWords(program, language, document) if program and document else None
    results = {one["name"]: one["passed"] for one in base.version.report.get("tests", ())}
    return Reader(
        base=base,
        release=release,
        document=document,
        in_force_from=document.effective_from if document else None,
        sections=_sections(protocol, program, language) if protocol and program else (),
        applies=words.wording.of(protocol.applies) if words and protocol and protocol.applies else "",
        tables=words.tables(protocol) if words and protocol else (),
        definitions=_definitions(protocol, words) if words and protocol else (),
        parameters=words.parameters(protocol) if words and protocol else (),
        tests=words.tests(document.examples, results) if words and isinstance(document, (Protocol, Score)) else (),
        changes=changes_of(base.versions),
        picture=picture_of(protocol, Terms(program.edition, language)) if protocol and program else None,
    )


def program_with(document: Document, program: Program) -> Program:
    """Return the program that reads this very text: an older one that is still kept has definitions of its own."""
    known = program.edition.protocols.get(document.name)
    if not isinstance(document, Protocol) or known is document or (known and known.sha256 == document.sha256):
        return program
    protocols = {**program.edition.protocols, document.name: document}
    digest = reading.digest_of(f"{program.edition.digest} {document.sha256}")
    return reading.compiled(replace(program.edition, protocols=protocols, digest=digest))


def _sections(protocol: Protocol, program: Program, language: str) -> list[Section]:
    titles = {
        "flags": _("Red flags"),
        "thought": _("What it may be"),
        "looked": _("What is looked into"),
        "given": _("What is given"),
        "sent": _("Referrals and warnings"),
        "told": _("Advice and follow-up"),
    }
    found: dict[str, list[tuple[Sentence, str]]] = {}
    for rule, sentence in zip(protocol.rules.values(), sentences_of(protocol, program, language), strict=True):
        said = EVIDENCE.get(rule.evidence)
        named = replace(sentence, rule=sentence.rule.replace("_", " "))
        found.setdefault(_section(rule), []).append((named, str(said[1]) if said else ""))
    return [Section(titles[name], found[name]) for name in ORDER if name in found]


def _section(rule: Rule) -> str:
    return "flags" if rule.red_flag else SECTIONS[rule.actions[0].kind]


def _definitions(protocol: Protocol, words: InWords) -> list[Defined]:
    """Return the definitions but for those that are tables: they are told as such."""
    return [
        Defined(words.terms.say(one.title) or name.replace("_", " "), one.place.line, words.wording.of(one.expression))
        for name, one in protocol.definitions.items()
        if name not in protocol.tables
    ]


def changes_of(versions: Sequence[Version]) -> list[Change]:
    """Return the past of a file, newest first: who brought in what, when, and why where it was said."""
    said = {(one.revision.path, one.revision.sha256): one for one in _proposals(versions)}
    back: Mapping[int, Any] = dict(Retraction.objects.filter(version__in=versions).values_list("version_id", "reason"))
    return [_change(one, said.get((one.path, one.sha256)), back.get(one.pk, "")) for one in versions]


def _proposals(versions: Iterable[Version]) -> Iterable[Submission]:
    held = Submission.objects.filter(in_force_at__isnull=False, revision__sha256__in=[one.sha256 for one in versions])
    return held.select_related("revision").defer("revision__text")


def _change(version: Version, proposal: Submission | None, taken_back: str) -> Change:
    day = version.published_at or version.created_at
    return Change(version, version.author_name, day, proposal.reason if proposal else "", taken_back)
