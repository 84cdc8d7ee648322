import django.db.models.deletion
from django.db import migrations, models

import webapp.base.fields


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True)),
                ('channel', models.CharField(choices=[('email', 'Email'), ('sms', 'Sms'), ('push', 'Push')], default='email', max_length=5)),
                ('address', webapp.base.fields.EncryptedTextField()),
                ('recipient', webapp.base.fields.BlindIndexField(max_length=16)),
                ('template', models.CharField(max_length=20)),
                ('language', models.CharField(max_length=2)),
                ('link', webapp.base.fields.EncryptedTextField(default='')),
                ('haste', models.CharField(choices=[('normal', 'Normal'), ('uncapped', 'Uncapped'), ('now', 'Now')], default='normal', max_length=8)),
                ('due_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('given_up', 'Given Up'), ('cancelled', 'Cancelled')], default='queued', max_length=9)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('in_doubt', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=60)),
                ('queued_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('carried_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carries', to='outbox.message')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['state', 'due_at'], name='outbox_what_is_due'), models.Index(fields=['recipient', 'sent_at'], name='outbox_of_one_person')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='outbox_sent_says_when'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['failed', 'given_up']), _negated=True), models.Q(('error', ''), _negated=True), _connector='OR'), name='outbox_failed_says_why'),
                    models.CheckConstraint(condition=models.Q(('language__in', ['es', 'en'])), name='outbox_language'),
                ],
            },
        ),
    ]
