"""How a patient stands on each purpose, what was decided so far, and what taking it back means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from webapp.patients import selectors
from webapp.patients.models import Consent, ConsentText, Patient, Purpose

# What is said beside the button that takes a consent back, and again when it is done.
EFFECTS: dict[str, Any] = {
    Purpose.TREATMENT: _(
        "Without it we ask you nothing more: no questionnaires, no diary, no new plan. What is in your record is kept "
        "as long as the law demands, and read only where the law allows it."
    ),
    Purpose.RESEARCH: _(
        "Without it your data go into no new study. What was published already named nobody. Your care is the same."
    ),
    Purpose.MARKETING: _("Without it we send you no news of the clinic. Your care is the same."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands on one purpose: the text in force and the newest decision."""

    purpose: str
    label: str
    text: ConsentText
    body: str
    effect: Any
    decision: Consent | None

    @property
    def given(self) -> bool:
        return self.decision is not None and self.decision.decision == Consent.Decision.ACCEPTED

    @property
    def current(self) -> bool:
        return self.given and self.decision is not None and self.decision.text_id == self.text.pk


@dataclass(frozen=True, slots=True)
class Decided:
    """One line of what was decided, with the words it was about; ``writer`` is who of the clinic wrote it down."""

    line: Consent
    label: str
    body: str
    writer: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every purpose that has a text, treatment first, and every decision, newest first."""

    standings: Sequence[Standing]
    history: Sequence[Decided]


def ledger_for(patient: Patient, language: str) -> Ledger:
    """Return what a page of consents shows; four queries however long the history is."""
    lines = list(selectors.ledger_of(patient).select_related("recorded_by"))
    newest: dict[str, Consent] = {}
    for line in lines:
        newest.setdefault(line.text.purpose, line)
    texts = {purpose: selectors.current_text(purpose) for purpose in Purpose.values}
    standings = [
        Standing(name, str(Purpose(name).label), text, text.body(language), EFFECTS[Purpose(name)], newest.get(name))
        for name, text in texts.items()
        if text is not None
    ]
    return Ledger(standings, [_decided(line, language) for line in lines])


def is_asked_anew(patient: Patient, purpose: str) -> bool:
    """Tell whether the patient agreed to an earlier text and has not been asked about the one in force."""
    text, last = selectors.current_text(purpose), selectors.decision_on(patient, purpose)
    if text is None or last is None or last.decision != Consent.Decision.ACCEPTED:
        return False
    return last.text_id != text.pk


def _decided(line: Consent, language: str) -> Decided:
    by_clinic = line.recorded_by if line.channel != Consent.Channel.PORTAL else None
    writer = by_clinic.display_name if by_clinic else ""
    return Decided(line, str(Purpose(line.text.purpose).label), line.text.body(language), writer)
