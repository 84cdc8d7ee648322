"""The library: every file read, checked against the others, and the edition of one day picked out of it."""

import gc
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from engine.errors import LibraryError, Place, Problem
from engine.facts import Vocabulary
from engine.formulary import Formulary
from engine.language import aside, references
from engine.language.checker import Checker
from engine.language.documents import (
    Document,
    Edition,
    Invariant,
    Library,
    Protocol,
    Questionnaire,
    Score,
)
from engine.language.forms import InvariantsForm, ProtocolForm, QuestionnaireForm, ScoreForm
from engine.language.forms_base import Form
from engine.language.forms_data import FormularyForm, VocabularyForm
from engine.language.forms_lexicon import LexiconForm
from engine.language.formularies import formulary_of
from engine.language.invariants import invariants_of, resolved_invariant
from engine.language.lexicons import lexicon_of
from engine.language.names import World
from engine.language.once import Made
from engine.language.protocols import protocol_of, score_of
from engine.language.questionnaires import questionnaire_of
from engine.language.reader import ReadError, read
from engine.language.validation import Problems, form_of
from engine.language.vocabularies import vocabulary_of

D = TypeVar("D", bound=Document)
_NAMED = ("questionnaire", "protocol", "score")  # a questionnaire may name its score: it comes first
_DATA = ("vocabulary/", "formulary/")
_NEED_DATA = ("P105", "P301", "P302", "P501", "P504", "P601", "P702")


def read_library(files: Mapping[str, str]) -> Library:
    """Return the library of a set of files (path -> text); raise LibraryError with every problem of all of them.

    Paths are relative: ``protocols/reflux/1.2.0.yaml``. Nothing is read from disk.
    """
    library, problems = check_library(files)
    if library is None:
        raise LibraryError(problems)
    return library


def check_library(files: Mapping[str, str]) -> tuple[Library | None, tuple[Problem, ...]]:
    """Return the library, or None if anything is wrong, and every problem found, sorted by place."""
    problems = Problems()
    library = _run(files, problems, _whole)
    found = tuple(sorted(set(problems.found)))
    return (None if found else library), found


def problems_of(files: Mapping[str, str]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return every problem, as ``check_library`` does, and the notes of a library without any; both sorted.

    It makes no library, so that parts of it can be looked at by a second process.
    """
    problems = Problems()
    _run(files, problems, _divided)
    found = tuple(sorted(set(problems.found)))
    return found, () if found else tuple(sorted(set(problems.notes)))


def read_versions(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Library, Library]:
    """Return two versions of a library; raise LibraryError as ``read_library`` does.

    A file that both hold is read once. Names and codes in tests are not looked into: nobody runs them here.
    """
    forms: dict[str, Form] = {}
    made = Made()
    first = read_version(before, forms, made)
    if before == after:
        return first, first
    same = {file: form for file, form in forms.items() if before[file] == after.get(file)}
    return first, read_version(after, same, made)


def read_version(files: Mapping[str, str], known: dict[str, Form], made: Made | None = None) -> Library:
    """Return a library without a look at its tests; forms of files are taken from ``known`` and kept there."""
    problems, own = Problems(), made or Made()
    library = _run(files, problems, lambda read, found: _untested(read, found, own), known, own)
    if library is None or problems.found:
        raise LibraryError(tuple(sorted(set(problems.found))))
    return library


def problems_beside(files: Mapping[str, str], known: Mapping[str, Form], made: Made) -> tuple[Problem, ...]:
    """Return every problem of a set of which most was read before: ``known`` and ``made`` are not added to."""
    problems, own = Problems(), Made(dict(made.known))
    _run(files, problems, lambda read, found: _whole(read, found, own), dict(known), own)
    return tuple(sorted(set(problems.found)))


def _run(
    files: Mapping[str, str],
    problems: Problems,
    last: Callable[["_Read", Problems], Library | None],
    known: dict[str, Form] | None = None,
    made: Made | None = None,
) -> Library | None:
    try:
        with _collector_paused():
            return last(_read_all(files, problems, {} if known is None else known, made or Made()), problems)
    except RecursionError:
        hint = "Name parts of the longest expressions under define."
        problems.add(Place(next(iter(sorted(files)), "")), "P121", "definitions are nested too deeply", hint)
        return None


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Let the garbage collector rest: a check only builds trees, and looking through them again takes a third of it."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@dataclass
class _Drafts:
    """Documents as written: names not resolved yet, all versions."""

    protocols: list[Protocol] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    questionnaires: list[Questionnaire] = field(default_factory=list)
    invariants: list[Invariant] = field(default_factory=list)


@dataclass
class _Read:
    """All files as they were read, before any name is resolved. ``world`` is None if no name could be."""

    lexicons: Sequence[LexiconForm]
    vocabulary: Vocabulary
    formulary: Formulary
    drafts: _Drafts
    hashes: Mapping[str, str]
    world: World | None = None

    @property
    def library(self) -> Library:
        """Return the library as written."""
        drafts = (tuple(self.drafts.protocols), tuple(self.drafts.scores), tuple(self.drafts.questionnaires))
        return Library(self.vocabulary, self.formulary, *drafts, files=self.hashes)


def _read_all(files: Mapping[str, str], problems: Problems, forms: dict[str, Form], made: Made) -> _Read:
    """Return what was read; ``forms`` are those of files that were read before, and take up the others."""
    new = {file: _form(file, files[file], problems) for file in sorted(files) if file not in forms}
    forms |= {file: form for file, form in new.items() if form is not None}
    forms = dict(sorted(forms.items()))
    hashes = {file: hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for file, text in files.items()}
    broken = [file for file in sorted(files) if file not in forms]
    vocabulary, shared = made.once(vocabulary_of, (_of(VocabularyForm, forms),), problems)
    if not vocabulary.facts and not broken:
        place = Place(next(iter(sorted(files)), "vocabulary"), 1, 1)
        problems.add(place, "P020", "no vocabulary was read", "Name the folder that holds vocabulary/.")
    formulary = made.once(formulary_of, (_of(FormularyForm, forms),), problems)
    drafts = _Drafts()
    read = _Read(_of(LexiconForm, forms), vocabulary, formulary, drafts, hashes)
    for file, form in forms.items():
        _check_path(file, form, problems)
        if isinstance(form, ProtocolForm):
            drafts.protocols.append(_signed(made.once(protocol_of, (form, formulary), problems), file, hashes))
        elif isinstance(form, ScoreForm):
            drafts.scores.append(_signed(made.once(score_of, (form, vocabulary), problems), file, hashes))
        elif isinstance(form, QuestionnaireForm):
            drafts.questionnaires.append(
                _signed(made.once(questionnaire_of, (form, vocabulary), problems), file, hashes)
            )
        elif isinstance(form, InvariantsForm):
            drafts.invariants += invariants_of(form, problems)
    for documents in (drafts.protocols, drafts.scores, drafts.questionnaires):
        _refuse_twins(documents, problems)
    if not any(file.startswith(_DATA) for file in broken):
        unread = frozenset(file.split("/")[-2] for file in broken if "/" in file)
        read.world = World(vocabulary, formulary, shared, _current(drafts.protocols), _current(drafts.scores), unread)
    return read


def _whole(read: _Read, problems: Problems, made: Made | None = None) -> Library | None:
    """Return the library of what was read, with every problem noted."""
    if read.world is not None:
        references.check_examples(read.library, read.world.unread, problems)
    return _untested(read, problems, made)


def _untested(read: _Read, problems: Problems, made: Made | None = None) -> Library | None:
    """Return the library of what was read, with every problem noted but those of its tests."""
    made = made or Made()
    lexicon = made.once(lexicon_of, (read.lexicons, read.vocabulary, read.formulary), problems)
    if read.world is None:  # every name would look unknown: the data come first
        problems.found = [found for found in problems.found if found.code not in _NEED_DATA]
        return None
    return replace(_resolved(read.world, read.drafts, read.hashes, problems), lexicon=lexicon)


def _divided(read: _Read, problems: Problems) -> None:
    """Note the same problems, those of the lexicon and of the tests by a second process."""
    world = read.world
    if world is None:
        _whole(read, problems)
        return

    def beside(found: Problems) -> None:
        lexicon_of(read.lexicons, read.vocabulary, read.formulary, found)
        references.check_examples(read.library, world.unread, found)

    join = aside.begin(beside, problems)
    try:
        _resolved(world, read.drafts, read.hashes, problems)
    finally:
        join()


def _form(file: str, text: str, problems: Problems) -> Form | None:
    try:
        block = read(file, text)
    except ReadError as error:
        problems.found.append(error.problem)
        return None
    return form_of(block, file, problems)


F = TypeVar("F", bound=Form)


def _of(kind: type[F], forms: Mapping[str, Form]) -> list[F]:
    return [form for form in forms.values() if isinstance(form, kind)]


def _signed(document: D, file: str, hashes: Mapping[str, str]) -> D:
    return replace(document, sha256=hashes[file])


def _check_path(file: str, form: Form, problems: Problems) -> None:
    """Note a file that is not named as it names itself: folder/name/version.yaml."""
    kind = next((kind for kind in _NAMED if hasattr(form, kind)), None)
    parts = file.removesuffix(".yaml").removesuffix(".yml").split("/")
    if kind is None or len(parts) < 3:
        return
    said = (getattr(form, kind), str(form.version))
    if said != (parts[-2], parts[-1]):
        message = f"the file is {'/'.join(parts[-2:])}, but says {said[0]} {said[1]}"
        problems.add(form.at("version"), "P015", message, f"Name it {said[0]}/{said[1]}.yaml, or correct the text.")


def _refuse_twins(documents: Iterable[Document], problems: Problems) -> None:
    seen: dict[tuple[str, str], Place] = {}
    for document in documents:
        key = (document.name, document.version)
        if key in seen:
            message = f"{document.name} {document.version} stands in {seen[key].file} too"
            problems.add(document.place, "P016", message, "A published version never changes: give it a new number.")
        seen[key] = document.place


def version_key(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _current(documents: Iterable[D]) -> dict[str, D]:
    """Return one version of each document: the highest published, or the highest draft if none is."""
    chosen: dict[str, D] = {}
    for document in documents:
        best = chosen.get(document.name)
        if best is None or _rank(document) > _rank(best):
            chosen[document.name] = document
    return chosen


def _rank(document: Document) -> tuple[bool, tuple[int, ...]]:
    return document.status == "published", version_key(document.version)


# --- resolving: every version against the current versions of the others


def _resolved(world: World, drafts: _Drafts, hashes: Mapping[str, str], problems: Problems) -> Library:
    checker = Checker(world, problems)
    for name, definition in world.shared.items():
        checker.definition(name, definition.place)
    questionnaires = {document.name for document in drafts.questionnaires}
    references.check_formulary(world, problems)
    library = Library(
        vocabulary=world.vocabulary,
        formulary=checker.formulary(world.formulary),
        protocols=tuple(_protocol(checker, document, questionnaires, problems) for document in drafts.protocols),
        scores=tuple(_score(checker, document, problems) for document in drafts.scores),
        questionnaires=tuple(_questionnaire(checker, document, problems) for document in drafts.questionnaires),
        files=dict(sorted(hashes.items())),
        invariants=tuple(resolved_invariant(each, checker, problems) for each in drafts.invariants),
    )
    return replace(library, notes=tuple(sorted(set(problems.notes))))


def _protocol(checker: Checker, document: Protocol, questionnaires: set[str], problems: Problems) -> Protocol:
    world = checker.world
    if world.protocols.get(document.name) is not document:
        world = replace(world, protocols={**world.protocols, document.name: document})
        checker = Checker(world, problems)
    references.check_protocol(document, world, questionnaires, problems)
    return checker.protocol(document)


def _score(checker: Checker, document: Score, problems: Problems) -> Score:
    world = checker.world
    if world.scores.get(document.name) is not document:
        checker = Checker(replace(world, scores={**world.scores, document.name: document}), problems)
    references.check_score(document, problems)
    return checker.score(document)


def _questionnaire(checker: Checker, document: Questionnaire, problems: Problems) -> Questionnaire:
    references.check_questionnaire(document, checker.world, problems)
    return checker.questionnaire(document)


# --- the edition of a day


def edition(library: Library, as_of: date | None = None, *, include_drafts: bool = False) -> Edition:
    """Return one version of everything: in force on ``as_of``, or without a day the highest.

    Drafts are left out unless asked for. Raises LibraryError if a version of that day names something that
    was not in force then.
    """
    protocols = _in_force(library.protocols, as_of, include_drafts)
    scores = _in_force(library.scores, as_of, include_drafts)
    questionnaires = _in_force(library.questionnaires, as_of, include_drafts)
    chosen: list[Document] = [*protocols.values(), *scores.values(), *questionnaires.values()]
    problems = references.dangling(protocols, scores)
    if problems:
        raise LibraryError(problems)
    return Edition(
        vocabulary=library.vocabulary,
        formulary=library.formulary,
        protocols=protocols,
        scores=scores,
        questionnaires=questionnaires,
        versions=_versions(protocols, scores, questionnaires),
        digest=_digest(library, chosen),
        lexicon=library.lexicon,
        invariants=library.invariants,
    )


def _in_force(documents: Iterable[D], as_of: date | None, include_drafts: bool) -> dict[str, D]:
    chosen: dict[str, D] = {}
    for document in documents:
        if document.status == "draft" and not include_drafts:
            continue
        if as_of is not None and not _covers(document, as_of):
            continue
        best = chosen.get(document.name)
        if best is None or version_key(document.version) > version_key(best.version):
            chosen[document.name] = document
    return dict(sorted(chosen.items()))


def _covers(document: Document, day: date) -> bool:
    begins, ends = document.effective_from, document.effective_until
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def _versions(*groups: Mapping[str, Document]) -> dict[str, str]:
    kinds = ("protocol", "score", "questionnaire")
    named = zip(kinds, groups, strict=True)
    return {f"{kind}:{name}": found.version for kind, group in named for name, found in group.items()}


def _digest(library: Library, chosen: Iterable[Document]) -> str:
    """Return the digest over the texts of the chosen files and of vocabulary and formulary."""
    versioned = {d.place.file for d in (*library.protocols, *library.scores, *library.questionnaires)}
    taken = {document.place.file for document in chosen}
    lines = [f"{file} {sha}" for file, sha in sorted(library.files.items()) if file not in versioned - taken]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
