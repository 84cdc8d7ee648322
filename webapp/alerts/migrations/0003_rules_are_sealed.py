"""Which rule raised an alert tells what its patient has: it stands in clear no longer."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import webapp.base.fields
from webapp.base.sealing_columns import seal, to_bytes

ONE_LIVE = models.UniqueConstraint(
    condition=models.Q(("status", "closed"), _negated=True),
    fields=("patient", "rule_index"),
    name="alerts_one_live_per_patient_and_rule",
)
BY_SOMEBODY = models.CheckConstraint(
    condition=models.Q(
        models.Q(("status", "closed"), _negated=True),
        models.Q(
            ("closed_at__isnull", False),
            models.Q(("closed_by__isnull", False), ("not_assessed", True), _connector="OR"),
        ),
        _connector="OR",
    ),
    name="alerts_closed_by_somebody",
)


def close(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    columns = {name: f"alerts.alert.{name}" for name in ("rule", "code")}
    seal(editor, "alerts_alert", columns, {"alerts.alert.rule_index": ("rule_index", ("patient_id", "rule"))})


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_reminder")]

    operations = [
        migrations.RemoveConstraint("alert", "alerts_one_live_per_patient_and_rule"),
        migrations.RemoveConstraint("alert", "alerts_closed_by_somebody"),
        migrations.AddField("alert", "not_assessed", models.BooleanField(default=False)),
        migrations.RunSQL("UPDATE alerts_alert SET not_assessed = true WHERE rule = 'not_assessed'"),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),  # or no table is altered after rows
        migrations.AddField(
            "alert", "rule_index", webapp.base.fields.BlindIndexOf(of=["patient_id", "rule"], max_length=16, null=True)
        ),
        to_bytes("alerts_alert", "alert", "rule", webapp.base.fields.EncryptedTextField()),
        to_bytes("alerts_alert", "alert", "code", webapp.base.fields.EncryptedTextField()),
        migrations.RunPython(close),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),  # or no table is altered after rows
        migrations.AlterField(
            "alert", "rule_index", webapp.base.fields.BlindIndexOf(of=["patient_id", "rule"], max_length=16)
        ),
        migrations.AddConstraint("alert", ONE_LIVE),
        migrations.AddConstraint("alert", BY_SOMEBODY),
    ]
