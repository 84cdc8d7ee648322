"""Holds answers of the API against its published schema."""

import re
from functools import cache

import yaml
from jsonschema import Draft202012Validator


@cache
def published():
    with open("docs/reference/openapi.yaml", encoding="utf-8") as page:
        return yaml.safe_load(page)


def matches(method, path, answer):
    """Raise AssertionError for an answer whose status the schema does not name, or whose body is not as it says."""
    if answer["Content-Type"].startswith("application/json"):
        shape = _response(method, path.partition("?")[0], str(answer.status_code))
        document = {"$ref": shape["$ref"], "components": _strict(published()["components"])}
        faults = [error.message for error in Draft202012Validator(document).iter_errors(answer.json())]
        assert faults == [], (method, path, faults)


def _response(method, path, status):
    found = [
        said for address, said in published()["paths"].items()
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", address), "/api/v1/" + path)
    ]  # fmt: skip
    assert len(found) == 1, path
    answers = found[0][method.lower()]["responses"]
    assert status in answers, f"the schema does not say that {method} {path} may answer {status}"
    return answers[status]["content"]["application/json"]["schema"]


def _strict(node):
    """Return the shapes as OpenAPI means them: what may be null says so, and nothing is there that is not named."""
    if isinstance(node, list):
        return [_strict(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {key: _strict(value) for key, value in node.items() if key != "nullable"}
    if found.get("type") == "object" and "properties" in found:
        found["additionalProperties"] = False
    if node.get("nullable"):
        return {"anyOf": [found, {"type": "null"}]}
    return found
