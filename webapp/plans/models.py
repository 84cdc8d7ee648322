"""Evaluations, and the plans made of them: nothing reaches a patient without a named doctor, and the database holds it.

The triggers stand here, beside the tables, because they must hold against every writer: a form, a job, a console.
"""

import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from webapp.base.fields import BlindIndexOf, EncryptedJSONField, EncryptedTextField
from webapp.plans import triggers
from webapp.plans.colleagues import Handover, SecondSignature
from webapp.plans.recalls import Recall, RecallTask, RuleMark

__all__ = (
    "UNDECIDED_MAY_STAY",
    "UNDO",
    "Confirmation",
    "Evaluation",
    "Handover",
    "ItemSeen",
    "Plan",
    "PlanItem",
    "Recall",
    "RecallTask",
    "RuleEvent",
    "RuleMark",
    "SecondSignature",
    "Settlement",
    "Task",
)

UNDO = timedelta(minutes=3)  # after the signature the signer may take it back; then the patient is told
UNDECIDED_MAY_STAY = frozenset({"dx", "alert", "ask"})  # shown to the doctor, released to nobody: need no decision


class Evaluation(models.Model):
    """One run of the engine: what it was asked, under which library, what it said; running it again gives the same."""

    class Status(models.TextChoices):
        OK = "ok"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    release = models.ForeignKey("rules.Release", models.PROTECT, null=True, related_name="+")
    trial = models.ForeignKey("rules.Trial", models.PROTECT, null=True, related_name="+")  # the pilot it came by
    case = EncryptedJSONField()
    case_sha256 = models.CharField(max_length=64)
    record_mark = models.CharField(max_length=32, blank=True)  # keyed: which lines of the record it was made of
    result = EncryptedTextField(null=True)  # the engine's canonical text, byte for byte
    result_sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=8, choices=Status)
    error = models.CharField(max_length=120, blank=True)  # a code, never a value of the case
    because = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["patient", "-created_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="ok") | (Q(release__isnull=False, result__isnull=False) & ~Q(result_sha256="")),
                name="plans_evaluation_ok_has_its_result",
            ),
            models.CheckConstraint(condition=Q(status="ok") | ~Q(error=""), name="plans_evaluation_failed_says_why"),
        ]
        triggers = [
            pgtrigger.Protect(name="evaluations_never_change", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"evaluation {self.pk} ({self.status})"


class Confirmation(models.Model):
    """What the second opinion said about an evaluation. An evaluation without one has not been checked yet."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed"
        NOT_CONFIRMED = "not_confirmed"
        ABSENT = "absent"  # there is no second opinion on this machine

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, primary_key=True, related_name="confirmation")
    state = models.CharField(max_length=13, choices=State)
    reason = models.CharField(max_length=20, blank=True)  # a word such as crashed or disagrees
    differs = EncryptedJSONField(default=list)  # rules, facts and codes about which the two disagree
    checked_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="confirmed", reason="") | (~Q(state="confirmed") & ~Q(reason="")),
                name="plans_confirmation_says_why_not",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="confirmations_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="confirmed_stays_confirmed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="confirmed"),
            ),
        ]

    def __str__(self) -> str:
        return f"confirmation of {self.evaluation_id} ({self.state})"


class Plan(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft"
        SIGNED = "signed"
        REPLACED = "replaced"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    urgency = models.CharField(max_length=12, default="none")
    revision = models.PositiveIntegerField(default=0)  # rises with every decision: the optimistic lock
    created_at = models.DateTimeField(auto_now_add=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    # why it was signed although the second opinion did not confirm it
    unconfirmed_note = EncryptedTextField(null=True)
    # the plan this signature retired; it is the patient's again if the signature is taken back
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["status", "created_at"])]
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(status="signed"), name="plans_one_signed"),
            models.UniqueConstraint(fields=["patient"], condition=Q(status="draft"), name="plans_one_draft"),
            models.CheckConstraint(
                condition=Q(status__in=["signed", "replaced"], signed_by__isnull=False, signed_at__isnull=False)
                | Q(status__in=["draft", "discarded"], signed_by__isnull=True, signed_at__isnull=True),
                name="plans_signed_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="plans_begin_as_drafts",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(new__status="draft"),
                func="RAISE EXCEPTION 'a plan begins as a draft';",
            ),
            pgtrigger.Trigger(
                name="plans_signed_by_a_doctor",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__status="draft", new__status="signed"),
                func=triggers.SIGNED_BY_A_DOCTOR,
            ),
            pgtrigger.Trigger(
                name="plans_signed_never_change",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__status__in=["signed", "replaced", "discarded"]),
                func=triggers.ONLY_REPLACED,
            ),
            pgtrigger.Trigger(
                name="plans_retire_others_by_signing",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__status="draft", new__replaces__isnull=False),
                func=triggers.RETIRES_BY_SIGNING,
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.pk} ({self.status})"

    @property
    def told_at(self) -> datetime | None:
        """When the patient is told of the signature; until then its signer may take it back."""
        return self.signed_at + UNDO if self.signed_at else None


class PlanItem(models.Model):
    class Decision(models.TextChoices):
        PENDING = "pending"
        ACCEPTED = "accepted"
        EDITED = "edited"
        REJECTED = "rejected"
        ADDED = "added"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    code = EncryptedTextField()
    code_index = BlindIndexOf(of=("plan_id", "code"))
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=8)  # proposed, held or blocked, as the engine said
    urgency = models.CharField(max_length=12, default="none")
    content = EncryptedJSONField()  # the item as the engine gave it
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.PENDING)
    reason_code = models.CharField(max_length=40, blank=True)
    note = EncryptedTextField(null=True)  # the doctor's written justification
    final = EncryptedJSONField(null=True)  # what is released in place of the content, once edited or added
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # who else answers for a blocked item that was taken, in place of a written justification
    second_signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code_index"], name="plans_item_once_a_plan"),
            models.CheckConstraint(condition=Q(state__in=["proposed", "held", "blocked"]), name="plans_item_state"),
            models.CheckConstraint(
                condition=Q(decision="pending", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="pending") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="plans_item_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decision="rejected") | ~Q(reason_code=""), name="plans_item_rejected_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["edited", "added"]) | Q(final__isnull=False),
                name="plans_item_changed_to",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed")
                | ~Q(decision__in=["accepted", "edited", "added"])
                | Q(note__isnull=False)
                | Q(state="blocked", second_signer__isnull=False),
                name="plans_item_overridden_in_writing",
            ),
            models.CheckConstraint(
                condition=Q(second_signer__isnull=True)
                | (Q(decided_by__isnull=False) & ~Q(second_signer=F("decided_by"))),
                name="plans_item_second_signer_is_another",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="items_decided_by_a_doctor",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(new__decision="pending"),
                func=triggers.DECIDED_BY_A_DOCTOR,
            ),
            pgtrigger.Trigger(
                name="items_of_a_signed_plan_stay",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=triggers.ONLY_IN_DRAFTS,
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.pk} ({self.state}, {self.decision})"


class ItemSeen(models.Model):
    """That a doctor had this item on the screen: nothing is accepted in bulk that she has not seen."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="plans_item_seen_once")]

    def __str__(self) -> str:
        return f"item {self.item_id} seen by user {self.user_id}"


class Settlement(models.Model):
    """An alert beside a plan as one doctor settled it: not shown to her again while what it rests on is the same."""

    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    key = EncryptedTextField()  # which alert: its code, or the item and the finding beside it
    rule = EncryptedTextField(blank=True)  # protocol.rule; empty for what the formulary says
    facts_digest = models.CharField(max_length=32)  # keyed: equal for the same facts, and tells nothing
    reason_code = models.CharField(max_length=40)
    note = EncryptedTextField(null=True)
    settled_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-settled_at"]
        constraints = [models.CheckConstraint(condition=~Q(reason_code=""), name="plans_settled_with_a_reason")]
        triggers = [
            pgtrigger.Protect(name="settlements_never_change", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"alert settled by user {self.user_id}"


class Task(models.Model):
    """Something a doctor said she would watch: it stands in the worklist from its day until somebody settles it."""

    class Status(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    what = EncryptedTextField()  # a code: what is watched
    what_index = BlindIndexOf(of=("patient_id", "what"))
    title = EncryptedJSONField()  # language -> words, as they stood when it was made
    due_on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    note = EncryptedTextField(null=True)  # what was found, or why it was dropped

    class Meta:
        ordering = ["due_on", "made_at"]
        indexes = [models.Index(fields=["status", "due_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "what_index"], condition=Q(status="open"), name="plans_task_open_once"
            ),
            models.CheckConstraint(
                condition=Q(status="open", settled_by__isnull=True, settled_at__isnull=True)
                | (~Q(status="open") & Q(settled_by__isnull=False, settled_at__isnull=False, note__isnull=False)),
                name="plans_task_settled_in_writing",
            ),
        ]
        triggers = [pgtrigger.Protect(name="tasks_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"task due {self.due_on} ({self.status})"


class RuleEvent(models.Model):
    """What became of one rule's item with one doctor, in the terms of CDS Hooks: what reports are counted from.

    Which rule it was tells what the patient has: reports read the rows of their time and count after decryption.
    """

    class What(models.TextChoices):
        SHOWN = "shown"
        ON_SCREEN = "on_screen"  # with the seconds
        ACCEPTED = "accepted"
        EDITED = "edited"
        REJECTED = "rejected"
        OVERRIDDEN = "overridden"  # a held or blocked item taken anyway, or an alert settled
        SECOND_SIGNED = "co_signed"  # by a colleague who was asked to answer for a blocked item too
        SECOND_REFUSED = "co_refused"
        UNDECIDED = "undecided"  # a decision taken back

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    item = models.ForeignKey(PlanItem, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    protocol = EncryptedTextField()
    version = models.CharField(max_length=40)
    rule = EncryptedTextField()
    what = models.CharField(max_length=12, choices=What)
    state = models.CharField(max_length=8, blank=True)  # of the item, as the engine said
    reason_code = models.CharField(max_length=40, blank=True)
    seconds = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"], name="plans_ruleevent_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(what="on_screen", seconds__isnull=False) | (~Q(what="on_screen") & Q(seconds__isnull=True)),
                name="plans_event_seconds_on_screen",
            ),
        ]
        triggers = [pgtrigger.Protect(name="events_never_change", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"event {self.pk} ({self.what})"
