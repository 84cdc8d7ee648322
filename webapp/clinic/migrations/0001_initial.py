"""The clinic's own words, edition by edition."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.db import migrations, models

import webapp.base.fields
from webapp.base.creating_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name='Logo',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(max_length=64, unique=True)),
                        ('png', models.BinaryField()),
                        ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='logos_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b2c15c61cfe10233e8779f3330d0e2eb1c302b84', operation='UPDATE OR DELETE', pgid='pgtrigger_logos_stay_bddb6', table='clinic_logo', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='logos_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'logos are only ever added to';", hash='3c4e6aa61ba319be2091a3a590a0abfba6762d91', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_logos_never_emptied_3785e', table='clinic_logo', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Edition',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField(unique=True)),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('author_id', models.BigIntegerField(null=True)),
                        ('author_name', webapp.base.fields.EncryptedTextField(blank=True)),
                        ('section', models.CharField(max_length=12)),
                        ('name_es', models.CharField(max_length=80)),
                        ('name_en', models.CharField(max_length=80)),
                        ('signature', models.CharField(max_length=40)),
                        ('address', models.CharField(blank=True, max_length=200)),
                        ('phone', models.CharField(blank=True, max_length=25)),
                        ('emergency', models.CharField(max_length=6)),
                        ('quiet_from', models.PositiveSmallIntegerField()),
                        ('quiet_until', models.PositiveSmallIntegerField()),
                        ('remind_diary_after', models.PositiveSmallIntegerField()),
                        ('remind_questionnaire_after', models.PositiveSmallIntegerField()),
                        ('remind_before_follow_up', models.PositiveSmallIntegerField()),
                        ('specialties', models.JSONField(default=list)),
                        ('stages', models.JSONField(default=list)),
                        ('faq', models.JSONField(default=list)),
                        ('logo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.logo')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='clinic_counts_from_one'),
                            models.CheckConstraint(condition=models.Q(models.Q(('name_es', ''), _negated=True), models.Q(('name_en', ''), _negated=True)), name='clinic_has_a_name'),
                            models.CheckConstraint(condition=models.Q(('quiet_from__lte', 23), ('quiet_until__lte', 23)), name='clinic_hours_of_the_clock'),
                            models.CheckConstraint(condition=models.Q(('emergency', ''), _negated=True), name='clinic_says_whom_to_call'),
                        ],
                        'ordering': ['-number'],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='editions_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='35dbb4e07208d58f39842f716f82f2aa4f0e9291', operation='UPDATE OR DELETE', pgid='pgtrigger_editions_stay_5442f', table='clinic_edition', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='editions_never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are only ever added to';", hash='412d9b74cd816d3b11029d18bd3faaa32fe8e3fa', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_editions_never_emptied_17e29', table='clinic_edition', when='BEFORE')),
                        ],
                    },
                ),
            ]
        ),
    ]
