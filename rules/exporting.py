"""The shelf and a folder: what is in force written out byte for byte, and where the two differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rules import headers, selectors
from rules.headers import Header


@dataclass(frozen=True, slots=True)
class Difference:
    """One path of which shelf and folder do not hold the same; a version is empty where the side holds none."""

    path: str
    shelf: str
    folder: str

    def __str__(self) -> str:
        if not self.folder:
            return f"{self.path}: only on the shelf ({self.shelf})"
        if not self.shelf:
            return f"{self.path}: only in the folder ({self.folder})"
        same = "another text under the same number" if self.shelf == self.folder else "another version"
        return f"{self.path}: {same} (shelf {self.shelf}, folder {self.folder})"


def compare(folder: Path) -> list[Difference]:
    """Return where a folder and what is in force differ, by path; drafts of the folder are not compared."""
    texts, files = _in_force(), _files(folder)
    paths = sorted(path for path in {*texts, *files} if texts.get(path) != files.get(path))
    return [Difference(path, _version(path, texts), _version(path, files)) for path in paths]


def export(folder: Path) -> tuple[list[str], list[str]]:
    """Write what is in force into a folder; return the paths written, and those left as they are.

    A file of the folder that the shelf does not hold stays: it may be a draft, or work of somebody's.
    """
    texts = _in_force()
    written = [path for path, text in sorted(texts.items()) if _write(folder / path, text)]
    return written, sorted(set(_files(folder)) - set(texts))


def _in_force() -> Mapping[str, str]:
    return selectors.texts(selectors.release_of())


def _files(folder: Path) -> dict[str, str]:
    """Return the texts of a folder that are not drafts; what is no UTF-8 counts as different, never as equal."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for path in folder.rglob("*.yaml")
        if path.is_file()
    }
    return {path: text for path, text in found.items() if not _is_draft(path, text)}


def _is_draft(path: str, text: str) -> bool:
    head = headers.read(path, text)
    return isinstance(head, Header) and head.draft


def _version(path: str, texts: Mapping[str, str]) -> str:
    if path not in texts:
        return ""
    head = headers.read(path, texts[path])
    return head.version if isinstance(head, Header) else "?"


def _write(target: Path, text: str) -> bool:
    """Write a file unless it holds the same bytes; return whether it was written."""
    content = text.encode()
    if target.is_file() and target.read_bytes() == content:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return True
