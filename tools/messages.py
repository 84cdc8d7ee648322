"""Keeps the Spanish catalogues: compiles them, lists what no catalogue says yet, adds the missing lines to fill in.

`make messages` compiles and tells what is missing; `python -m tools.messages update APP...` writes empty lines for it.
"""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django.conf
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
    "_": None,
}
# Header lines that only say who ran the tool, and when.
NOT_KEPT = ('"Report-Msgid', '"POT-', '"PO-Revision', '"Last-Tr', '"Language-Team', '"Generated', '"Project-Id')
Key = tuple[str, str | None]


def apps() -> list[Path]:
    """Return the folders that speak to people: the web's apps and the shelf."""
    return [ROOT / "rules", *sorted(path.parent for path in (ROOT / "webapp").glob("*/apps.py"))]


def catalogue_path(app: Path) -> Path:
    return app / "locale/es/LC_MESSAGES/django.po"


def _from_source(method: str, text: str) -> Iterator[tuple[int, object, object]]:
    for line, messages, _comments, context in extract(method, io.BytesIO(text.encode()), KEYWORDS):
        yield line, messages, context


def _texts(app: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(app.rglob("*.py")):
        yield path, path.read_text()
    for pattern in ("*.html", "*.txt"):
        for path in sorted((app / "templates").rglob(pattern)):
            yield path, templatize(path.read_text(), origin=str(path))


def wanted(app: Path) -> Catalog:
    """Return every message of an app's code and templates, each with the places that say it."""
    catalog = Catalog(locale="es", project="Pauta", charset="utf-8", fuzzy=False)
    for path, text in _texts(app):
        place = str(path.relative_to(ROOT))
        for line, messages, context in _from_source("python", text):
            catalog.add(messages, locations=[(place, line)], context=context)
    return catalog


def known(app: Path) -> Catalog:
    """Return the app's Spanish catalogue; an empty one if it has none."""
    path = catalogue_path(app)
    if not path.exists():
        return Catalog(locale="es", project="Pauta", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="es", charset="utf-8")


def _said(catalog: Catalog) -> dict[Key, bool]:
    return {
        (message.id[0] if isinstance(message.id, tuple) else message.id, message.context): bool(message.string)
        and all(message.string if isinstance(message.string, tuple) else [message.string])
        and not message.fuzzy
        for message in catalog
        if message.id
    }


def missing(app: Path) -> list[str]:
    """Return the places and words of an app that its own Spanish catalogue does not say."""
    said = _said(known(app))
    found = []
    for message in wanted(app):
        text = message.id[0] if isinstance(message.id, tuple) else message.id
        if text and not said.get((text, message.context)):
            place, line = message.locations[0]
            found.append(f"{place}:{line}: {text}")
    return found


def compile_all() -> None:
    """Write each catalogue's .mo, which Django reads, where the .po is newer."""
    for app in apps():
        source, target = catalogue_path(app), catalogue_path(app).with_suffix(".mo")
        if source.exists() and not (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            fresh = target.with_suffix(f".{os.getpid()}")  # another run may compile it at the same moment
            with fresh.open("wb") as file:
                write_mo(file, known(app))
            fresh.replace(target)


def update(app: Path) -> None:
    """Add the missing messages to an app's catalogue, empty, and take out what nothing says any more."""
    catalog = known(app)
    catalog.update(wanted(app), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = "# Pauta in Spanish; the messages themselves are English."
    text = io.BytesIO()
    write_po(text, catalog, width=120, include_lineno=False, sort_by_file=True)
    catalogue_path(app).parent.mkdir(parents=True, exist_ok=True)
    kept = [line for line in text.getvalue().decode().splitlines() if not line.startswith(NOT_KEPT)]
    catalogue_path(app).write_text("\n".join(kept) + "\n")


def main() -> None:
    django.conf.settings.configure()  # the template lexer asks for settings, none of ours matters here
    if sys.argv[1:2] == ["update"]:
        for app in apps():
            if app.name in sys.argv[2:]:
                update(app)
    compile_all()
    absent = [line for app in apps() for line in missing(app)]
    print("\n".join(absent) if absent else "Every message is said in Spanish too.")
    sys.exit(1 if absent else 0)


if __name__ == "__main__":
    main()
