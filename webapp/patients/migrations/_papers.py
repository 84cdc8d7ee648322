"""The tables of documents and reports, as the squashed migration makes them."""

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
        name='Binary',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('content_type', models.CharField(choices=[('application/pdf', 'PDF'), ('image/jpeg', 'JPEG'), ('image/png', 'PNG'), ('application/dicom', 'DICOM')], max_length=17)),
            ('size', models.PositiveIntegerField()),
            ('content_index', webapp.base.fields.BlindIndexField(max_length=16, unique=True)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('content_type__in', ['application/pdf', 'image/jpeg', 'image/png', 'application/dicom'])), name='patients_binary_type'),
                models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='patients_binary_is_not_empty'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='binaries_only_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2a7011c7060a5ab93dd961efe54d866150da3157', operation='UPDATE OR DELETE', pgid='pgtrigger_binaries_only_added_8cb1d', table='patients_binary', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='binaries_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'binaries is never emptied';", hash='f353959e5f9e822d839958efa062f0f0569916d8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_binaries_never_emptied_cc3c9', table='patients_binary', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='BinaryChunk',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('position', models.PositiveSmallIntegerField()),
            ('data', webapp.base.fields.EncryptedBytesField()),
            ('binary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chunks', to='patients.binary')),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(fields=('binary', 'position'), name='patients_one_chunk_a_place'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='chunks_only_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2bb295e9382751cd35d4ac586e5a5e73a107b8d1', operation='UPDATE OR DELETE', pgid='pgtrigger_chunks_only_added_09246', table='patients_binarychunk', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='chunks_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'chunks is never emptied';", hash='8f8ff291698ce95c79d2784a021e98684d75b3c8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_chunks_never_emptied_83807', table='patients_binarychunk', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='DocumentReference',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('kind', models.CharField(choices=[('report', 'Report'), ('letter', 'Letter'), ('consent', 'Signed consent'), ('image', 'Image'), ('other', 'Other')], max_length=7)),
            ('title', webapp.base.fields.EncryptedTextField()),
            ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='patients.binary')),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.documentreference')),
            ('released_at', models.DateTimeField(null=True)),
            ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(condition=models.Q(('active', True)), fields=('content',), name='patients_one_active_document'),
                models.CheckConstraint(condition=models.Q(('kind__in', ['report', 'letter', 'consent', 'image', 'other'])), name='patients_document_kind'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_document_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_document_error_is_not_active'),
                models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', True), ('released_by__isnull', True)), models.Q(('released_at__isnull', False), ('released_by__isnull', False)), _connector='OR'), name='patients_document_release_says_who_and_when'),
            ],
            'indexes': [
                models.Index(fields=['patient', '-recorded_at'], name='patients_newest_document'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='document_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."kind" IS DISTINCT FROM NEW."kind" OR OLD."title" IS DISTINCT FROM NEW."title" OR OLD."content_id" IS DISTINCT FROM NEW."content_id" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c7a08574296f7e734ac48dff3ad09a334247d34f', operation='UPDATE', pgid='pgtrigger_document_stays_18386', table='patients_documentreference', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='document_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='651314bd478223064708fc9cf69297c1a42cbfa3', operation='DELETE', pgid='pgtrigger_document_is_kept_21a7d', table='patients_documentreference', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='document_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'document is never emptied';", hash='23affaac30340be37570055583ded05aa8f75bbd', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_document_never_emptied_dc4a6', table='patients_documentreference', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_documentreferenceevent" ("active", "content_id", "entered_in_error", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "released_at", "released_by_id", "supersedes_id", "title", "verification") VALUES (NEW."active", NEW."content_id", NEW."entered_in_error", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."released_at", NEW."released_by_id", NEW."supersedes_id", NEW."title", NEW."verification"); RETURN NULL;', hash='fb426a496cda5fc3e9aae5cb7e9e171ac43956b0', operation='INSERT', pgid='pgtrigger_insert_insert_1ce24', table='patients_documentreference', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_documentreferenceevent" ("active", "content_id", "entered_in_error", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "released_at", "released_by_id", "supersedes_id", "title", "verification") VALUES (NEW."active", NEW."content_id", NEW."entered_in_error", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."released_at", NEW."released_by_id", NEW."supersedes_id", NEW."title", NEW."verification"); RETURN NULL;', hash='fa100d246bc33691d3f7b5ecb8415e1b139bd49c', operation='UPDATE', pgid='pgtrigger_update_update_aafe8', table='patients_documentreference', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='DocumentReferenceEvent',
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
            ('kind', models.CharField(choices=[('report', 'Report'), ('letter', 'Letter'), ('consent', 'Signed consent'), ('image', 'Image'), ('other', 'Other')], max_length=7)),
            ('title', webapp.base.fields.EncryptedTextField()),
            ('content', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.binary')),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.documentreference')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.documentreference')),
            ('released_at', models.DateTimeField(null=True)),
            ('released_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='document_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'document_history is never emptied';", hash='804e31667ddeeddefda5eea9d32db68229262b7d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_document_history_never_emptied_778d8', table='patients_documentreferenceevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fce557dcd664779b19bd0db133228fe1f5792fbb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6bdda', table='patients_documentreferenceevent', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='DiagnosticReport',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('category', models.CharField(choices=[('endoscopy', 'Endoscopy'), ('imaging', 'Imaging'), ('laboratory', 'Laboratory'), ('pathology', 'Pathology'), ('function', 'Function test'), ('other', 'Other')], max_length=10)),
            ('title', webapp.base.fields.EncryptedTextField()),
            ('conclusion', webapp.base.fields.EncryptedTextField(blank=True)),
            ('performer', webapp.base.fields.EncryptedTextField(blank=True)),
            ('effective', models.CharField(blank=True, max_length=10)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.diagnosticreport')),
            ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='patients.documentreference')),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('category__in', ['endoscopy', 'imaging', 'laboratory', 'pathology', 'function', 'other'])), name='patients_report_category'),
                models.CheckConstraint(condition=models.Q(('effective', ''), ('effective__regex', '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'), _connector='OR'), name='patients_report_effective'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_report_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_report_error_is_not_active'),
            ],
            'indexes': [
                models.Index(fields=['patient', '-effective'], name='patients_newest_report'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='report_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."category" IS DISTINCT FROM NEW."category" OR OLD."title" IS DISTINCT FROM NEW."title" OR OLD."conclusion" IS DISTINCT FROM NEW."conclusion" OR OLD."performer" IS DISTINCT FROM NEW."performer" OR OLD."effective" IS DISTINCT FROM NEW."effective" OR OLD."document_id" IS DISTINCT FROM NEW."document_id" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e049a6e992009219513843d4fcb7ec5eb931bcbf', operation='UPDATE', pgid='pgtrigger_report_stays_0c34e', table='patients_diagnosticreport', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='report_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='495bf15e16983ecbb1f0c3553e94e72623b2406b', operation='DELETE', pgid='pgtrigger_report_is_kept_6e319', table='patients_diagnosticreport', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='report_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'report is never emptied';", hash='004d501da65db920e92d891be78b9900f45c8605', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_report_never_emptied_c0f77', table='patients_diagnosticreport', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_diagnosticreportevent" ("active", "category", "conclusion", "document_id", "effective", "entered_in_error", "id", "patient_id", "performer", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "supersedes_id", "title", "verification") VALUES (NEW."active", NEW."category", NEW."conclusion", NEW."document_id", NEW."effective", NEW."entered_in_error", NEW."id", NEW."patient_id", NEW."performer", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."supersedes_id", NEW."title", NEW."verification"); RETURN NULL;', hash='7666da7ec78f048dbd5a369ba42a2576f6dccf9b', operation='INSERT', pgid='pgtrigger_insert_insert_4f3a9', table='patients_diagnosticreport', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_diagnosticreportevent" ("active", "category", "conclusion", "document_id", "effective", "entered_in_error", "id", "patient_id", "performer", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "supersedes_id", "title", "verification") VALUES (NEW."active", NEW."category", NEW."conclusion", NEW."document_id", NEW."effective", NEW."entered_in_error", NEW."id", NEW."patient_id", NEW."performer", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."supersedes_id", NEW."title", NEW."verification"); RETURN NULL;', hash='00999b538d036a06bacde2f1d289decfc5864223', operation='UPDATE', pgid='pgtrigger_update_update_afdea', table='patients_diagnosticreport', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='DiagnosticReportEvent',
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
            ('category', models.CharField(choices=[('endoscopy', 'Endoscopy'), ('imaging', 'Imaging'), ('laboratory', 'Laboratory'), ('pathology', 'Pathology'), ('function', 'Function test'), ('other', 'Other')], max_length=10)),
            ('title', webapp.base.fields.EncryptedTextField()),
            ('conclusion', webapp.base.fields.EncryptedTextField(blank=True)),
            ('performer', webapp.base.fields.EncryptedTextField(blank=True)),
            ('effective', models.CharField(blank=True, max_length=10)),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.diagnosticreport')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.diagnosticreport')),
            ('document', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.documentreference')),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='report_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'report_history is never emptied';", hash='44f5c18b4295e45205f6821ef2b7e53357d87f85', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_report_history_never_emptied_6451b', table='patients_diagnosticreportevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a74e9be4e317ea80565703b012d30451c8bfff76', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a65da', table='patients_diagnosticreportevent', when='BEFORE')),
            ],
        },
    ),
]
