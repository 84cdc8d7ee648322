"""Says of every record what a copy of it amounts to, so that two databases can be held against each other."""

import hashlib
from typing import Any

from django.core.management.base import BaseCommand

from webapp.audit import services as audit
from webapp.patients.models import Patient
from webapp.privacy import services
from webapp.privacy.models import Export


class Command(BaseCommand):
    help = "Print number and SHA-256 of the clinic's copy of every record: the same before a backup and after it."

    def handle(self, *_: Any, **options: Any) -> None:
        found = list(Patient.objects.order_by("record_number"))
        audit.record(actor=None, verb="records.digested", detail={"patients": len(found)})
        for patient in found:
            made = services.copy_of(patient, kind=Export.Kind.CLINIC, language="es")
            self.stdout.write(f"{patient.record_number} {hashlib.sha256(made).hexdigest()}")
