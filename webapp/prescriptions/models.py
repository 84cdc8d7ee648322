"""Who writes prescriptions, each as it was printed, requests to go on with a medicine, and what pharmacies are sent."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.base.fields import EncryptedJSONField, EncryptedTextField
from webapp.patients.lines import never_emptied, only_added
from webapp.prescriptions import triggers


class Prescriber(models.Model):
    """What a prescription says of the doctor who writes it, as she wrote it herself."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    given_name = EncryptedTextField(default="")
    surnames = EncryptedTextField(default="")
    qualification = EncryptedTextField(default="")
    college_number = EncryptedTextField(default="")
    speciality = EncryptedTextField(default="")
    email = EncryptedTextField(default="")
    phone = EncryptedTextField(default="")
    address = EncryptedTextField(default="")
    town = EncryptedTextField(default="")
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"prescriber {self.pk}"


class Prescription(models.Model):
    """One medicine of a signed plan as a doctor had it printed; ``content`` is every word that stood on the paper."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.UUIDField(db_index=True)  # printed together
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.Plan", models.PROTECT, related_name="+")
    item = models.ForeignKey("plans.PlanItem", models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()  # which of the item's doses
    content = EncryptedJSONField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-issued_at", "place"]
        indexes = [models.Index(fields=["plan", "-issued_at"], name="prescriptions_of_plan")]
        triggers = [
            only_added("prescriptions"),
            never_emptied("prescriptions"),
            pgtrigger.Trigger(
                name="prescriptions_of_signed_items",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=triggers.OF_A_SIGNED_ITEM,
            ),
        ]

    def __str__(self) -> str:
        return f"prescription {self.pk}"


class Tick(models.Model):
    """What a patient said of one dose of one day; a dose without a line is one of which nobody knows."""

    item = models.ForeignKey("plans.PlanItem", models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()  # which of the item's doses
    part = models.CharField(max_length=8)  # of the day
    day = models.DateField()
    taken = models.BooleanField()
    ticked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["patient", "day"], name="prescriptions_ticks_of")]
        constraints = [
            models.UniqueConstraint(fields=["item", "place", "part", "day"], name="prescriptions_tick_once"),
        ]

    def __str__(self) -> str:
        return f"tick {self.pk}"


class Week(models.Model):
    """A week of a plan that is over, counted: what was due, said to be taken, said not to be; the rest nobody told."""

    plan = models.ForeignKey("plans.Plan", models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # 1, 2, 3 ... from the day after the signature
    last_day = models.DateField()
    due = models.PositiveSmallIntegerField()
    done = models.PositiveSmallIntegerField()
    not_done = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["last_day"], name="prescriptions_weeks_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="prescriptions_week_once"),
            models.CheckConstraint(condition=Q(due__gte=F("done") + F("not_done")), name="prescriptions_week_adds_up"),
        ]

    def __str__(self) -> str:
        return f"week {self.number} of {self.plan_id}"


class Pharmacy(models.Model):
    """Where medicines are handed out; the clinic keeps the list, the patient chooses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "address"], name="prescriptions_pharmacy_once"),
            models.CheckConstraint(condition=~Q(name=""), name="prescriptions_pharmacy_named"),
        ]

    def __str__(self) -> str:
        return self.name


class PharmacyChoice(models.Model):
    """The pharmacy a patient has chosen."""

    patient = models.OneToOneField("patients.Patient", models.PROTECT, primary_key=True, related_name="+")
    pharmacy = models.ForeignKey(Pharmacy, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"choice of {self.patient_id}"


class Renewal(models.Model):
    """A patient's request to go on with a medicine: asked once at a time, decided once, by a doctor."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("asked for")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("not approved")

    class Verdict(models.TextChoices):
        CLEAR = "clear"
        HELD = "held"
        BLOCKED = "blocked"
        NOT_CHECKED = "not_checked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.Plan", models.PROTECT, related_name="+")
    item = models.ForeignKey("plans.PlanItem", models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    runs_out_on = models.DateField(null=True)  # None: what was signed has no end
    verdict = models.CharField(max_length=11, choices=Verdict)  # of the engine, when it was asked for
    check_result = EncryptedJSONField()  # verdict, findings and missing facts, of the newest check
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    until = models.DateField(null=True)  # the last day it is given, once approved
    doses = EncryptedJSONField(null=True)  # as approved
    changed = models.BooleanField(default=False)  # the doctor approved another dose
    reason = EncryptedTextField(null=True)  # why not, for the patient
    justification = EncryptedTextField(null=True)  # why in spite of what the engine says, for the file

    class Meta:
        ordering = ["asked_at"]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state="requested"), name="prescriptions_asked_for"),
            models.Index(fields=["patient", "-asked_at"], name="prescriptions_renewals_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(state="requested"), name="prescriptions_asked_for_once"
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by__isnull=True, decided_at__isnull=True, until__isnull=True)
                | Q(state="approved", decided_by__isnull=False, decided_at__isnull=False, until__isnull=False)
                & Q(doses__isnull=False)
                | Q(state="refused", decided_by__isnull=False, decided_at__isnull=False, until__isnull=True)
                & Q(reason__isnull=False),
                name="prescriptions_renewal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(verdict__in=["blocked", "held"]) | Q(justification__isnull=False),
                name="prescriptions_against_the_engine_in_writing",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved", verdict="not_checked"), name="prescriptions_approved_once_checked"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="renewals_are_kept", operation=pgtrigger.Delete),
            never_emptied("renewals"),
            pgtrigger.Protect(
                name="renewals_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["approved", "refused"]),
            ),
            pgtrigger.Trigger(
                name="renewals_decided_by_a_doctor",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(new__state="requested"),
                func=triggers.RENEWED_BY_A_DOCTOR,
            ),
        ]

    def __str__(self) -> str:
        return f"renewal {self.pk} ({self.state})"


class DispensingOrder(models.Model):
    """An approved renewal on its way to a pharmacy; its number is what the pharmacy knows it by, for ever."""

    class State(models.TextChoices):
        WAITING = "waiting", _("to be sent")
        SENT = "sent", _("sent to the pharmacy")
        RECEIVED = "received", _("received by the pharmacy")
        READY = "ready", _("ready to be fetched")
        GIVEN_UP = "given_up", _("could not be sent")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    renewal = models.OneToOneField(Renewal, models.PROTECT, related_name="order")
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    pharmacy = models.ForeignKey(Pharmacy, models.PROTECT, related_name="+")
    content = EncryptedJSONField()  # what the pharmacy is told
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)  # a code, never what was said
    due_at = models.DateTimeField(default=timezone.now)
    ordered_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-ordered_at"]
        indexes = [models.Index(fields=["state", "due_at"], name="prescriptions_orders_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "given_up"], sent_at__isnull=True)
                | Q(state__in=["sent", "received", "ready"], sent_at__isnull=False),
                name="prescriptions_order_sent_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="given_up") | ~Q(error=""), name="prescriptions_order_given_up_says_why"
            ),
        ]
        triggers = [pgtrigger.Protect(name="orders_are_kept", operation=pgtrigger.Delete), never_emptied("orders")]

    def __str__(self) -> str:
        return f"order {self.pk} ({self.state})"
