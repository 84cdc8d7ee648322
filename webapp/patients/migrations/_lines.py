"""The tables of the other lines of a record, as the squashed migration makes them."""

import datetime
import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import webapp.base.fields

OPERATIONS = [
    migrations.CreateModel(
        name='FamilyMemberHistory',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('code', webapp.base.fields.EncryptedTextField()),
            ('relation', webapp.base.fields.EncryptedTextField()),
            ('index', webapp.base.fields.BlindIndexField(max_length=16)),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.familymemberhistory')),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(condition=models.Q(('active', True)), fields=('index',), name='patients_one_active_relative'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_family_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_family_error_is_not_active'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='family_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='98fcef324692930c613bb0917e24fa2297218a40', operation='DELETE', pgid='pgtrigger_family_is_kept_6038f', table='patients_familymemberhistory', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='family_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."code" IS DISTINCT FROM NEW."code" OR OLD."relation" IS DISTINCT FROM NEW."relation" OR OLD."index" IS DISTINCT FROM NEW."index" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cbaa3635416f2a0d5dedab1daadaeb4586e82a4a', operation='UPDATE', pgid='pgtrigger_family_stays_0787d', table='patients_familymemberhistory', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='family_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'family is never emptied';", hash='3533e8d6c72e01d1a2cfe0707a96d21db8f6873c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_family_never_emptied_93f4c', table='patients_familymemberhistory', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_familymemberhistoryevent" ("active", "code", "entered_in_error", "id", "index", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "relation", "supersedes_id", "verification") VALUES (NEW."active", NEW."code", NEW."entered_in_error", NEW."id", NEW."index", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."relation", NEW."supersedes_id", NEW."verification"); RETURN NULL;', hash='3244ed842fce32731cdfd9153ff78a9e71fc9ca3', operation='INSERT', pgid='pgtrigger_insert_insert_79002', table='patients_familymemberhistory', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_familymemberhistoryevent" ("active", "code", "entered_in_error", "id", "index", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "relation", "supersedes_id", "verification") VALUES (NEW."active", NEW."code", NEW."entered_in_error", NEW."id", NEW."index", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."relation", NEW."supersedes_id", NEW."verification"); RETURN NULL;', hash='6083801f0e20a34ed09658da5fa12e9b9e204131', operation='UPDATE', pgid='pgtrigger_update_update_43600', table='patients_familymemberhistory', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='Observation',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('code', models.CharField(max_length=80)),
            ('value', webapp.base.fields.EncryptedJSONField()),
            ('unit', models.CharField(blank=True, max_length=24)),
            ('effective_at', models.DateTimeField()),
            ('origin', models.CharField(choices=[('questionnaire', 'Questionnaire'), ('diary', 'Diary'), ('lab', 'Laboratory'), ('vital', 'Measured'), ('staff', 'Written by staff'), ('import', 'Earlier records')], max_length=13)),
            ('source_id', models.UUIDField(db_index=True, null=True)),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.observation')),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('entered_in_error', models.BooleanField(default=False)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z][a-z0-9_]*$')), name='patients_observation_code_is_a_name'),
                models.CheckConstraint(condition=models.Q(('origin__in', ['questionnaire', 'diary', 'lab', 'vital', 'staff', 'import'])), name='patients_observation_origin'),
                models.CheckConstraint(condition=models.Q(('effective_at__lte', django.db.models.expressions.CombinedExpression(models.F('recorded_at'), '+', models.Value(datetime.timedelta(days=1))))), name='patients_observation_is_past'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_observation_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('supersedes__isnull', False), _connector='OR'), name='patients_observation_error_of_another'),
            ],
            'indexes': [
                models.Index(fields=['patient', 'code', '-effective_at', '-recorded_at'], name='patients_newest_value'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='observations_are_only_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d8ea60a1b2817f57be2d1dfd8d3ee717d993c1b2', operation='UPDATE OR DELETE', pgid='pgtrigger_observations_are_only_added_0e5e3', table='patients_observation', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='observations_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'observations are only ever added to';", hash='99b5aa951d3a2362472f4695e0e4dec69705a249', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_observations_never_emptied_2c534', table='patients_observation', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='AllergyIntolerance',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('code', webapp.base.fields.EncryptedTextField()),
            ('code_index', webapp.base.fields.BlindIndexField(max_length=16, null=True)),
            ('text', webapp.base.fields.EncryptedTextField()),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('entered_in_error', models.BooleanField(default=False)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.allergyintolerance')),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(condition=models.Q(('active', True)), fields=('code_index',), name='patients_one_active_allergy'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_allergy_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_allergy_error_is_not_active'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='allergy_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='b76880d123b575f6350f6772ffa77574d5a47e2e', operation='DELETE', pgid='pgtrigger_allergy_is_kept_ebee7', table='patients_allergyintolerance', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='allergy_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."code" IS DISTINCT FROM NEW."code" OR OLD."code_index" IS DISTINCT FROM NEW."code_index" OR OLD."text" IS DISTINCT FROM NEW."text" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3737248e74d558506a7d07e51706a1b084cccb35', operation='UPDATE', pgid='pgtrigger_allergy_stays_2e5a8', table='patients_allergyintolerance', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='allergy_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'allergy is never emptied';", hash='4aefc9d7cd1cfc6e55f079f62a17219c7ea06837', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_allergy_never_emptied_991af', table='patients_allergyintolerance', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_allergyintoleranceevent" ("active", "code", "code_index", "entered_in_error", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "supersedes_id", "text", "verification") VALUES (NEW."active", NEW."code", NEW."code_index", NEW."entered_in_error", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."supersedes_id", NEW."text", NEW."verification"); RETURN NULL;', hash='30c0e8c891c896a70da7cb75ecd277918c3588f3', operation='INSERT', pgid='pgtrigger_insert_insert_49bee', table='patients_allergyintolerance', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_allergyintoleranceevent" ("active", "code", "code_index", "entered_in_error", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "supersedes_id", "text", "verification") VALUES (NEW."active", NEW."code", NEW."code_index", NEW."entered_in_error", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."supersedes_id", NEW."text", NEW."verification"); RETURN NULL;', hash='9b5a6661677ac250a31397561b2aed09802fbd97', operation='UPDATE', pgid='pgtrigger_update_update_da12e', table='patients_allergyintolerance', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='Condition',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('code', webapp.base.fields.EncryptedTextField()),
            ('code_index', webapp.base.fields.BlindIndexField(max_length=16, null=True)),
            ('detail', webapp.base.fields.EncryptedJSONField(default=dict)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('entered_in_error', models.BooleanField(default=False)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.condition')),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(condition=models.Q(('active', True)), fields=('code_index',), name='patients_one_active_condition'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_condition_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_condition_error_is_not_active'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='condition_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='9a582dae3c14f9011754b30fe0e70a7cadaad081', operation='DELETE', pgid='pgtrigger_condition_is_kept_75746', table='patients_condition', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='condition_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."code" IS DISTINCT FROM NEW."code" OR OLD."code_index" IS DISTINCT FROM NEW."code_index" OR OLD."detail" IS DISTINCT FROM NEW."detail" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ff675e812a6ffa4595ae01d89f02e117b0b2f206', operation='UPDATE', pgid='pgtrigger_condition_stays_57a07', table='patients_condition', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='condition_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'condition is never emptied';", hash='1df62f9cb73860fd48415ea9492c5cca674a58cc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_condition_never_emptied_f03ea', table='patients_condition', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_conditionevent" ("active", "code", "code_index", "detail", "entered_in_error", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "supersedes_id", "verification") VALUES (NEW."active", NEW."code", NEW."code_index", NEW."detail", NEW."entered_in_error", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."supersedes_id", NEW."verification"); RETURN NULL;', hash='14f7edddcaba684e3514c32c3e98b718943a3dd6', operation='INSERT', pgid='pgtrigger_insert_insert_07e1c', table='patients_condition', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_conditionevent" ("active", "code", "code_index", "detail", "entered_in_error", "id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "supersedes_id", "verification") VALUES (NEW."active", NEW."code", NEW."code_index", NEW."detail", NEW."entered_in_error", NEW."id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."supersedes_id", NEW."verification"); RETURN NULL;', hash='8046f31faf34aae1b8a08406495fe6d4c47c27eb', operation='UPDATE', pgid='pgtrigger_update_update_6df95', table='patients_condition', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='AllergyIntoleranceEvent',
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
            ('code_index', webapp.base.fields.BlindIndexField(max_length=16, null=True)),
            ('text', webapp.base.fields.EncryptedTextField()),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.allergyintolerance')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.allergyintolerance')),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='allergy_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'allergy_history is never emptied';", hash='ad91bcb0b5ff8d903f027ffef5c4c6b0f036ad8a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_allergy_history_never_emptied_7e0f1', table='patients_allergyintoleranceevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e67279f8bdd7b3b1af96fff6affedbcfd664c9f2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f35f9', table='patients_allergyintoleranceevent', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='ConditionEvent',
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
            ('code_index', webapp.base.fields.BlindIndexField(max_length=16, null=True)),
            ('detail', webapp.base.fields.EncryptedJSONField(default=dict)),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.condition')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.condition')),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='condition_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'condition_history is never emptied';", hash='759d7c980e7359207241f4ca1d59eb1be02eeedf', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_condition_history_never_emptied_4df05', table='patients_conditionevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d3f643e962d731f53c7b280531c004edb70af8d5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2fdad', table='patients_conditionevent', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='Encounter',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('kind', models.CharField(choices=[('inpatient', 'Hospital stay'), ('emergency', 'Emergency department'), ('day_case', 'Day hospital')], default='inpatient', max_length=9)),
            ('reason', webapp.base.fields.EncryptedTextField()),
            ('place', webapp.base.fields.EncryptedTextField(blank=True)),
            ('outcome', webapp.base.fields.EncryptedTextField(blank=True)),
            ('started', models.CharField(blank=True, max_length=10)),
            ('ended', models.CharField(blank=True, max_length=10)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.encounter')),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('kind__in', ['inpatient', 'emergency', 'day_case'])), name='patients_encounter_kind'),
                models.CheckConstraint(condition=models.Q(('started', ''), ('started__regex', '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'), _connector='OR'), name='patients_encounter_started'),
                models.CheckConstraint(condition=models.Q(('ended', ''), ('ended__regex', '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'), _connector='OR'), name='patients_encounter_ended'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_encounter_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_encounter_error_is_not_active'),
            ],
            'indexes': [
                models.Index(fields=['patient', '-started'], name='patients_newest_encounter'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='encounter_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."kind" IS DISTINCT FROM NEW."kind" OR OLD."reason" IS DISTINCT FROM NEW."reason" OR OLD."place" IS DISTINCT FROM NEW."place" OR OLD."outcome" IS DISTINCT FROM NEW."outcome" OR OLD."started" IS DISTINCT FROM NEW."started" OR OLD."ended" IS DISTINCT FROM NEW."ended" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='43673b8041d53500858ad9a088dd972309a3e4df', operation='UPDATE', pgid='pgtrigger_encounter_stays_22a3b', table='patients_encounter', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='encounter_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ec3b4d976d22c19982edf84813d8494a4f7b6ef8', operation='DELETE', pgid='pgtrigger_encounter_is_kept_30c66', table='patients_encounter', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='encounter_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'encounter is never emptied';", hash='1baf511d19761b99c9c0d5595ed21f50bfb99007', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_encounter_never_emptied_f1806', table='patients_encounter', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_encounterevent" ("active", "ended", "entered_in_error", "id", "kind", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "reason", "recorded_at", "recorded_by_id", "started", "supersedes_id", "verification") VALUES (NEW."active", NEW."ended", NEW."entered_in_error", NEW."id", NEW."kind", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."place", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."started", NEW."supersedes_id", NEW."verification"); RETURN NULL;', hash='571366da1c0bc78b39c370186308b35980ed1b78', operation='INSERT', pgid='pgtrigger_insert_insert_2417e', table='patients_encounter', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_encounterevent" ("active", "ended", "entered_in_error", "id", "kind", "outcome", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "reason", "recorded_at", "recorded_by_id", "started", "supersedes_id", "verification") VALUES (NEW."active", NEW."ended", NEW."entered_in_error", NEW."id", NEW."kind", NEW."outcome", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."place", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."started", NEW."supersedes_id", NEW."verification"); RETURN NULL;', hash='2e24458b5ab9aad107d58bbe0296ac7248837260', operation='UPDATE', pgid='pgtrigger_update_update_33207', table='patients_encounter', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='EncounterEvent',
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
            ('kind', models.CharField(choices=[('inpatient', 'Hospital stay'), ('emergency', 'Emergency department'), ('day_case', 'Day hospital')], default='inpatient', max_length=9)),
            ('reason', webapp.base.fields.EncryptedTextField()),
            ('place', webapp.base.fields.EncryptedTextField(blank=True)),
            ('outcome', webapp.base.fields.EncryptedTextField(blank=True)),
            ('started', models.CharField(blank=True, max_length=10)),
            ('ended', models.CharField(blank=True, max_length=10)),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.encounter')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.encounter')),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='encounter_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'encounter_history is never emptied';", hash='c3dee5f2adede992c9c32ec826175781007fe588', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_encounter_history_never_emptied_4777e', table='patients_encounterevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='793c992d6b205028975b3a8802729013b485d548', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_20ee9', table='patients_encounterevent', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='FamilyMemberHistoryEvent',
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
            ('relation', webapp.base.fields.EncryptedTextField()),
            ('index', webapp.base.fields.BlindIndexField(max_length=16)),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.familymemberhistory')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.familymemberhistory')),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='family_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'family_history is never emptied';", hash='22739defd2b8d7190540a2665f2a1f52b831c45e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_family_history_never_emptied_53dd6', table='patients_familymemberhistoryevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='942578adb546be0f3b8fe78fc196c5a6b00e17f9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f9fdd', table='patients_familymemberhistoryevent', when='BEFORE')),
            ],
        },
    ),
]
