"""All tables of plans at once: what the migrations it replaces come to."""

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
        ("plans", "0001_initial"),
        ("plans", "0002_added_by_hand_in_writing"),
        ("plans", "0003_undo_settled_watched_counted"),
        ("plans", "0004_marks_of_records"),
        ("plans", "0005_codes_are_sealed"),
    ]

    dependencies = [
        ("patients", "0003_find_by_birth_date"),
        ("rules", "0001_shelf"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name='Evaluation',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('case', webapp.base.fields.EncryptedJSONField()),
                        ('case_sha256', models.CharField(max_length=64)),
                        ('result', webapp.base.fields.EncryptedTextField(null=True)),
                        ('result_sha256', models.CharField(blank=True, max_length=64)),
                        ('status', models.CharField(choices=[('ok', 'Ok'), ('failed', 'Failed')], max_length=8)),
                        ('error', models.CharField(blank=True, max_length=120)),
                        ('because', models.CharField(max_length=60)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                        ('release', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rules.release')),
                        ('record_mark', models.CharField(blank=True, max_length=32)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('status', 'ok'), _negated=True), models.Q(('release__isnull', False), ('result__isnull', False), models.Q(('result_sha256', ''), _negated=True)), _connector='OR'), name='plans_evaluation_ok_has_its_result'),
                            models.CheckConstraint(condition=models.Q(('status', 'ok'), models.Q(('error', ''), _negated=True), _connector='OR'), name='plans_evaluation_failed_says_why'),
                        ],
                        'indexes': [
                            models.Index(fields=['patient', '-created_at'], name='plans_evalu_patient_6cb2e5_idx'),
                        ],
                        'ordering': ['-created_at'],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='evaluations_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='692e6351ae1c255e4c0273942f0135a887c86169', operation='UPDATE OR DELETE', pgid='pgtrigger_evaluations_never_change_eba15', table='plans_evaluation', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Plan',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('status', models.CharField(choices=[('draft', 'Draft'), ('signed', 'Signed'), ('replaced', 'Replaced'), ('discarded', 'Discarded')], default='draft', max_length=10)),
                        ('urgency', models.CharField(default='none', max_length=12)),
                        ('revision', models.PositiveIntegerField(default=0)),
                        ('created_at', models.DateTimeField(auto_now_add=True)),
                        ('signed_at', models.DateTimeField(null=True)),
                        ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.evaluation')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                        ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='plans.plan')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('status', 'signed')), fields=('patient',), name='plans_one_signed'),
                            models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('patient',), name='plans_one_draft'),
                            models.CheckConstraint(condition=models.Q(models.Q(('signed_at__isnull', False), ('signed_by__isnull', False), ('status__in', ['signed', 'replaced'])), models.Q(('signed_at__isnull', True), ('signed_by__isnull', True), ('status__in', ['draft', 'discarded'])), _connector='OR'), name='plans_signed_by_somebody'),
                        ],
                        'indexes': [
                            models.Index(fields=['status', 'created_at'], name='plans_plan_status_69f84c_idx'),
                        ],
                        'ordering': ['-created_at'],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='plans_begin_as_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."status" = \'draft\'))', func="RAISE EXCEPTION 'a plan begins as a draft';", hash='94465c14b79acf786b1b1db9003d2b51e5e1d9cf', operation='INSERT', pgid='pgtrigger_plans_begin_as_drafts_df651', table='plans_plan', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='plans_signed_by_a_doctor', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."status" = \'signed\' AND OLD."status" = \'draft\')', func="\n    IF NOT EXISTS (\n        SELECT 1 FROM accounts_userrole r JOIN accounts_user u ON u.id = r.user_id\n        WHERE r.user_id = NEW.signed_by_id AND r.role = 'doctor' AND u.is_active\n    ) THEN\n        RAISE EXCEPTION 'only a doctor signs a plan';\n    END IF;\n\n    IF EXISTS (\n        SELECT 1 FROM plans_planitem i\n        WHERE i.plan_id = NEW.id AND i.decision = 'pending' AND i.kind NOT IN ('dx', 'alert', 'ask')\n    ) THEN\n        RAISE EXCEPTION 'every item is decided before a plan is signed';\n    END IF;\n\n    IF NEW.signed_at > clock_timestamp() + interval '1 minute' THEN\n        RAISE EXCEPTION 'a plan is not signed in the future';\n    END IF;\n\n    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (\n        SELECT 1 FROM plans_plan p WHERE p.id = NEW.replaces_id AND p.patient_id = NEW.patient_id\n        AND p.status = 'replaced' AND NOT EXISTS (\n            SELECT 1 FROM plans_plan q\n            WHERE q.patient_id = p.patient_id AND q.id <> NEW.id AND q.signed_at > p.signed_at\n        )\n    ) THEN\n        RAISE EXCEPTION 'a plan replaces the one its patient had before';\n    END IF;\n\n    RETURN NEW;\n", hash='191765d355118aac2774a1b45453aa84c782f9af', operation='UPDATE', pgid='pgtrigger_plans_signed_by_a_doctor_90375', table='plans_plan', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='plans_signed_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."status" IN (\'signed\', \'replaced\', \'discarded\'))', func="\n    IF TG_OP = 'DELETE' THEN\n        RAISE EXCEPTION 'a plan that was signed or put aside is kept';\n    END IF;\n    IF OLD.status = 'signed' AND NEW.status = 'replaced'\n       AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status' THEN\n        RETURN NEW;\n    END IF;\n    IF OLD.status = 'signed' AND NEW.status = 'draft' AND NEW.revision = OLD.revision + 1\n       AND to_jsonb(NEW) - '{status,signed_by_id,signed_at,revision}'::text[]\n         = to_jsonb(OLD) - '{status,signed_by_id,signed_at,revision}'::text[] THEN\n        IF clock_timestamp() >= OLD.signed_at + interval '3 minutes' THEN\n            RAISE EXCEPTION 'a plan whose patient has been told is not taken back';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF OLD.status = 'replaced' AND NEW.status = 'signed'\n       AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status'\n       AND EXISTS (SELECT 1 FROM plans_plan p WHERE p.replaces_id = OLD.id AND p.status = 'draft') THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'a plan that was signed or put aside does not change';\n", hash='00175b3de85d1ec08561226b6f84c382e0fd3fd1', operation='UPDATE OR DELETE', pgid='pgtrigger_plans_signed_never_change_1da82', table='plans_plan', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='plans_retire_others_by_signing', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."replaces_id" IS NOT NULL AND NEW."status" = \'draft\')', func="\n    IF TG_OP = 'INSERT' THEN\n        RAISE EXCEPTION 'a draft replaces no plan';\n    END IF;\n    IF OLD.status = 'draft' AND NEW.replaces_id IS DISTINCT FROM OLD.replaces_id THEN\n        RAISE EXCEPTION 'a draft replaces no plan';\n    END IF;\n    RETURN NEW;\n", hash='26fd94331907b404526bb96a99851baf2d23be38', operation='INSERT OR UPDATE', pgid='pgtrigger_plans_retire_others_by_signing_f4c5e', table='plans_plan', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PlanItem',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('position', models.PositiveIntegerField()),
                        ('code', webapp.base.fields.EncryptedTextField()),
                        ('kind', models.CharField(max_length=12)),
                        ('state', models.CharField(max_length=8)),
                        ('urgency', models.CharField(default='none', max_length=12)),
                        ('content', webapp.base.fields.EncryptedJSONField()),
                        ('decision', models.CharField(choices=[('pending', 'Pending'), ('accepted', 'Accepted'), ('edited', 'Edited'), ('rejected', 'Rejected'), ('added', 'Added')], default='pending', max_length=8)),
                        ('reason_code', models.CharField(blank=True, max_length=40)),
                        ('note', webapp.base.fields.EncryptedTextField(null=True)),
                        ('final', webapp.base.fields.EncryptedJSONField(null=True)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='plans.plan')),
                        ('code_index', webapp.base.fields.BlindIndexOf(max_length=16, of=['plan_id', 'code'])),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'held', 'blocked'])), name='plans_item_state'),
                            models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', 'pending')), models.Q(models.Q(('decision', 'pending'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='plans_item_decided_by_somebody'),
                            models.CheckConstraint(condition=models.Q(models.Q(('decision', 'rejected'), _negated=True), models.Q(('reason_code', ''), _negated=True), _connector='OR'), name='plans_item_rejected_with_a_reason'),
                            models.CheckConstraint(condition=models.Q(models.Q(('decision__in', ['edited', 'added']), _negated=True), ('final__isnull', False), _connector='OR'), name='plans_item_changed_to'),
                            models.CheckConstraint(condition=models.Q(('state', 'proposed'), models.Q(('decision__in', ['accepted', 'edited', 'added']), _negated=True), ('note__isnull', False), _connector='OR'), name='plans_item_overridden_in_writing'),
                            models.UniqueConstraint(fields=('plan', 'code_index'), name='plans_item_once_a_plan'),
                        ],
                        'ordering': ['plan', 'position'],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='items_decided_by_a_doctor', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."decision" = \'pending\'))', func="\n    IF NOT EXISTS (\n        SELECT 1 FROM accounts_userrole r JOIN accounts_user u ON u.id = r.user_id\n        WHERE r.user_id = NEW.decided_by_id AND r.role = 'doctor' AND u.is_active\n    ) THEN\n        RAISE EXCEPTION 'only a doctor decides an item';\n    END IF;\n\n    RETURN NEW;\n", hash='b51eb3a651588f7f150c34ca912619dec5cd85e3', operation='INSERT OR UPDATE', pgid='pgtrigger_items_decided_by_a_doctor_993c5', table='plans_planitem', when='BEFORE')),
                            pgtrigger.compiler.Trigger(name='items_of_a_signed_plan_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (\n        SELECT 1 FROM plans_plan p WHERE p.status = 'draft'\n        AND p.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.plan_id ELSE NEW.plan_id END\n    ) THEN\n        RAISE EXCEPTION 'only the items of a draft change';\n    END IF;\n    IF TG_OP = 'UPDATE' AND NEW.plan_id <> OLD.plan_id THEN\n        RAISE EXCEPTION 'an item stays in its plan';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='d49934ac7a9aace0e5aa6bed57c58c5d5816e23b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_items_of_a_signed_plan_stay_51d09', table='plans_planitem', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ItemSeen',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seen_at', models.DateTimeField(auto_now_add=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seen', to='plans.planitem')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('item', 'user'), name='plans_item_seen_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='RuleEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('protocol', webapp.base.fields.EncryptedTextField()),
                        ('version', models.CharField(max_length=40)),
                        ('rule', webapp.base.fields.EncryptedTextField()),
                        ('what', models.CharField(choices=[('shown', 'Shown'), ('on_screen', 'On Screen'), ('accepted', 'Accepted'), ('edited', 'Edited'), ('rejected', 'Rejected'), ('overridden', 'Overridden'), ('undecided', 'Undecided')], max_length=12)),
                        ('state', models.CharField(blank=True, max_length=8)),
                        ('reason_code', models.CharField(blank=True, max_length=40)),
                        ('seconds', models.PositiveIntegerField(null=True)),
                        ('at', models.DateTimeField(auto_now_add=True)),
                        ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.planitem')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('seconds__isnull', False), ('what', 'on_screen')), models.Q(models.Q(('what', 'on_screen'), _negated=True), ('seconds__isnull', True)), _connector='OR'), name='plans_event_seconds_on_screen'),
                        ],
                        'indexes': [
                            models.Index(fields=['at'], name='plans_ruleevent_at'),
                        ],
                        'ordering': ['pk'],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='events_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bdd62ab8a43ed54adb01654c96090697509e31b1', operation='UPDATE OR DELETE', pgid='pgtrigger_events_never_change_d514e', table='plans_ruleevent', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Settlement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', webapp.base.fields.EncryptedTextField()),
                        ('rule', webapp.base.fields.EncryptedTextField(blank=True)),
                        ('facts_digest', models.CharField(max_length=32)),
                        ('reason_code', models.CharField(max_length=40)),
                        ('note', webapp.base.fields.EncryptedTextField(null=True)),
                        ('settled_at', models.DateTimeField(auto_now_add=True)),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('reason_code', ''), _negated=True), name='plans_settled_with_a_reason'),
                        ],
                        'ordering': ['-settled_at'],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='settlements_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='814a38e5f8e2b52667e712f2dc4c3432551668cc', operation='UPDATE OR DELETE', pgid='pgtrigger_settlements_never_change_0d0fd', table='plans_settlement', when='BEFORE')),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Task',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('what', webapp.base.fields.EncryptedTextField()),
                        ('title', webapp.base.fields.EncryptedJSONField()),
                        ('due_on', models.DateField()),
                        ('made_at', models.DateTimeField(auto_now_add=True)),
                        ('status', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dropped', 'Dropped')], default='open', max_length=8)),
                        ('settled_at', models.DateTimeField(null=True)),
                        ('note', webapp.base.fields.EncryptedTextField(null=True)),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
                        ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('what_index', webapp.base.fields.BlindIndexOf(max_length=16, of=['patient_id', 'what'])),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('note__isnull', False), ('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='plans_task_settled_in_writing'),
                            models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('patient', 'what_index'), name='plans_task_open_once'),
                        ],
                        'indexes': [
                            models.Index(fields=['status', 'due_on'], name='plans_task_status_35be61_idx'),
                        ],
                        'ordering': ['due_on', 'made_at'],
                        'triggers': [
                            pgtrigger.compiler.Trigger(name='tasks_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='cd773449a4c8d84ac42e8f038d0cc51628142909', operation='DELETE', pgid='pgtrigger_tasks_are_kept_87914', table='plans_task', when='BEFORE')),
                        ],
                    },
                ),
            ]
        ),
    ]
