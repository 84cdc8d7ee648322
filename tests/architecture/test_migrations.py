"""A new database and one that grew with every build hold the same: squashed migrations come to what they replace."""

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.serializer import serializer_factory


def written(value):
    return serializer_factory(value).serialize()[0]


def described(state):
    """Return what each model's table is made of, in the order of its columns."""
    return {key: (fields(model), options(model)) for key, model in state.models.items()}


def fields(model):
    return [(name, written(field)) for name, field in model.fields.items()]


def options(model):
    """Return those that say something; the order in which constraints, indexes and triggers were added says nothing."""
    found = {name: sorted(map(written, value)) for name, value in model.options.items() if isinstance(value, list)}
    said = {name: written(value) for name, value in model.options.items() if value and name not in found}
    return said | {name: value for name, value in found.items() if value}


def test_a_new_database_holds_the_tables_constraints_indexes_and_triggers_of_an_old_one():
    new, old = MigrationLoader(None), MigrationLoader(None, replace_migrations=False)
    squashed = {key: migration.replaces for key, migration in old.disk_migrations.items() if migration.replaces}
    replaced = {step for steps in squashed.values() for step in steps}
    assert {"patients", "plans", "alerts", "intake"} <= {app for app, _name in replaced}
    assert not replaced & set(new.graph.nodes), "a new database takes no step that is squashed"
    every_step = [leaf for leaf in old.graph.leaf_nodes() if leaf not in squashed]
    assert described(new.project_state()) == described(old.project_state(every_step))
