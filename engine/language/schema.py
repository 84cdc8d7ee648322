"""The JSON Schema of authored files, so that any editor completes and checks while typing."""

from typing import Any

from pydantic.json_schema import models_json_schema

from engine.language.forms import FORMS
from engine.language.forms_base import ACTIONS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kind: str | None = None) -> dict[str, Any]:
    """Return the schema of one kind of file, or of all: a file is one of them, told apart by its first key."""
    kinds = [kind] if kind else list(FORMS)
    inputs, definitions = models_json_schema([(FORMS[name], "validation") for name in kinds], by_alias=True)
    defs = definitions.get("$defs", {})
    _one_kind_of_action(defs)
    choices = [inputs[FORMS[name], "validation"] for name in kinds]
    top: dict[str, Any] = choices[0] if kind else {"oneOf": choices}
    title = f"Pauta: {kind}" if kind else "Pauta: protocol files"
    return {"$schema": DIALECT, "title": title, **top, "$defs": defs}


def _one_kind_of_action(defs: dict[str, Any]) -> None:
    """Say in the schema what the reader demands: an action has exactly one kind."""
    if "ActionForm" in defs:
        defs["ActionForm"]["oneOf"] = [{"required": [kind]} for kind in ACTIONS]
