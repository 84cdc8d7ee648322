"""What the verbs of the book are called by people: short, without a clinical word, the same for patient and staff."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
READ: Mapping[str, Words] = {
    "patient.viewed": _("Read the whole record"),
    "patient.identity_viewed": _("Saw who it is and how to reach the person"),
    "patient.listed": _("Saw the name in a list"),
    "patient.found": _("Found the name by a search"),
    "patient.looks_viewed": _("Read who had looked"),
    "looks.viewed": _("Read who had looked"),
    "entry.viewed": _("Read an entry of the record and its history"),
    "response.viewed": _("Read the answers to a questionnaire"),
    "responses.viewed": _("Saw the list of questionnaires"),
    "plan.viewed": _("Read the plan"),
    "plan.explained": _("Read the reasons of the plan"),
    "plan.previewed": _("Read the plan as the patient sees it"),
    "plan.printed": _("Downloaded the plan"),
    "document.viewed": _("Opened a document"),
    "record.viewed": _("Read the record in the portal"),
    "record.printed": _("Downloaded the record"),
    "portal.viewed": _("Opened the first page of the portal"),
    "diary.viewed": _("Read the diary"),
    "profile.viewed": _("Read the contact details"),
    "consents.viewed": _("Read the consents"),
}
CHANGED: Mapping[str, Words] = {
    "patient.registered": _("Registered the person as a patient"),
    "patient.changed": _("Changed who it is or how to reach the person"),
    "observations.recorded": _("Added answers or measurements"),
    "observation.corrected": _("Corrected a measurement"),
    "consent.accepted": _("Wrote down a consent"),
    "consent.withdrawn": _("Wrote down that a consent is withdrawn"),
    "invitation.made": _("Invited the person to the portal"),
    "invitation.withdrawn": _("Took an invitation to the portal back"),
    "invitation.refused": _("Somebody tried an invitation with data that do not fit"),
    "invitation.locked": _("An invitation was locked after three wrong tries"),
    "invitation.used": _("Came in by an invitation"),
    "plan.drafted": _("Prepared a draft plan"),
    "plan.signed": _("Signed the plan"),
    "response.submitted": _("Sent the answers to a questionnaire"),
    "document.added": _("Added a document"),
}
# What a verb says by its last word, where nothing more exact is known.
ENDINGS: Mapping[str, Words] = {
    "viewed": _("Read a part of the record"),
    "printed": _("Downloaded a part of the record"),
    "exported": _("Took a copy out of Pauta"),
    "sent": _("Had a notice sent"),
    "queued": _("Had a notice sent"),
    "raised": _("Raised an alert for the clinic"),
    "acknowledged": _("Took charge of an alert"),
    "closed": _("Closed an entry or an alert"),
    "added": _("Added an entry to the record"),
    "confirmed": _("Confirmed an entry of the record"),
    "corrected": _("Corrected an entry of the record"),
    "stopped": _("Wrote that something is no longer taken"),
}
SOMETHING = _("Changed a part of the record")


def said(verb: str) -> Words:
    """Return what was done or seen, in words."""
    known = READ.get(verb) or CHANGED.get(verb)
    return known or ENDINGS.get(verb.rpartition(".")[2], SOMETHING)


def is_reading(verb: str) -> bool:
    """Tell whether a line tells of reading only."""
    return verb in READ or verb.endswith((".viewed", ".printed", ".explained", ".previewed", ".listed"))
