"""Copies of records and drafts of consents."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import webapp.base.fields
from webapp.base.creating_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("patients", "0007_released_documents_and_other_papers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name='Export',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('kind', models.CharField(choices=[('clinic', 'Clinic'), ('patient', 'Patient')], max_length=7)),
                        ('language', models.CharField(max_length=2)),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('working', 'Working'), ('ready', 'Ready'), ('failed', 'Failed')], default='waiting', max_length=7)),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('parts', models.PositiveIntegerField(default=1)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('done__lte', models.F('parts'))), name='privacy_not_more_than_all'),
                            models.CheckConstraint(condition=models.Q(('kind__in', ['clinic', 'patient'])), name='privacy_export_kind'),
                        ],
                        'indexes': [
                            models.Index(fields=['asked_by', '-asked_at'], name='privacy_newest_export'),
                        ],
                        'ordering': ['-asked_at'],
                    },
                ),
                migrations.CreateModel(
                    name='ExportPiece',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveSmallIntegerField()),
                        ('data', webapp.base.fields.EncryptedBytesField()),
                        ('export', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='privacy.export')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('export', 'position'), name='privacy_one_piece_a_place'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ConsentDraft',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.CharField(max_length=12, unique=True)),
                        ('body_es', models.TextField(blank=True)),
                        ('body_en', models.TextField(blank=True)),
                        ('revision', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('revision__gte', 1)), name='privacy_draft_counts_from_one'),
                        ],
                    },
                ),
            ]
        ),
    ]
