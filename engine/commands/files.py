"""The authored files on disk, and what a command prints. The only part of the engine that reads folders."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import PautaError, Place, Problem

DEFAULT = "protocols_yaml"
CLEAN, FINDINGS, USAGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Files:
    """The texts of a library by relative path, where it stands, and which of its files were asked for."""

    root: Path
    texts: dict[str, str]
    chosen: frozenset[str]

    def shown(self, place: Place) -> Place:
        """Return a place as the person who typed the command would open it."""
        return Place(str(self.root / place.file), place.line, place.column)


def add_paths(parser: ArgumentParser) -> None:
    """Let a command take the paths of the library."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help=f"files or folders (default: {DEFAULT})")


def load(paths: Iterable[str]) -> Files:
    """Return the library that holds the paths; raise PautaError if there is none.

    A single file is read together with the library it stands in, found by its `vocabulary` folder.
    """
    given = [Path(path) for path in paths] or [Path(DEFAULT)]
    for path in given:
        if not path.exists():
            raise PautaError("P020", f"{path} does not exist", f"Name the folder of the library, such as {DEFAULT}.")
    root = _root(given[0])
    names = sorted(_yaml_files(root))
    chosen = frozenset(names) if root in given else _chosen(root, names, given)
    if not chosen:
        raise PautaError("P020", f"no YAML files in {', '.join(map(str, given))}", "Protocol files end in .yaml.")
    return Files(root, {name: _text(root / name) for name in names}, chosen)


def _root(path: Path) -> Path:
    folder = path if path.is_dir() else path.parent
    for candidate in (folder, *folder.resolve().parents):
        if (candidate / "vocabulary").is_dir():
            return candidate
    return folder


def _yaml_files(root: Path) -> Iterable[str]:
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.suffix in (".yaml", ".yml") and path.is_file() and not hidden:
            yield relative.as_posix()


def _chosen(root: Path, names: Iterable[str], given: Iterable[Path]) -> frozenset[str]:
    asked = frozenset(path.resolve() for path in given)
    files = {name: (root / name).resolve() for name in names}
    return frozenset(name for name, file in files.items() if not asked.isdisjoint((file, *file.parents)))


def _text(path: Path) -> str:
    """Return a file's text; bytes that are no UTF-8 become signs the reader refuses at their place."""
    return path.read_bytes().decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def say(text: str = "") -> None:
    """Print one line for a person."""
    sys.stdout.write(f"{text}\n")


def say_json(value: object) -> None:
    """Print one JSON value on a line of its own."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def problem_json(problem: Problem) -> dict[str, object]:
    """Return a problem as JSON: file, line, column, code, message, hint."""
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }
