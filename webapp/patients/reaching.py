"""How a patient is told that there is something to read: the way chosen in the profile, while it can be used."""

from django.conf import settings

from webapp.patients.models import Patient


def reached_by(patient: Patient) -> dict[str, str]:
    """Return ``channel`` and ``address`` of the notices for a patient; e-mail where the way chosen leads nowhere."""
    if patient.channel == Patient.Channel.SMS and patient.phone and sms_reaches(patient):
        return {"channel": "sms", "address": patient.phone}
    if patient.channel == Patient.Channel.PUSH and patient.user_id and settings.OUTBOX_CHANNELS.get("push"):
        return {"channel": "push", "address": f"account-{patient.user_id}"}  # whoever carries it knows the telephones
    return {"channel": "email", "address": patient.email or (patient.user.email if patient.user else "")}


def sms_reaches(patient: Patient) -> bool:
    """Tell whether a text message can go to this patient: there is a telephone, and somebody carries messages."""
    return bool(patient.phone and settings.OUTBOX_CHANNELS.get("sms"))
