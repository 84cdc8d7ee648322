"""The tables of treatments and procedures, as the squashed migration makes them."""

import uuid

import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import webapp.base.fields

OPERATIONS = [
    migrations.CreateModel(
        name='MedicationStatement',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('code', webapp.base.fields.EncryptedTextField()),
            ('text', webapp.base.fields.EncryptedTextField()),
            ('dose', webapp.base.fields.EncryptedTextField(blank=True)),
            ('active', models.BooleanField(default=True)),
            ('started_on', models.DateField(null=True)),
            ('ended_on', models.DateField(null=True)),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('entered_in_error', models.BooleanField(default=False)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.medicationstatement')),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('active', False), ('ended_on__isnull', True), _connector='OR'), name='patients_medicine_taken_has_no_end'),
                models.CheckConstraint(condition=models.Q(('started_on__isnull', True), ('ended_on__isnull', True), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='patients_medicine_ends_after_it_starts'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_medicine_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_medicine_error_is_not_active'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='medicine_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d67c16a5167615f5c2553e9fe4d6908f380ca3b1', operation='DELETE', pgid='pgtrigger_medicine_is_kept_5839d', table='patients_medicationstatement', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='medicine_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."code" IS DISTINCT FROM NEW."code" OR OLD."text" IS DISTINCT FROM NEW."text" OR OLD."dose" IS DISTINCT FROM NEW."dose" OR OLD."started_on" IS DISTINCT FROM NEW."started_on" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='581516d17cd3f7e63ad3ccebb1f7a1a58d3abfbc', operation='UPDATE', pgid='pgtrigger_medicine_stays_62fd0', table='patients_medicationstatement', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='medicine_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'medicine is never emptied';", hash='121428d168fa1777fcab62fe94b992d79f736d20', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_medicine_never_emptied_9b0ec', table='patients_medicationstatement', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_medicationstatementevent" ("active", "code", "dose", "ended_on", "entered_in_error", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "started_on", "supersedes_id", "text", "verification") VALUES (NEW."active", NEW."code", NEW."dose", NEW."ended_on", NEW."entered_in_error", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."started_on", NEW."supersedes_id", NEW."text", NEW."verification"); RETURN NULL;', hash='a9b406ab374fd8ac1ed4a64d8fe35bfb33ea6ef3', operation='INSERT', pgid='pgtrigger_insert_insert_7ab51', table='patients_medicationstatement', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_medicationstatementevent" ("active", "code", "dose", "ended_on", "entered_in_error", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "started_on", "supersedes_id", "text", "verification") VALUES (NEW."active", NEW."code", NEW."dose", NEW."ended_on", NEW."entered_in_error", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."started_on", NEW."supersedes_id", NEW."text", NEW."verification"); RETURN NULL;', hash='889688c2bcc6d8c6a8b3c229a643827a9264b5f6', operation='UPDATE', pgid='pgtrigger_update_update_87462', table='patients_medicationstatement', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='MedicationStatementEvent',
        fields=[
            ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
            ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
            ('pgh_label', models.TextField(help_text='The event label.')),
            ('pgh_context', pghistory.utils.JSONField(null=True)),
            ('pgh_context_id', models.UUIDField(null=True)),
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('code', webapp.base.fields.EncryptedTextField()),
            ('text', webapp.base.fields.EncryptedTextField()),
            ('dose', webapp.base.fields.EncryptedTextField(blank=True)),
            ('started_on', models.DateField(null=True)),
            ('ended_on', models.DateField(null=True)),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.medicationstatement')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.medicationstatement')),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='medicine_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'medicine_history is never emptied';", hash='25001e44782b80e053e47ea3a1f71a9a3f8039d0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_medicine_history_never_emptied_05dbd', table='patients_medicationstatementevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='61b41cb57670792baab7c58f40b6ddfdeffd3e94', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cc153', table='patients_medicationstatementevent', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='PreviousTreatment',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('code', webapp.base.fields.EncryptedTextField(blank=True)),
            ('text', webapp.base.fields.EncryptedTextField()),
            ('outcome', webapp.base.fields.EncryptedTextField(choices=[('worked', 'It worked'), ('partial', 'It helped a little'), ('failed', 'It did not work'), ('not_tolerated', 'It did harm and was stopped'), ('unknown', 'Not known')], default='unknown')),
            ('reason', webapp.base.fields.EncryptedTextField(blank=True)),
            ('started', webapp.base.fields.EncryptedTextField(blank=True)),
            ('ended', webapp.base.fields.EncryptedTextField(blank=True)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.previoustreatment')),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_treatment_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_treatment_error_is_not_active'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='treatment_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."code" IS DISTINCT FROM NEW."code" OR OLD."text" IS DISTINCT FROM NEW."text" OR OLD."outcome" IS DISTINCT FROM NEW."outcome" OR OLD."reason" IS DISTINCT FROM NEW."reason" OR OLD."started" IS DISTINCT FROM NEW."started" OR OLD."ended" IS DISTINCT FROM NEW."ended" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='001a33f57101ec496b76299a5a0d46b19a5133b0', operation='UPDATE', pgid='pgtrigger_treatment_stays_46b5e', table='patients_previoustreatment', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='treatment_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='085f37064544f910e37b8807b56045c67b6c15a9', operation='DELETE', pgid='pgtrigger_treatment_is_kept_12bb7', table='patients_previoustreatment', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='treatment_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'treatment is never emptied';", hash='75b2567e23d8abf34446e2e292c2035cdcb29c00', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_treatment_never_emptied_5c9e1', table='patients_previoustreatment', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_previoustreatmentevent" ("active", "code", "ended", "entered_in_error", "id", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "recorded_by_id", "started", "supersedes_id", "text", "verification") VALUES (NEW."active", NEW."code", NEW."ended", NEW."entered_in_error", NEW."id", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."started", NEW."supersedes_id", NEW."text", NEW."verification"); RETURN NULL;', hash='18a41f9b61e66c80a33cb7cfae3835766d9c5948', operation='INSERT', pgid='pgtrigger_insert_insert_13bec', table='patients_previoustreatment', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_previoustreatmentevent" ("active", "code", "ended", "entered_in_error", "id", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "recorded_by_id", "started", "supersedes_id", "text", "verification") VALUES (NEW."active", NEW."code", NEW."ended", NEW."entered_in_error", NEW."id", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."started", NEW."supersedes_id", NEW."text", NEW."verification"); RETURN NULL;', hash='cda5e9118b3abe89d0c89e8d39e66c2ea781a499', operation='UPDATE', pgid='pgtrigger_update_update_1a76b', table='patients_previoustreatment', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='PreviousTreatmentEvent',
        fields=[
            ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
            ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
            ('pgh_label', models.TextField(help_text='The event label.')),
            ('pgh_context', pghistory.utils.JSONField(null=True)),
            ('pgh_context_id', models.UUIDField(null=True)),
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('code', webapp.base.fields.EncryptedTextField(blank=True)),
            ('text', webapp.base.fields.EncryptedTextField()),
            ('outcome', webapp.base.fields.EncryptedTextField(choices=[('worked', 'It worked'), ('partial', 'It helped a little'), ('failed', 'It did not work'), ('not_tolerated', 'It did harm and was stopped'), ('unknown', 'Not known')], default='unknown')),
            ('reason', webapp.base.fields.EncryptedTextField(blank=True)),
            ('started', webapp.base.fields.EncryptedTextField(blank=True)),
            ('ended', webapp.base.fields.EncryptedTextField(blank=True)),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.previoustreatment')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.previoustreatment')),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='treatment_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'treatment_history is never emptied';", hash='80b1da68f94c5d8c6bebd4bbd6d4b5145ef9e163', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_treatment_history_never_emptied_5e5b5', table='patients_previoustreatmentevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='af0e23790556b62308e6cd60896585c47f91dd1e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_332a7', table='patients_previoustreatmentevent', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='Procedure',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('code', webapp.base.fields.EncryptedTextField(blank=True)),
            ('text', webapp.base.fields.EncryptedTextField()),
            ('performed', models.CharField(blank=True, max_length=10)),
            ('outcome', webapp.base.fields.EncryptedTextField(blank=True)),
            ('place', webapp.base.fields.EncryptedTextField(blank=True)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.procedure')),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('performed', ''), ('performed__regex', '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'), _connector='OR'), name='patients_procedure_performed'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_procedure_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_procedure_error_is_not_active'),
            ],
            'indexes': [
                models.Index(fields=['patient', '-performed'], name='patients_newest_procedure'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='procedure_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."code" IS DISTINCT FROM NEW."code" OR OLD."text" IS DISTINCT FROM NEW."text" OR OLD."performed" IS DISTINCT FROM NEW."performed" OR OLD."outcome" IS DISTINCT FROM NEW."outcome" OR OLD."place" IS DISTINCT FROM NEW."place" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e25befcd1d06ed2ddc8f42e20c2d5470110819dd', operation='UPDATE', pgid='pgtrigger_procedure_stays_96982', table='patients_procedure', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='procedure_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='61c6f1504e60eabab563a56b19c57db24d049dfb', operation='DELETE', pgid='pgtrigger_procedure_is_kept_0d83f', table='patients_procedure', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='procedure_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'procedure is never emptied';", hash='f52cc83145368932ae14f7c08aea918e76428ad4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_procedure_never_emptied_3afea', table='patients_procedure', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_procedureevent" ("active", "code", "entered_in_error", "id", "outcome", "patient_id", "performed", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "recorded_at", "recorded_by_id", "supersedes_id", "text", "verification") VALUES (NEW."active", NEW."code", NEW."entered_in_error", NEW."id", NEW."outcome", NEW."patient_id", NEW."performed", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."place", NEW."recorded_at", NEW."recorded_by_id", NEW."supersedes_id", NEW."text", NEW."verification"); RETURN NULL;', hash='16cb316043e99a5838dd949ed743c58ab57675cd', operation='INSERT', pgid='pgtrigger_insert_insert_38631', table='patients_procedure', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_procedureevent" ("active", "code", "entered_in_error", "id", "outcome", "patient_id", "performed", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "recorded_at", "recorded_by_id", "supersedes_id", "text", "verification") VALUES (NEW."active", NEW."code", NEW."entered_in_error", NEW."id", NEW."outcome", NEW."patient_id", NEW."performed", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."place", NEW."recorded_at", NEW."recorded_by_id", NEW."supersedes_id", NEW."text", NEW."verification"); RETURN NULL;', hash='f05d4374d4e5a40e14abfa4640c96c40fd6d1bcd', operation='UPDATE', pgid='pgtrigger_update_update_9b936', table='patients_procedure', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='ProcedureEvent',
        fields=[
            ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
            ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
            ('pgh_label', models.TextField(help_text='The event label.')),
            ('pgh_context', pghistory.utils.JSONField(null=True)),
            ('pgh_context_id', models.UUIDField(null=True)),
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('code', webapp.base.fields.EncryptedTextField(blank=True)),
            ('text', webapp.base.fields.EncryptedTextField()),
            ('performed', models.CharField(blank=True, max_length=10)),
            ('outcome', webapp.base.fields.EncryptedTextField(blank=True)),
            ('place', webapp.base.fields.EncryptedTextField(blank=True)),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.procedure')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.procedure')),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='procedure_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'procedure_history is never emptied';", hash='486ddc00c3bb1323c7e316294b4540df9d5120de', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_procedure_history_never_emptied_bbf06', table='patients_procedureevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='050525544a9d451dcb6f2b9f5fcef4792d1e7304', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9ac3f', table='patients_procedureevent', when='BEFORE')),
            ],
        },
    ),
]
