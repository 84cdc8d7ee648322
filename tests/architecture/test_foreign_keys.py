"""Keys between tables look down, and leave no name behind in the app they point to."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

# Top to bottom; a key may point to its own app or to one further down. Django's own apps are below all.
FLOORS = (
    {"privacy"},
    {"portal", "sharing", "desk", "studio", "reports", "importer", "prediction", "fhir"},
    {"intake", "results", "prescriptions", "chat", "billing", "marketing", "support", "engagement"},
    {"appointments", "plans"},
    {"alerts"},
    {"patients"},
    {"accounts"},
    {"jobs"},
    {"clinic"},
    {"outbox", "audit"},
    {"base"},
    {"rules"},
)
HEIGHT = {app: -floor for floor, names in enumerate(FLOORS) for app in names}


def keys_of(model):
    return [
        field for field in model._meta.get_fields() if isinstance(field, (models.ForeignKey, models.ManyToManyField))
    ]


def faults(model):
    """What is wrong with the keys of one model, a line each."""
    app, found = model._meta.app_label, []
    for key in keys_of(model):
        target = key.remote_field.model._meta.app_label
        if target == app or target not in HEIGHT:
            continue
        place = f"{model._meta.label}.{key.name}"
        if HEIGHT[target] >= HEIGHT[app]:
            found.append(f"{place} points up or sideways, to {target}")
        if key.remote_field.related_name != "+":
            found.append(f'{place} shows itself in {target}: related_name="+"')
    return found


def our_models():
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in HEIGHT]


def test_every_app_of_ours_has_its_floor():
    ours = {name.rpartition(".")[2] for name in settings.INSTALLED_APPS if name.startswith("webapp.")} | {"rules"}
    assert ours <= set(HEIGHT)


def test_keys_look_down_and_hide_their_reverse_name():
    assert [fault for model in our_models() if not model._meta.auto_created for fault in faults(model)] == []


def test_the_audit_has_no_key_at_all_so_that_it_outlives_what_it_tells_of():
    assert [key for model in our_models() if model._meta.app_label == "audit" for key in keys_of(model)] == []


@pytest.mark.parametrize(
    ("app", "target", "related_name", "words"),
    [
        ("patients", "plans.Plan", "+", "points up"),
        ("plans", "patients.Patient", "plans", "shows itself"),
    ],
)
@isolate_apps("webapp.patients", "webapp.plans")
def test_a_planted_key_is_found(app, target, related_name, words):
    class Planted(models.Model):
        key = models.ForeignKey(apps.get_model(target), models.CASCADE, related_name=related_name)

        class Meta:
            app_label = app

    assert words in faults(Planted)[0]
