"""Codes of lines, rules and what is watched tell what a patient has: they stand in clear no longer."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from webapp.base.fields import BlindIndexOf, EncryptedTextField
from webapp.base.sealing_columns import seal, to_bytes

ONCE = models.UniqueConstraint(fields=("plan", "code_index"), name="plans_item_once_a_plan")
OPEN_ONCE = models.UniqueConstraint(
    condition=models.Q(("status", "open")), fields=("patient", "what_index"), name="plans_task_open_once"
)


def close(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    item = {"plans.planitem.code_index": ("code_index", ("plan_id", "code"))}
    seal(editor, "plans_planitem", {"code": "plans.planitem.code"}, item)
    task = {"plans.task.what_index": ("what_index", ("patient_id", "what"))}
    seal(editor, "plans_task", {"what": "plans.task.what"}, task)
    seal(editor, "plans_settlement", {name: f"plans.settlement.{name}" for name in ("key", "rule")})
    seal(editor, "plans_ruleevent", {name: f"plans.ruleevent.{name}" for name in ("protocol", "rule")})


def of_item(**options: bool) -> BlindIndexOf:
    return BlindIndexOf(of=["plan_id", "code"], max_length=16, **options)


def of_task(**options: bool) -> BlindIndexOf:
    return BlindIndexOf(of=["patient_id", "what"], max_length=16, **options)


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_marks_of_records")]

    operations = [
        migrations.RemoveConstraint("planitem", "plans_item_once_a_plan"),
        migrations.RemoveConstraint("task", "plans_task_open_once"),
        migrations.RemoveIndex("settlement", "plans_settl_patient_c6ab9e_idx"),
        migrations.RemoveIndex("ruleevent", "plans_rulee_protoco_0e5984_idx"),
        migrations.AddField("planitem", "code_index", of_item(null=True)),
        migrations.AddField("task", "what_index", of_task(null=True)),
        to_bytes("plans_planitem", "planitem", "code", EncryptedTextField()),
        to_bytes("plans_task", "task", "what", EncryptedTextField()),
        to_bytes("plans_settlement", "settlement", "key", EncryptedTextField()),
        to_bytes("plans_settlement", "settlement", "rule", EncryptedTextField(blank=True)),
        to_bytes("plans_ruleevent", "ruleevent", "protocol", EncryptedTextField()),
        to_bytes("plans_ruleevent", "ruleevent", "rule", EncryptedTextField()),
        migrations.RunPython(close),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),  # or no table is altered after rows
        migrations.AlterField("planitem", "code_index", of_item()),
        migrations.AlterField("task", "what_index", of_task()),
        migrations.AddConstraint("planitem", ONCE),
        migrations.AddConstraint("task", OPEN_ONCE),
        migrations.AddIndex("ruleevent", models.Index(fields=["at"], name="plans_ruleevent_at")),
    ]
