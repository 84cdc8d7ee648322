"""What is wrong with a text while it is being written: judged against the set in force, a file read anew at a time."""

from dataclasses import dataclass, field
from threading import Lock

from engine.compiler import Program, compile_edition
from engine.errors import LibraryError, Problem
from engine.language.forms_base import Form
from engine.language.library import edition, problems_beside, read_version
from engine.language.once import Made
from rules import selectors
from rules.drafting import path_of
from rules.models import Draft, Release
from rules.reading import digest_of


@dataclass
class _Base:
    """The set in force as it was read, once a process and release."""

    texts: dict[str, str] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    made: Made = field(default_factory=Made)


_held: dict[str, _Base] = {}
_programs: dict[tuple[str, str, str], Program] = {}  # of texts being written: by release, path and text
PROGRAMS = 3  # kept at most
_one_at_a_time = Lock()  # two who open the editor at once wait for one reading


def judged(draft: Draft, text: str) -> tuple[str, tuple[Problem, ...]]:
    """Return where a draft with this text will stand, and every problem of the set in force with it in its place."""
    base, path = _base(selectors.current_release()), path_of(draft, text)
    known = {file: form for file, form in base.forms.items() if file != path}
    return path, problems_beside({**base.texts, path: text}, known, base.made)


def program_with(draft: Draft, text: str) -> Program:
    """Return the program of the set in force with this text in the draft's place.

    Raises LibraryError with what is wrong with the set, its tests aside.
    """
    release, path = selectors.current_release(), path_of(draft, text)
    key = (release.digest if release else "", path, digest_of(text))
    program = _programs.get(key)
    if program is None:
        base = _base(release)
        known = {file: form for file, form in base.forms.items() if file != path}
        library = read_version({**base.texts, path: text}, known, Made(dict(base.made.known)))
        program = compile_edition(edition(library))
        for old in list(_programs)[: max(0, len(_programs) - PROGRAMS + 1)]:
            _programs.pop(old, None)
        _programs[key] = program
    return program


def _base(release: Release | None) -> _Base:
    if release is None:
        return _Base()
    with _one_at_a_time:
        if release.digest not in _held:
            read = _read(release)
            _held.clear()  # one is some hundred thousand objects
            _held[release.digest] = read
        return _held[release.digest]


def _read(release: Release) -> _Base:
    base = _Base(dict(selectors.texts(release)))
    try:
        read_version(base.texts, base.forms, base.made)
    except LibraryError:  # what is wrong with the set itself is told with every text
        base.forms, base.made = {}, Made()
    return base
