"""The protocol files as they are shipped, read once for all tests of their content."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from engine.language.documents import Library
from engine.language.library import read_library

ROOT = Path(__file__).parents[3] / "protocols_yaml"
SAMPLES = Path(__file__).parents[1] / "samples"
LANGUAGES = {"es", "en"}


@cache
def files() -> Mapping[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sorted(ROOT.rglob("*.yaml"))}


@cache
def library() -> Library:
    return read_library(files())


@cache
def sample(name: str):
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def plain(folder: str) -> Iterator[tuple[str, dict]]:
    """Yield every file of a folder as plain keys and texts, with its path."""
    for path, text in files().items():
        if path.startswith(folder):
            yield path, yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  (BaseLoader makes text only)


def texts(node: object, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every block that holds a language, with the way to it."""
    if isinstance(node, dict):
        if LANGUAGES & set(node):
            yield path, node
        else:
            for key, value in node.items():
                yield from texts(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from texts(value, f"{path}/{index}")
