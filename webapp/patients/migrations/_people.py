"""The tables of patients, of those around them, and of their consents, as the squashed migration makes them."""

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
        name='Patient',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('record_number', models.CharField(max_length=12, unique=True, verbose_name='record number')),
            ('given_name', webapp.base.fields.EncryptedTextField(verbose_name='first name')),
            ('family_name', webapp.base.fields.EncryptedTextField(verbose_name='surnames')),
            ('birth_date', webapp.base.fields.EncryptedDateField(verbose_name='date of birth')),
            ('sex', models.CharField(choices=[('female', 'Female'), ('male', 'Male'), ('other', 'Other'), ('unknown', 'Not known')], default='unknown', max_length=7, verbose_name='sex')),
            ('national_id', webapp.base.fields.EncryptedTextField(null=True, verbose_name='DNI or NIE')),
            ('national_id_index', webapp.base.fields.BlindIndexField(max_length=16, null=True, unique=True)),
            ('email', webapp.base.fields.EncryptedTextField(null=True, verbose_name='e-mail')),
            ('email_index', webapp.base.fields.BlindIndexField(db_index=True, max_length=16, null=True)),
            ('phone', webapp.base.fields.EncryptedTextField(null=True, verbose_name='telephone')),
            ('phone_index', webapp.base.fields.BlindIndexField(db_index=True, max_length=16, null=True)),
            ('language', models.CharField(choices=[('es', 'Español'), ('en', 'English')], default='es', max_length=2, verbose_name='language')),
            ('registered_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('general_practitioner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('user', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('birth_date_index', webapp.base.fields.BlindIndexField(db_index=True, max_length=16, null=True)),
            ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'Text message'), ('push', 'Notice on the telephone')], default='email', max_length=5, verbose_name='how to send notices')),
            ('other_id', webapp.base.fields.EncryptedTextField(null=True, verbose_name='passport or other document')),
            ('other_id_index', webapp.base.fields.BlindIndexField(db_index=True, max_length=16, null=True)),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('sex__in', ['female', 'male', 'other', 'unknown'])), name='patients_sex'),
                models.CheckConstraint(condition=models.Q(('language__in', ['es', 'en'])), name='patients_language'),
                models.CheckConstraint(condition=models.Q(('record_number__regex', '^[0-9]{6,12}$')), name='patients_record_number_is_digits'),
                models.CheckConstraint(condition=models.Q(models.Q(('national_id__isnull', True), ('national_id_index__isnull', True)), models.Q(('national_id__isnull', False), ('national_id_index__isnull', False)), _connector='OR'), name='patients_national_id_has_its_index'),
                models.CheckConstraint(condition=models.Q(models.Q(('email__isnull', True), ('email_index__isnull', True)), models.Q(('email__isnull', False), ('email_index__isnull', False)), _connector='OR'), name='patients_email_has_its_index'),
                models.CheckConstraint(condition=models.Q(models.Q(('phone__isnull', True), ('phone_index__isnull', True)), models.Q(('phone__isnull', False), ('phone_index__isnull', False)), _connector='OR'), name='patients_phone_has_its_index'),
                models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms', 'push'])), name='patients_channel'),
                models.CheckConstraint(condition=models.Q(models.Q(('other_id__isnull', True), ('other_id_index__isnull', True)), models.Q(('other_id__isnull', False), ('other_id_index__isnull', False)), _connector='OR'), name='patients_other_id_has_its_index'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='patients_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='9c70e4a15e00ea970ac4ffb68a11c1786a7bb9a6', operation='DELETE', pgid='pgtrigger_patients_are_kept_1688d', table='patients_patient', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='patients_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'patients is never emptied';", hash='8dd31ae9ccd3dc784bb5e2dae565720017be4348', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_patients_never_emptied_a349f', table='patients_patient', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_patientevent" ("birth_date", "birth_date_index", "channel", "email", "email_index", "family_name", "general_practitioner_id", "given_name", "id", "language", "national_id", "national_id_index", "other_id", "other_id_index", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_index", "record_number", "registered_at", "sex", "user_id") VALUES (NEW."birth_date", NEW."birth_date_index", NEW."channel", NEW."email", NEW."email_index", NEW."family_name", NEW."general_practitioner_id", NEW."given_name", NEW."id", NEW."language", NEW."national_id", NEW."national_id_index", NEW."other_id", NEW."other_id_index", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."phone", NEW."phone_index", NEW."record_number", NEW."registered_at", NEW."sex", NEW."user_id"); RETURN NULL;', hash='453e8b5dc3bf249d02d55935e83ad2d9675ea8d0', operation='INSERT', pgid='pgtrigger_insert_insert_62165', table='patients_patient', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_patientevent" ("birth_date", "birth_date_index", "channel", "email", "email_index", "family_name", "general_practitioner_id", "given_name", "id", "language", "national_id", "national_id_index", "other_id", "other_id_index", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_index", "record_number", "registered_at", "sex", "user_id") VALUES (NEW."birth_date", NEW."birth_date_index", NEW."channel", NEW."email", NEW."email_index", NEW."family_name", NEW."general_practitioner_id", NEW."given_name", NEW."id", NEW."language", NEW."national_id", NEW."national_id_index", NEW."other_id", NEW."other_id_index", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."phone", NEW."phone_index", NEW."record_number", NEW."registered_at", NEW."sex", NEW."user_id"); RETURN NULL;', hash='d7f01986af78ae85103dcdae16f1f011b86aafb8', operation='UPDATE', pgid='pgtrigger_update_update_546ce', table='patients_patient', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='PatientEvent',
        fields=[
            ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
            ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
            ('pgh_label', models.TextField(help_text='The event label.')),
            ('pgh_context', pghistory.utils.JSONField(null=True)),
            ('pgh_context_id', models.UUIDField(null=True)),
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
            ('record_number', models.CharField(max_length=12, verbose_name='record number')),
            ('given_name', webapp.base.fields.EncryptedTextField(verbose_name='first name')),
            ('family_name', webapp.base.fields.EncryptedTextField(verbose_name='surnames')),
            ('birth_date', webapp.base.fields.EncryptedDateField(verbose_name='date of birth')),
            ('birth_date_index', webapp.base.fields.BlindIndexField(max_length=16, null=True)),
            ('sex', models.CharField(choices=[('female', 'Female'), ('male', 'Male'), ('other', 'Other'), ('unknown', 'Not known')], default='unknown', max_length=7, verbose_name='sex')),
            ('national_id', webapp.base.fields.EncryptedTextField(null=True, verbose_name='DNI or NIE')),
            ('national_id_index', webapp.base.fields.BlindIndexField(max_length=16, null=True)),
            ('email', webapp.base.fields.EncryptedTextField(null=True, verbose_name='e-mail')),
            ('email_index', webapp.base.fields.BlindIndexField(max_length=16, null=True)),
            ('phone', webapp.base.fields.EncryptedTextField(null=True, verbose_name='telephone')),
            ('phone_index', webapp.base.fields.BlindIndexField(max_length=16, null=True)),
            ('language', models.CharField(choices=[('es', 'Español'), ('en', 'English')], default='es', max_length=2, verbose_name='language')),
            ('registered_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('general_practitioner', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.patient')),
            ('user', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('channel', models.CharField(choices=[('email', 'E-mail'), ('sms', 'Text message'), ('push', 'Notice on the telephone')], default='email', max_length=5, verbose_name='how to send notices')),
            ('other_id', webapp.base.fields.EncryptedTextField(null=True, verbose_name='passport or other document')),
            ('other_id_index', webapp.base.fields.BlindIndexField(max_length=16, null=True)),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='patients_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'patients_history is never emptied';", hash='ca6480daec36a4bb4b5c8cd4bb79b856f55ab485', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_patients_history_never_emptied_e8fcb', table='patients_patientevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d56fc44e91ee8df71d41dd0265710731967b921c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ade9e', table='patients_patientevent', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='NamePrefix',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('index', webapp.base.fields.BlindIndexField(max_length=16)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prefixes', to='patients.patient')),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(fields=('index', 'patient'), name='patients_prefix_once'),
            ],
        },
    ),
    migrations.CreateModel(
        name='NotTheSame',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('decided_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(fields=('patient', 'other'), name='patients_told_apart_once'),
                models.CheckConstraint(condition=models.Q(('patient', models.F('other')), _negated=True), name='patients_told_apart_are_two'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='told_apart_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='68492b472d2b351be8b3539c4f4134740d862b86', operation='UPDATE OR DELETE', pgid='pgtrigger_told_apart_stays_46484', table='patients_notthesame', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='told_apart_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'told_apart is never emptied';", hash='571803e56ded6a1d611c043303820f2068755d95', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_told_apart_never_emptied_3b4c6', table='patients_notthesame', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='ConsentText',
        fields=[
            ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('purpose', models.CharField(choices=[('treatment', 'Treatment'), ('research', 'Research'), ('marketing', 'Marketing')], max_length=12, verbose_name='purpose')),
            ('version', models.PositiveSmallIntegerField(verbose_name='version')),
            ('body_es', models.TextField()),
            ('body_en', models.TextField()),
            ('published_at', models.DateTimeField(default=django.utils.timezone.now)),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(fields=('purpose', 'version'), name='patients_consent_text_once'),
                models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='patients_consent_text_counts_from_one'),
                models.CheckConstraint(condition=models.Q(models.Q(('body_es', ''), _negated=True), models.Q(('body_en', ''), _negated=True)), name='patients_consent_text_says_something'),
                models.CheckConstraint(condition=models.Q(('purpose__in', ['treatment', 'research', 'marketing'])), name='patients_consent_text_purpose'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='consent_texts_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1a436b682cf92a03bc792684faddc0f26ab0c402', operation='UPDATE OR DELETE', pgid='pgtrigger_consent_texts_stay_ed75e', table='patients_consenttext', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='consent_texts_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'consent_texts is never emptied';", hash='2ea3951a44ce52e6c18463ecd6189c2cc87d9fed', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_consent_texts_never_emptied_0cd90', table='patients_consenttext', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='Consent',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('decision', models.CharField(choices=[('accepted', 'Accepted'), ('withdrawn', 'Withdrawn')], max_length=9, verbose_name='decision')),
            ('channel', models.CharField(choices=[('portal', 'In the portal'), ('desk', 'At the front desk, on paper'), ('phone', 'By telephone'), ('imported', 'Brought in from earlier records')], max_length=8, verbose_name='how')),
            ('decided_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
            ('line', models.PositiveIntegerField()),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.consenttext')),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='patients.patient')),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(fields=('patient', 'line'), name='patients_consent_lines_in_order'),
                models.CheckConstraint(condition=models.Q(('decision__in', ['accepted', 'withdrawn'])), name='patients_consent_decision'),
                models.CheckConstraint(condition=models.Q(('channel__in', ['portal', 'desk', 'phone', 'imported'])), name='patients_consent_channel'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='consents_are_only_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bb0ae867f7eeec470f7d5a64309116ec7daad131', operation='UPDATE OR DELETE', pgid='pgtrigger_consents_are_only_added_70f84', table='patients_consent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='consents_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'consents is never emptied';", hash='59d62f574ac5b2d5ed78cf1199de88169a1d8f50', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_consents_never_emptied_3f3f3', table='patients_consent', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='RelatedPerson',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('verification', models.CharField(choices=[('confirmed', 'Confirmed'), ('unconfirmed', 'Reported, not confirmed')], default='unconfirmed', max_length=11)),
            ('active', models.BooleanField(default=True)),
            ('entered_in_error', models.BooleanField(default=False)),
            ('name', webapp.base.fields.EncryptedTextField()),
            ('relationship', models.CharField(choices=[('mother', 'Mother'), ('father', 'Father'), ('partner', 'Husband, wife or partner'), ('child', 'Son or daughter'), ('sibling', 'Brother or sister'), ('family', 'Other family'), ('friend', 'Friend'), ('carer', 'Carer'), ('other', 'Other')], max_length=8)),
            ('phone', webapp.base.fields.EncryptedTextField(blank=True)),
            ('email', webapp.base.fields.EncryptedTextField(blank=True)),
            ('note', webapp.base.fields.EncryptedTextField(blank=True)),
            ('is_emergency_contact', models.BooleanField(default=False)),
            ('is_guardian', models.BooleanField(default=False)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='patients.relatedperson')),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('relationship__in', ['mother', 'father', 'partner', 'child', 'sibling', 'family', 'friend', 'carer', 'other'])), name='patients_contact_relationship'),
                models.CheckConstraint(condition=models.Q(('verification__in', ['confirmed', 'unconfirmed'])), name='patients_contact_verification'),
                models.CheckConstraint(condition=models.Q(('entered_in_error', False), ('active', False), _connector='OR'), name='patients_contact_error_is_not_active'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='contact_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."patient_id" IS DISTINCT FROM NEW."patient_id" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."supersedes_id" IS DISTINCT FROM NEW."supersedes_id" OR OLD."name" IS DISTINCT FROM NEW."name" OR OLD."relationship" IS DISTINCT FROM NEW."relationship" OR OLD."phone" IS DISTINCT FROM NEW."phone" OR OLD."email" IS DISTINCT FROM NEW."email" OR OLD."note" IS DISTINCT FROM NEW."note" OR OLD."is_emergency_contact" IS DISTINCT FROM NEW."is_emergency_contact" OR OLD."is_guardian" IS DISTINCT FROM NEW."is_guardian" OR (OLD."entered_in_error" AND NOT NEW."entered_in_error"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='95fa5004b082334f8bf1f94d3fb6907513caccb1', operation='UPDATE', pgid='pgtrigger_contact_stays_4f329', table='patients_relatedperson', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='contact_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='7f1c6c5ecbd8bf31492fadd6217bd2416940f95c', operation='DELETE', pgid='pgtrigger_contact_is_kept_c31c5', table='patients_relatedperson', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='contact_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'contact is never emptied';", hash='06133f938faeedb12b40ea1ad813d3be0d53dd4a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_contact_never_emptied_4122a', table='patients_relatedperson', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patients_relatedpersonevent" ("active", "email", "entered_in_error", "id", "is_emergency_contact", "is_guardian", "name", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "recorded_at", "recorded_by_id", "relationship", "supersedes_id", "verification") VALUES (NEW."active", NEW."email", NEW."entered_in_error", NEW."id", NEW."is_emergency_contact", NEW."is_guardian", NEW."name", NEW."note", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'insert\', NEW."id", NEW."phone", NEW."recorded_at", NEW."recorded_by_id", NEW."relationship", NEW."supersedes_id", NEW."verification"); RETURN NULL;', hash='7c936a659fd985eddf99f11cfc125b1742acb214', operation='INSERT', pgid='pgtrigger_insert_insert_27dca', table='patients_relatedperson', when='AFTER')),
                pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_relatedpersonevent" ("active", "email", "entered_in_error", "id", "is_emergency_contact", "is_guardian", "name", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "recorded_at", "recorded_by_id", "relationship", "supersedes_id", "verification") VALUES (NEW."active", NEW."email", NEW."entered_in_error", NEW."id", NEW."is_emergency_contact", NEW."is_guardian", NEW."name", NEW."note", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, CLOCK_TIMESTAMP(), \'update\', NEW."id", NEW."phone", NEW."recorded_at", NEW."recorded_by_id", NEW."relationship", NEW."supersedes_id", NEW."verification"); RETURN NULL;', hash='85e51eb9fdbcbd9a89e777dff197903c563f1c56', operation='UPDATE', pgid='pgtrigger_update_update_5ea6e', table='patients_relatedperson', when='AFTER')),
            ],
        },
    ),
    migrations.CreateModel(
        name='RelatedPersonEvent',
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
            ('name', webapp.base.fields.EncryptedTextField()),
            ('relationship', models.CharField(choices=[('mother', 'Mother'), ('father', 'Father'), ('partner', 'Husband, wife or partner'), ('child', 'Son or daughter'), ('sibling', 'Brother or sister'), ('family', 'Other family'), ('friend', 'Friend'), ('carer', 'Carer'), ('other', 'Other')], max_length=8)),
            ('phone', webapp.base.fields.EncryptedTextField(blank=True)),
            ('email', webapp.base.fields.EncryptedTextField(blank=True)),
            ('note', webapp.base.fields.EncryptedTextField(blank=True)),
            ('is_emergency_contact', models.BooleanField(default=False)),
            ('is_guardian', models.BooleanField(default=False)),
            ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
            ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', related_query_name='+', to='patients.relatedperson')),
            ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ('supersedes', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.relatedperson')),
        ],
        options={
            'triggers': [
                pgtrigger.compiler.Trigger(name='contact_history_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'contact_history is never emptied';", hash='876600806395e7b5fadc301ffe758d7e1d315819', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_contact_history_never_emptied_3ee13', table='patients_relatedpersonevent', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a4335b65ef812c51a63a01f60b877504e7bb6840', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_08850', table='patients_relatedpersonevent', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='Invitation',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('way', models.CharField(choices=[('mail', 'by mail'), ('sms', 'by text message'), ('paper', 'on paper')], max_length=5)),
            ('secret_index', webapp.base.fields.BlindIndexField(max_length=16, unique=True)),
            ('state', models.CharField(choices=[('open', 'Open'), ('used', 'Used'), ('locked', 'Locked after three wrong tries'), ('withdrawn', 'Withdrawn')], default='open', max_length=9)),
            ('tries', models.PositiveSmallIntegerField(default=0)),
            ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('expires_at', models.DateTimeField()),
            ('ended_at', models.DateTimeField(null=True)),
            ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
        ],
        options={
            'constraints': [
                models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('patient',), name='patients_one_open_invitation'),
                models.CheckConstraint(condition=models.Q(('state__in', ['open', 'used', 'locked', 'withdrawn'])), name='patients_invitation_state'),
                models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='patients_invitation_ends_once'),
                models.CheckConstraint(condition=models.Q(('tries__lt', 3), models.Q(('state', 'locked'), ('tries', 3)), _connector='OR'), name='patients_invitation_tries'),
                models.CheckConstraint(condition=models.Q(('way__in', ['mail', 'sms', 'paper'])), name='patients_invitation_way'),
            ],
            'indexes': [
                models.Index(fields=['patient', '-made_at'], name='patients_newest_invitation'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='invitations_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f5c5ff054e58f042a075159f1998ab0f1060d0dc', operation='DELETE', pgid='pgtrigger_invitations_are_kept_7124a', table='patients_invitation', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='invitations_stay_ended', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" <> \'open\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='46aa2e5290e7c0ff66816756a1baf695bb8c1464', operation='UPDATE', pgid='pgtrigger_invitations_stay_ended_d1f83', table='patients_invitation', when='BEFORE')),
            ],
        },
    ),
    migrations.CreateModel(
        name='NoneRecorded',
        fields=[
            ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ('list', models.CharField(choices=[('allergies', 'Allergies'), ('medications', 'Medicines'), ('history', 'Earlier illnesses'), ('family_history', 'Family history'), ('previous_treatments', 'Previous treatments')], max_length=19)),
            ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
        ],
        options={
            'constraints': [
                models.CheckConstraint(condition=models.Q(('list__in', ['allergies', 'medications', 'history', 'family_history', 'previous_treatments'])), name='patients_none_of_what'),
            ],
            'indexes': [
                models.Index(fields=['patient', 'list', '-recorded_at'], name='patients_newest_none'),
            ],
            'triggers': [
                pgtrigger.compiler.Trigger(name='none_is_only_added', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='789e515f9af7aeb64a26fa13a88b986bc16486b4', operation='UPDATE OR DELETE', pgid='pgtrigger_none_is_only_added_24c10', table='patients_nonerecorded', when='BEFORE')),
                pgtrigger.compiler.Trigger(name='none_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'none is never emptied';", hash='8b53454687e0212ac83f5da5fff6b6b8c1aae27e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_none_never_emptied_e22ff', table='patients_nonerecorded', when='BEFORE')),
            ],
        },
    ),
]
