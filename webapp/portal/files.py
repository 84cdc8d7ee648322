"""A file that a patient sends to the clinic: what is asked of it, and how many a day."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webapp.accounts.models import User
from webapp.base.plain import PlainForm
from webapp.patients import services as patients
from webapp.patients.models import DocumentReference, Patient
from webapp.patients.services import PatientError

A_DAY = 20  # files of one patient
Kind = DocumentReference.Kind


class FileForm(PlainForm):
    """The file, and what it is called."""

    file = forms.FileField(
        label=_("Photograph or file"),
        # Named types, not endings: a telephone then offers its camera, and turns its own kind of picture into JPEG.
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        help_text=_("PDF, JPEG or PNG, at most 20 MB. Where a picture was taken is removed from it."),
        error_messages={"empty": _("This file is empty. Choose it again, or scan it once more.")},
    )
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            (Kind.REPORT, _("A report or test")),
            (Kind.LETTER, _("A letter of another doctor")),
            (Kind.IMAGE, _("A picture")),
            (Kind.OTHER, pgettext_lazy("file", "Something else")),
        ],
    )
    title = forms.CharField(
        label=_("In a few words"),
        max_length=120,
        required=False,
        help_text=_("For example: blood test of March, health centre."),
    )


def keep(*, patient: Patient, given: Mapping[str, Any], actor: User) -> DocumentReference:
    """Keep a file as sent by the patient: the doctor sees it as unconfirmed.

    Raises PatientError for a file that is refused, with what to do instead, and above so many a day.
    """
    since = timezone.now() - timedelta(days=1)
    if DocumentReference.objects.filter(patient=patient, recorded_by=actor, recorded_at__gte=since).count() >= A_DAY:
        raise PatientError(_("You have sent many files today. Send the others tomorrow, or bring them to the clinic."))
    file = given["file"]
    return patients.add_document(
        patient, name=file.name, content=file.read(), kind=given["kind"], actor=actor, title=given["title"].strip()
    )
