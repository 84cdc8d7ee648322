"""The words that would tell a stranger of a person's health: all that vocabulary and formulary are made of."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols_yaml"
# Words of those files that say nothing of health, the product's own name among them; whoever adds one answers for it.
EVERYDAY = frozenset(
    re.findall(
        r"\w+",
        """
    about algo alternative avisenos been cambiado changed date days durante empezar entrar entre esta este from have
    horas hours minutes minutos nuevo once open otra para pauta person plan plans read responde several sobre sola
    something takes tell text them there this tiene type unos usted what works your
    """,
    )
)


def folded(text: str) -> set[str]:
    """Return the words of four letters or more, without accents or capitals."""
    plain = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return {word for word in re.split(r"[^a-z]+", bare) if len(word) > 3}


def _said(node: Any, inside: bool = False) -> Iterator[str]:
    """Yield every name and title of a file: keys of its tables, and what stands under title, names or question."""
    if isinstance(node, dict):
        for key, value in node.items():
            if inside or key in {"facts", "codes", "conditions", "medicines", "classes", "lists"}:
                yield str(key)
            yield from _said(value, inside or key in {"facts", "codes", "conditions", "medicines", "classes", "lists"})
    elif isinstance(node, list):
        for value in node:
            yield from _said(value, inside)
    elif inside and isinstance(node, str):
        yield node


@cache
def health_words() -> frozenset[str]:
    """Return them all, both languages."""
    files = [path for kind in ("vocabulary", "formulary") for path in (PROTOCOLS / kind).glob("*.yaml")]
    texts = (text for path in files for text in _said(yaml.safe_load(path.read_text())))
    return frozenset().union(*(folded(text) for text in texts)) - EVERYDAY


def told_in(text: str) -> set[str]:
    """Return the health words of a text."""
    return folded(text) & health_words()
