"""No list is sorted or made distinct by an encrypted column: the database would order ciphertext, in silence."""

import ast
from pathlib import Path

from django.apps import apps

from webapp.base.fields import _Sealed

ROOT = Path(__file__).resolve().parents[2]
ORDERING = {"order_by", "distinct", "earliest", "latest", "Max", "Min"}
# Names that are sealed in one table and plain in another are told apart by no reader of the source.
SEALED = {field.name for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, _Sealed)}
PLAIN = {
    field.name for model in apps.get_models() for field in model._meta.get_fields() if not isinstance(field, _Sealed)
}


def ordered_by(source: str) -> list[str]:
    """Return every sealed name that a query in this source is ordered by, with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        for word in node.args if name in ORDERING else ():
            if isinstance(word, ast.Constant) and isinstance(word.value, str):
                column = word.value.lstrip("-").rpartition("__")[2]
                found += [f"{node.lineno}: {column}"] if column in SEALED - PLAIN else []
    return found


def test_no_query_is_ordered_by_ciphertext():
    files = [
        file for part in ("webapp", "rules") for file in (ROOT / part).rglob("*.py") if "migrations" not in str(file)
    ]
    assert len(files) > 80
    assert {str(file): lines for file in files if (lines := ordered_by(file.read_text(encoding="utf-8")))} == {}


def test_no_table_is_ordered_by_ciphertext_by_itself():
    for model in apps.get_models():
        named = {str(name).lstrip("-") for name in model._meta.ordering or ()}
        sealed = {field.name for field in model._meta.get_fields() if isinstance(field, _Sealed)}
        assert not named & sealed, model._meta.label


def test_the_search_sees_such_an_order():
    assert {"family_name", "birth_date"} <= SEALED - PLAIN
    assert ordered_by('Patient.objects.order_by("-family_name")') == ["1: family_name"]
    assert ordered_by('Plan.objects.order_by("patient__birth_date", "created_at")') == ["1: birth_date"]
    assert ordered_by('Plan.objects.order_by("created_at")') == []
