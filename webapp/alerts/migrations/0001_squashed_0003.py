"""All tables of alerts at once: what the migrations it replaces come to."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import webapp.base.fields
from webapp.base.creating_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("alerts", "0001_initial"),
        ("alerts", "0002_reminder"),
        ("alerts", "0003_rules_are_sealed"),
    ]

    dependencies = [
        ("patients", "0004_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name='Alert',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('rule', webapp.base.fields.EncryptedTextField()),
                        ('code', webapp.base.fields.EncryptedTextField()),
                        ('urgency', models.CharField(choices=[('none', 'None'), ('soon', 'Soon'), ('urgent_2w', 'Urgent 2W'), ('same_day', 'Same Day'), ('emergency', 'Emergency')], default='none', max_length=12)),
                        ('status', models.CharField(choices=[('open', 'Open'), ('acknowledged', 'Acknowledged'), ('closed', 'Closed')], default='open', max_length=12)),
                        ('text', webapp.base.fields.EncryptedJSONField()),
                        ('facts_digest', models.CharField(max_length=32)),
                        ('raised_at', models.DateTimeField()),
                        ('last_raised_at', models.DateTimeField()),
                        ('times', models.PositiveIntegerField(default=1)),
                        ('acknowledged_at', models.DateTimeField(null=True)),
                        ('closed_at', models.DateTimeField(null=True)),
                        ('note', webapp.base.fields.EncryptedTextField(null=True)),
                        ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                        ('not_assessed', models.BooleanField(default=False)),
                        ('rule_index', webapp.base.fields.BlindIndexOf(max_length=16, of=['patient_id', 'rule'])),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('status', 'acknowledged'), _negated=True), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='alerts_acknowledged_by_somebody'),
                            models.UniqueConstraint(condition=models.Q(('status', 'closed'), _negated=True), fields=('patient', 'rule_index'), name='alerts_one_live_per_patient_and_rule'),
                            models.CheckConstraint(condition=models.Q(models.Q(('status', 'closed'), _negated=True), models.Q(('closed_at__isnull', False), models.Q(('closed_by__isnull', False), ('not_assessed', True), _connector='OR')), _connector='OR'), name='alerts_closed_by_somebody'),
                        ],
                        'indexes': [
                            models.Index(fields=['status', 'last_raised_at'], name='alerts_aler_status_7a9a98_idx'),
                            models.Index(fields=['patient', 'status'], name='alerts_aler_patient_7b54c1_idx'),
                        ],
                        'ordering': ['-last_raised_at'],
                    },
                ),
                migrations.CreateModel(
                    name='Reminder',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('key', models.CharField(max_length=200, unique=True)),
                        ('kind', models.CharField(choices=[('diary', 'Diary'), ('questionnaire', 'Questionnaire'), ('follow_up', 'Follow Up'), ('task', 'Task')], default='task', max_length=13)),
                        ('template', models.CharField(max_length=20)),
                        ('words', webapp.base.fields.EncryptedJSONField(null=True)),
                        ('questionnaire', models.CharField(blank=True, max_length=100)),
                        ('path', models.CharField(max_length=200)),
                        ('source', models.UUIDField(null=True)),
                        ('due_at', models.DateTimeField()),
                        ('told_at', models.DateTimeField(null=True)),
                        ('settled_at', models.DateTimeField(null=True)),
                        ('outcome', models.CharField(blank=True, choices=[('done', 'Done'), ('cancelled', 'Cancelled')], max_length=9)),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at', None)), models.Q(('settled_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='alerts_reminder_settled_somehow'),
                        ],
                        'indexes': [
                            models.Index(condition=models.Q(('settled_at', None), ('told_at', None)), fields=['due_at'], name='alerts_reminders_to_tell'),
                            models.Index(condition=models.Q(('settled_at', None)), fields=['patient'], name='alerts_open_reminders'),
                            models.Index(fields=['source'], name='alerts_reminders_of'),
                        ],
                        'ordering': ['due_at'],
                    },
                ),
            ]
        ),
    ]
