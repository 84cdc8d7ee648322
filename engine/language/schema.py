"""The JSON Schema of authored files, so that any editor completes and checks while typing."""

import inspect
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from engine.language.forms import FORMS
from engine.language.forms_base import ACTIONS
from engine.language.scalars import Scalar
from engine.language.shapes import REQUIRED, Field, NotEmpty, Shape, marks, plain_type

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def json_schema(kind: str | None = None) -> Schema:
    """Return the schema of one kind of file, or of all: a file is one of them, told apart by its first key."""
    kinds = [kind] if kind else list(FORMS)
    shapes = {shape.__name__: shape for name in kinds for shape in _shapes(FORMS[name])}
    choices = [_of_type(FORMS[name]) for name in kinds]
    top: Schema = choices[0] if kind else {"oneOf": choices}
    title = f"Pauta: {kind}" if kind else "Pauta: protocol files"
    defs = {name: _of_shape(shape) for name, shape in sorted(shapes.items())}
    _one_kind_of_action(defs)
    return {"$schema": DIALECT, "title": title, **top, "$defs": defs}


def _one_kind_of_action(defs: Schema) -> None:
    """Say in the schema what the reader demands: an action has exactly one kind."""
    if "ActionForm" in defs:
        defs["ActionForm"]["oneOf"] = [{"required": [kind]} for kind in ACTIONS]


def _shapes(shape: type[Shape]) -> Iterator[type[Shape]]:
    """Yield a shape and all that may stand inside it."""
    yield shape
    for field in shape.fields.values():
        for inner in _named(field.annotation):
            yield from _shapes(inner)


def _named(annotation: Any) -> Iterator[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for part in get_args(annotation):
        yield from _named(part)


def _of_shape(shape: type[Shape]) -> Schema:
    made = {
        "additionalProperties": False,
        "description": inspect.getdoc(shape),
        "properties": {key: _of_field(key, field) for key, field in shape.fields.items()},
        "required": list(shape.needed),
        "title": shape.__name__,
        "type": "object",
    }
    return {key: value for key, value in made.items() if value != []}


def _of_field(key: str, field: Field) -> Schema:
    kind, optional = plain_type(field.annotation)
    made = _of_type(kind)
    if NotEmpty() in marks(field.annotation):
        made["minItems" if made["type"] == "array" else "minProperties"] = 1
    if optional:
        made = {"anyOf": [made, {"type": "null"}]}
    if field.default is not REQUIRED:
        made["default"] = field.default
    if not list(_named(kind)) or get_origin(kind) is not None:
        made["title"] = key.title().replace("_", " ")
    return dict(sorted(made.items()))


def _of_type(annotation: Any) -> Schema:
    """Return the schema of a type: a shape by its name, a scalar as it describes itself."""
    inside = get_args(annotation)
    if get_origin(annotation) is list:
        return {"items": _of_type(inside[0]), "type": "array"}
    if get_origin(annotation) is dict:
        return {**_of_entries(_of_type(inside[0]), _of_type(inside[1])), "type": "object"}
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return {"$ref": f"#/$defs/{annotation.__name__}"}
    scalar = next((mark for mark in marks(annotation) if isinstance(mark, Scalar)), None)
    return _sorted(scalar.schema) if scalar else {}


def _of_entries(name: Schema, entry: Schema) -> Schema:
    if "pattern" in name:
        return {"patternProperties": {name["pattern"]: entry}}
    return {"additionalProperties": entry or True}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(part) for key, part in sorted(value.items())}
    return [_sorted(part) for part in value] if isinstance(value, list) else value
