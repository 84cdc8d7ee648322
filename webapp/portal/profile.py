"""What patients set right themselves: how to reach them, whom to call, and what they must not be given."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.base.plain import PlainForm
from webapp.patients import identity
from webapp.patients import services as patients
from webapp.patients.models import Patient, RelatedPerson
from webapp.plans import tasks
from webapp.plans.naming import match, names
from webapp.plans.terms import Terms


def _phone(value: str) -> str:
    try:
        return identity.phone(value) if value else ""
    except identity.IdentityError as problem:
        raise forms.ValidationError(str(problem)) from None


def _a_phone(*, required: bool) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    return forms.CharField(label=_("Telephone"), max_length=25, required=required, widget=widget)


def _an_address() -> forms.EmailField:
    words = {"invalid": _("This address cannot receive mail. Write it as name@example.org.")}
    return forms.EmailField(label=_("E-mail"), required=False, max_length=200, error_messages=words)


def _ways() -> list[tuple[str, Any]]:
    """Return the ways somebody carries messages by; e-mail and text messages are always offered."""
    push = [Patient.Channel.PUSH] if settings.OUTBOX_CHANNELS.get("push") else []
    return [(one.value, one.label) for one in (Patient.Channel.EMAIL, Patient.Channel.SMS, *push)]


class ReachForm(PlainForm):
    """How the clinic reaches the patient."""

    phone = _a_phone(required=False)
    email = _an_address()
    channel = forms.ChoiceField(
        label=_("How to tell you that there is something to read"),
        choices=_ways,
        help_text=_("A notice never says a word about your health."),
    )
    language = forms.ChoiceField(label=_("Language of our letters"), choices=[("es", "Español"), ("en", "English")])

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("channel") == Patient.Channel.SMS and not given.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("For text messages we need your telephone."))
        return given


class ContactForm(PlainForm):
    """Somebody to call in an emergency."""

    name = forms.CharField(label=_("Name"), max_length=160)
    relationship = forms.ChoiceField(
        label=_("Who it is"), choices=[("", _("Choose")), *RelatedPerson.Relationship.choices]
    )
    phone = _a_phone(required=True)

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"])


class AllergyForm(PlainForm):
    """Something the patient must not be given, in the patient's words."""

    name = forms.CharField(
        label=_("What are you allergic to?"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "names", "autocomplete": "off"}),
        help_text=_("A medicine, a food or anything else. Choose it from the list if it is there."),
    )
    text = forms.CharField(
        label=_("What happened, and when?"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def allergens(terms: Terms) -> list[str]:
    """Return the names the rules know, to choose from."""
    return names(terms.edition, "allergies", terms.language)


@transaction.atomic
def add_allergy(*, patient: Patient, given: Mapping[str, str], actor: User, terms: Terms, today: date) -> None:
    """Write down what a patient reports: unconfirmed, and in force for the rules at once.

    Raises PatientError if it is there already.
    """
    code = match(terms.edition, "allergies", given["name"]) or ""
    text = ": ".join(part for part in (given["name"], given["text"].strip()) if part)
    patients.add_allergy(patient=patient, code=code, text=text, actor=actor)
    tasks.after_change(patient_id=patient.pk, what="allergy", today=today)
