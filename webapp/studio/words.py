"""What the editor completes and explains: keys of the schema, and the words of the set in force with their meaning."""

from collections.abc import Mapping
from typing import Any

from engine.facts import FactSpec, Text
from engine.formulary import Medicine
from engine.language.documents import PREFIX, Edition
from engine.language.schema import json_schema
from engine.units import written
from rules import services as shelf_services
from webapp.plans.terms import words

Told = dict[str, Any]


def words_of(digest: str, language: str) -> Told:
    """Return all words of a release for a reader; raise ShelfError where it cannot be read."""
    edition = shelf_services.edition(digest)
    return {
        "schema": json_schema(),
        "actions": PREFIX,
        "facts": {name: _fact(one, language) for name, one in edition.vocabulary.facts.items()},
        "codes": {name: {"title": words(one.title, language)} for name, one in edition.vocabulary.codes.items()},
        "medicines": {name: _medicine(one, language) for name, one in edition.formulary.medicines.items()},
        "classes": {name: {"title": words(one.title, language)} for name, one in edition.formulary.classes.items()},
        "regimens": {name: {"title": words(one.title, language)} for name, one in edition.formulary.regimens.items()},
        **_documents(edition, language),
    }


def _documents(edition: Edition, language: str) -> Told:
    asked = edition.questionnaires
    return {
        "scores": {
            name: {"title": words(one.title, language), "bands": list(one.bands)}
            for name, one in edition.scores.items()
        },
        "questionnaires": {name: {"title": words(one.title, language)} for name, one in asked.items()},
    }


def _fact(spec: FactSpec, language: str) -> Told:
    told = {
        "title": words(spec.title, language),
        "type": spec.type,
        "unit": spec.unit or "",
        "units": list(spec.units),
        "range": [written(end) for end in spec.range] if spec.range else [],
        "question": _both(spec.question),
        "choices": {code: words(title, language) for code, title in spec.choices.items()},
    }
    return {key: value for key, value in told.items() if value}


def _both(text: Text | None) -> Mapping[str, str]:
    return dict(text) if text else {}


def _medicine(one: Medicine, language: str) -> Told:
    most = f"{written(one.max_daily[0])} {one.max_daily[1]}" if one.max_daily else ""
    told = {"title": words(one.title, language), "kind": one.kind, "max": most, "names": list(one.names)}
    return {key: value for key, value in told.items() if value}
