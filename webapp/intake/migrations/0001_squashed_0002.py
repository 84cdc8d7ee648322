"""All tables of intake at once: what the migrations it replaces come to."""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import webapp.base.fields
from webapp.base.creating_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("intake", "0001_responses"),
        ("intake", "0002_past_answers"),
    ]

    dependencies = [
        ("patients", "0001_initial"),
        ("rules", "0001_shelf"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name='QuestionnaireResponse',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('questionnaire', models.CharField(max_length=100)),
                        ('status', models.CharField(choices=[('in_progress', 'In Progress'), ('completed', 'Completed')], default='in_progress', max_length=11)),
                        ('for_day', models.DateField(null=True)),
                        ('recalled', models.BooleanField(default=False)),
                        ('language', models.CharField(max_length=2)),
                        ('started_at', models.DateTimeField()),
                        ('completed_at', models.DateTimeField(null=True)),
                        ('completed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                        ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rules.release')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rules.version')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('status', 'in_progress')), fields=('patient', 'questionnaire', 'for_day'), name='intake_one_open', nulls_distinct=False),
                            models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', True), ('completed_by__isnull', True), ('status', 'in_progress')), models.Q(('completed_at__isnull', False), ('completed_by__isnull', False), ('status', 'completed')), _connector='OR'), name='intake_completed_by_somebody'),
                            models.CheckConstraint(condition=models.Q(('completed_at__isnull', True), ('completed_at__gte', models.F('started_at')), _connector='OR'), name='intake_completed_after_it_began'),
                        ],
                        'indexes': [
                            models.Index(fields=['patient', 'questionnaire', '-for_day'], name='intake_by_patient'),
                        ],
                        'ordering': ['-started_at'],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='sent_responses_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."status" = \'completed\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7277e068c2496958d0c1557acc5abdb09fc150a5', operation='UPDATE OR DELETE', pgid='pgtrigger_sent_responses_stay_df773', table='intake_questionnaireresponse', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='responses_keep_their_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."version_id" IS DISTINCT FROM (NEW."version_id") OR OLD."release_id" IS DISTINCT FROM (NEW."release_id") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id"))', func="RAISE EXCEPTION 'a response stays with its patient and its version';", hash='88a938de4fde6722fc3c5d778ec3c0eb4a7e02c6', operation='UPDATE', pgid='pgtrigger_responses_keep_their_version_7f2ca', table='intake_questionnaireresponse', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Answer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('item', models.CharField(max_length=100)),
                        ('value', webapp.base.fields.EncryptedJSONField()),
                        ('answered_at', models.DateTimeField()),
                        ('response', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='intake.questionnaireresponse')),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('language', models.CharField(blank=True, max_length=2)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('response', 'item'), name='intake_one_answer_an_item'),
                        ],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='answers_of_sent_responses_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT 1 FROM intake_questionnaireresponse r WHERE r.status = 'completed'\n        AND r.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.response_id ELSE NEW.response_id END\n    ) THEN\n        RAISE EXCEPTION 'the answers of a sent questionnaire do not change';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='e1f5106b391cfd7fb64e9ff98562cada96bcf218', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_answers_of_sent_responses_stay_19763', table='intake_answer', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PastAnswer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('item', models.CharField(max_length=100)),
                        ('value', webapp.base.fields.EncryptedJSONField()),
                        ('answered_at', models.DateTimeField()),
                        ('language', models.CharField(blank=True, max_length=2)),
                        ('because', models.CharField(choices=[('changed', 'changed afterwards'), ('taken_back', 'taken back'), ('hidden', 'the question is no longer asked'), ('late', 'arrived after a newer answer'), ('after_sending', 'arrived after the questionnaire was sent')], max_length=13)),
                        ('ended_at', models.DateTimeField()),
                        ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('response', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='past_answers', to='intake.questionnaireresponse')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='past_answers_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0c32be1c0b43b97a84f2649398303dad67a0221f', operation='UPDATE OR DELETE', pgid='pgtrigger_past_answers_stay_fb85f', table='intake_pastanswer', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='past_answers_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'past answers are only ever added to';", hash='476b02ccd5e091fa5d673e982d346e0f6b5a5483', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_past_answers_never_emptied_b4483', table='intake_pastanswer', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Receipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.UUIDField(unique=True)),
                        ('received_at', models.DateTimeField()),
                        ('response', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.questionnaireresponse')),
                    ],
                ),
            ]
        ),
    ]
