"""Writes docs/reference/record-of-processing.md: what is kept of whom, why and how, from the classification itself."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import django
from django.apps import apps
from django.db.models import Model

from webapp.base.classification import columns_of
from webapp.base.classified import TABLES
from webapp.base.kinds import Kind, Table

PAGE = Path(__file__).resolve().parent.parent / "docs/reference/record-of-processing.md"
HEAD = """# Record of processing

What Pauta keeps of people, why, for how long and how it stands in the database. This page is made from
`webapp/base/classified.py` by `python -m tools.processing_reference`; a test fails where a column is missing there,
and where one that is clinical, or tells who somebody is or how to reach them, stands in clear without a reason.

The clinic is the controller; it adds its name, its data protection officer and its processors (who runs its servers and
its mail). Pauta itself sends nothing to anybody but mail to the person concerned, without any word on health, and
transfers nothing out of the clinic's own database. It destroys no clinical record by itself: the term is the clinic's.

## Activities

"""
SAFEGUARDS = """
## How it is protected

- *encrypted*: AES-256-GCM under a key that is not in the database, tied to its column
  ([changing the key](../how-to/rotate-keys.md)).
- *encrypted inside*: the secret words in the column are encrypted in the same way.
- *digest under a key*: 16 bytes by which a value is found; they cannot be turned back.
- *clear*: for what says nothing of a person's health or identity, or with the reason given below.
- A history (`...event`) keeps former values as they stood: encrypted stays encrypted.
- Reading is limited by role and by whose data it is, and every reading is written into the audit.
"""
WHOM = {
    "Care of patients": "patients, their relatives and contacts",
    "Consents": "patients",
    "People who sign in": "patients and staff",
    "Proof and security": "patients and staff",
    "Protocols and texts": "authors of protocols",
    "Running the product": "nobody by name",
}


def _activities() -> list[str]:
    return list(dict.fromkeys(table.activity for table in TABLES.values()))


def _summary(activity: str) -> str:
    tables = [table for table in TABLES.values() if table.activity == activity]
    kinds = [kind for kind in Kind if any(kind in table.columns.values() for table in tables)]
    kept = dict.fromkeys(table.kept for table in tables)
    return f"| {activity} | {WHOM[activity]} | {', '.join(kinds)} | {'; '.join(kept)} |"


def _section(activity: str, models: Iterable[type[Model]]) -> Iterator[str]:
    yield f"\n## {activity}\n"
    for model in models:
        if (table := TABLES[model._meta.label]).activity == activity:
            yield from _of_table(model, table)


def _of_table(model: type[Model], table: Table) -> Iterator[str]:
    history = " Former values are kept in a history." if hasattr(model, "pgh_event_model") else ""
    yield f"### {model._meta.db_table}\n\n{table.why}.{history} Kept: {table.kept[0].lower()}{table.kept[1:]}.\n"
    yield "| Column | Kind | At rest | Why it stands in clear |\n| --- | --- | --- | --- |"
    yield from (f"| {one.name} | {one.kind} | {one.at_rest} | {one.why} |" for one in columns_of(model))
    yield ""


def page() -> str:
    """Return the manual's page, made of the table."""
    known = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    models = [known[label] for label in TABLES]
    head = "| Activity | Of whom | Kinds of data | Kept |\n| --- | --- | --- | --- |"
    lines = [HEAD + head, *(_summary(activity) for activity in _activities()), SAFEGUARDS]
    lines += [line for activity in _activities() for line in _section(activity, models)]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    django.setup()
    PAGE.write_text(page())
