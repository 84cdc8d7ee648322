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
    "patient.history_viewed": _("Read what the record said before"),
    "patient.contacts_viewed": _("Saw whom to call"),
    "patient.seen_as_duplicate": _("Saw the name among people who may be the same"),
    "patient.seen_as_namesake": _("Saw the name in a warning about two of the same name"),
    "looks.viewed": _("Read who had looked"),
    "course.viewed": _("Read the scores and the diary"),
    "timeline.viewed": _("Read the timeline of the record"),
    "response.viewed": _("Read the answers to a questionnaire"),
    "responses.viewed": _("Saw the list of questionnaires"),
    "plan.viewed": _("Read the plan"),
    "trial.viewed": _("Saw in what a protocol on trial would differ"),
    "replay.viewed": _("Saw in what a draft of a protocol would change the plan"),
    "recall.viewed": _("Looked at a patient of a recall"),
    "recall.listed": _("Saw the name in a recall"),
    "recall.exported": _("Took a table of a recall"),
    "replay.exported": _("Took a table of what a draft of a protocol would change"),
    "plans.viewed": _("Saw the list of plans"),
    "plan.explained": _("Read the reasons of the plan"),
    "plan.previewed": _("Read the plan as the patient sees it"),
    "plan.printed": _("Downloaded the plan"),
    "document.opened": _("Opened a document"),
    "prescription.printed": _("Printed what was written from the plan"),
    "result.viewed": _("Read a result"),
    "results.viewed": _("Read the results"),
    "task.viewed": _("Read what is to be watched"),
    "record.viewed": _("Read the record in the portal"),
    "record.printed": _("Downloaded the record"),
    "record.exported": _("Took a copy of the whole record"),
    "record.summary_taken": _("Took a summary of the record for another doctor"),
    "shared.viewed": _("Read a part of the record that the patient shared"),
    "shared.printed": _("Downloaded something that the patient shared"),
    "shares.viewed": _("Saw with whom the record is shared"),
    "record.export_asked": _("Asked for a copy of the whole record"),
    "portal.viewed": _("Opened the first page of the portal"),
    "diary.viewed": _("Read the diary"),
    "profile.viewed": _("Read the contact details"),
    "consents.viewed": _("Read the consents"),
}
CHANGED: Mapping[str, Words] = {
    "patient.registered": _("Registered the person as a patient"),
    "patient.identity_corrected": _("Changed who it is or how to reach the person"),
    "patient.told_apart": _("Wrote that two patients of the same name are two"),
    "observations.recorded": _("Added answers or measurements"),
    "observation.corrected": _("Corrected a measurement"),
    "consent.accepted": _("Wrote down a consent"),
    "consent.withdrawn": _("Wrote down that a consent is withdrawn"),
    "invitation.made": _("Invited the person to the portal"),
    "invitation.withdrawn": _("Took an invitation to the portal back"),
    "invitation.refused": _("Somebody tried an invitation with data that do not fit"),
    "invitation.locked": _("An invitation was locked after three wrong tries"),
    "invitation.used": _("Came in by an invitation"),
    "nonerecorded.added": _("Wrote down that there is none"),
    "nonerecorded.whole": _("Wrote down that a list is complete"),
    "observation.doubted": _("Wrote down that a list may not be complete"),
    "plan.assessed": _("Worked out the plan"),
    "plan.not_assessed": _("Could not work out the plan"),
    "plan.not_confirmed": _("The second opinion did not confirm the plan"),
    "plan.drafted": _("Prepared a draft plan"),
    "shared.opened": _("Shared parts of the record with a specialist"),
    "shared.changed": _("Changed what is shared with a specialist"),
    "shared.taken_back": _("Stopped sharing with a specialist"),
    "plan.handed_over": _("Handed the plan to a colleague"),
    "plan.handover_taken_back": _("Took a handover of the plan back"),
    "plan.second_asked": _("Asked a colleague to sign for an item too"),
    "plan.second_signed": _("Signed for an item too"),
    "plan.second_refused": _("Refused to sign for an item too"),
    "plan.second_taken_back": _("Took the question for a second signature back"),
    "plan.item_accepted": _("Decided on an item of the plan"),
    "plan.item_edited": _("Decided on an item of the plan"),
    "plan.item_rejected": _("Decided on an item of the plan"),
    "plan.item_added": _("Decided on an item of the plan"),
    "plan.rest_accepted": _("Accepted the rest of the plan"),
    "plan.alert_settled": _("Settled an alert of the plan"),
    "plan.taken_back": _("Took a signed plan back before it was sent"),
    "plan.signed": _("Signed the plan"),
    "prescription.written": _("Wrote out what the plan gives"),
    "renewal.asked": _("Asked to go on with a medicine"),
    "renewal.approved": _("Approved going on with a medicine"),
    "renewal.refused": _("Did not approve going on with a medicine"),
    "pharmacy.chosen": _("Chose a pharmacy"),
    "response.asked": _("Asked the patient a few questions"),
    "response.started": _("Began a questionnaire"),
    "response.submitted": _("Sent the answers to a questionnaire"),
    "reminder.done": _("Wrote that a reminder is done"),
    "document.added": _("Added a document"),
    "result.released": _("Released a result to the patient"),
    "result.released_by_policy": _("Released a result by the clinic’s rule"),
    "result.taken_back": _("Took the release of a result back"),
    "result.held": _("Held a corrected result back"),
    "documentreference.released": _("Released a document to the patient"),
    "documentreference.withheld": _("Took the release of a document back"),
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
    "entered_in_error": _("Marked an entry as written in error"),
    "restored": _("Put back what an entry said before it was corrected"),
    "refused": _("Tried something that was refused"),
    "made": _("Invited the person to the portal"),
    "withdrawn": _("Took something back"),
}
SOMETHING = _("Changed a part of the record")


def said(verb: str) -> Words:
    """Return what was done or seen, in words."""
    known = READ.get(verb) or CHANGED.get(verb)
    return known or ENDINGS.get(_ending(verb), SOMETHING)


def is_reading(verb: str) -> bool:
    """Tell whether a line tells of reading only."""
    return verb in READ or _ending(verb) in ("viewed", "printed", "exported", "export_asked")


def _ending(verb: str) -> str:
    """Return the last word of a verb: ``viewed`` of ``patient.notes_viewed``."""
    last = verb.rpartition(".")[2]
    return "viewed" if last.endswith("_viewed") else last
