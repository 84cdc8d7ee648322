"""A small clinic in which every personal and every clinical field holds a mark that no page, log or table may show."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone

from engine.language.documents import Questionnaire
from rules import selectors as shelf
from tests.webapp.access.marks import CLINICAL, LOGO, PERSONAL, WORDS
from tests.webapp.access.world_plans import a_recall, a_task, plans_of
from tests.webapp.access.world_studio import a_proposal, a_replay, a_trial, counts
from tests.webapp.patients.hostile import a_png
from tests.webapp.people import a_dni, a_patient, a_text, a_user, consented
from tests.webapp.shelves import Kept, take_published
from webapp.accounts.models import CodeChannel, User
from webapp.accounts.selectors import with_role
from webapp.alerts import services as alerts
from webapp.alerts.models import Reminder
from webapp.base.roles import Role
from webapp.clinic import selectors as clinic
from webapp.clinic.models import FeatureEdition, GroupEdition, Logo
from webapp.desk.models import SavedView
from webapp.intake import selectors as intake
from webapp.intake.models import Answer, PastAnswer, QuestionnaireResponse
from webapp.patients import services as patients
from webapp.patients.models import AllergyIntolerance, DocumentReference, Observation, Patient, RelatedPerson
from webapp.plans.models import Plan, PlanItem, SecondSignature
from webapp.prescriptions.models import Pharmacy, Prescriber, Prescription, Renewal
from webapp.privacy.models import ConsentDraft, Export, ExportPiece
from webapp.results import services as results
from webapp.results.models import LabFile, Release
from webapp.sharing import services as sharing
from webapp.sharing.models import Share
from webapp.sharing.sections import SECTIONS

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols_yaml"


@dataclass
class Life:
    """One patient and one of everything a patient can have."""

    patient: Patient
    open_response: QuestionnaireResponse
    sent_response: QuestionnaireResponse
    draft: Plan
    item: PlanItem
    allergy: AllergyIntolerance
    alert_id: Any
    contact: RelatedPerson
    measure: Observation
    task_id: Any
    signed_id: Any
    lab_file_id: Any

    @property
    def user(self) -> User:
        return self.patient.user

    @property
    def reminder_id(self) -> Any:
        return Reminder.objects.values_list("pk", flat=True).get(patient=self.patient)

    @property
    def report_id(self) -> Any:
        return Release.objects.values_list("pk", flat=True).get(patient=self.patient, state="waiting")

    @property
    def released_report_id(self) -> Any:
        return (
            Release.objects.values_list("pk", flat=True)
            .filter(patient=self.patient, state="released")
            .order_by("-report__effective")[0]
        )

    @property
    def medicine_id(self) -> Any:
        return PlanItem.objects.values_list("pk", flat=True).get(plan=self.signed_id, kind="rx")

    @property
    def renewal_id(self) -> Any:
        return Renewal.objects.values_list("pk", flat=True).get(patient=self.patient, state="requested")

    @property
    def second_id(self) -> Any:
        return SecondSignature.objects.values_list("pk", flat=True).get(plan=self.draft)

    @property
    def batch_id(self) -> Any:
        return Prescription.objects.values_list("batch", flat=True).get(patient=self.patient)

    @property
    def share_id(self) -> Any:
        return Share.objects.values_list("pk", flat=True).get(patient=self.patient)

    @property
    def copy_id(self) -> Any:
        return Export.objects.values_list("pk", flat=True).get(patient=self.patient)

    @property
    def document(self) -> DocumentReference:
        return DocumentReference.objects.get(patient=self.patient, kind="letter")

    @property
    def own_file(self) -> DocumentReference:
        return DocumentReference.objects.get(patient=self.patient, kind="image")


@dataclass
class World:
    """Marina, a stranger, and another woman of Marina's name; one user of each hat; the published library."""

    own: Life
    foreign: Life
    namesake: Life
    users: dict[str, User] = field(default_factory=dict)

    def life(self, whose: str) -> Life:
        return getattr(self, whose)


def a_world() -> World:
    """Build it; needs the protocols on the shelf (``on_the_shelf``)."""
    users = a_staff()
    doctor, colleague = users[Role.DOCTOR], users[Role.DIETITIAN]
    elsewhere = a_user(Role.SPECIALIST, display_name=f"elsewhere {PERSONAL}")
    lives = [
        a_life("Marina", "Rey", doctor, brought_by=doctor),
        a_life("Otilia", "Gil", doctor, brought_by=colleague, shared_with=elsewhere),
        a_life("Marina", "Rey", doctor, brought_by=colleague, shared_with=elsewhere),
    ]
    users[Role.PATIENT] = lives[0].user
    a_proposal(users[Role.DIRECTOR])
    counts()
    a_trial(users[Role.DIRECTOR], [life.draft.evaluation for life in lives])
    a_recall(users[Role.DIRECTOR], [life.draft for life in lives])
    a_replay(users[Role.DIRECTOR], [life.draft.evaluation for life in lives])
    return World(*lives, users=users)


def a_staff() -> dict[str, User]:
    """Build the clinic without any patient; return one user of each hat."""
    a_text("treatment")
    a_text("marketing")
    Logo.objects.create(digest=LOGO, png=a_png())
    Pharmacy.objects.create(name="Farmacia Sol")
    users = {role: a_user(role, display_name=f"{role} {PERSONAL}") for role in Role if role != Role.PATIENT}
    _described_by(users[Role.ADMINISTRATOR])
    SavedView.objects.create(user=users[Role.DOCTOR], name=PERSONAL)
    Prescriber.objects.create(user=users[Role.DOCTOR], surnames=PERSONAL, college_number=f"28 {PERSONAL}")
    body = {"body_es": "Acepto", "body_en": "I agree"}
    ConsentDraft.objects.create(purpose="treatment", **body, changed_by=users[Role.DIRECTOR])
    CodeChannel.objects.create(user=users[Role.GUARDIAN], kind="sms", number=f"+34600112233 {PERSONAL}")
    return users


def _described_by(keeper: User) -> None:
    """Leave the clinic's description as it is by default, written down by somebody."""
    told = clinic.of_settings()
    told.number, told.section, told.logo = 1, "logo", Logo.objects.get(digest=LOGO)
    told.author_id, told.author_name = keeper.pk, keeper.display_name
    told.save()
    who = {"author_id": keeper.pk, "author_name": keeper.display_name}
    GroupEdition.objects.create(name="Colleagues", members=[keeper.pk], **who)
    FeatureEdition.objects.create(feature="live_panel", on_for="everybody", reason="As before", **who)


def _load() -> None:
    take_published(PROTOCOLS, "vocabulary/", "formulary/", "scores/", "questionnaires/", "protocols/paediatric/")


_kept = Kept(_load)


def on_the_shelf() -> None:
    """Publish what questionnaires stand on; the protocols take long, and no page of this world needs them."""
    if shelf.current_release() is None:
        _kept.put()


def a_life(
    given: str, family: str, doctor: User, brought_by: User | None = None, shared_with: User | None = None
) -> Life:
    """Build a patient with one of everything; ``brought_by`` is bringing a file of results in, else the doctor is.

    The record is shared with a specialist, ``shared_with`` or the first there is.
    """
    n = uuid4().hex[:6]
    mail = f"{PERSONAL}.{n}@example.org"
    user = a_user(Role.PATIENT, email=mail, display_name=f"{given} {family} {PERSONAL}")
    patient = a_patient(
        given_name=given,
        family_name=f"{family} {PERSONAL}",
        birth_date=date(1979, 3, 14),
        national_id=a_dni(),
        email=mail,
        phone="600112233",
        user=user,
        general_practitioner=doctor,
    )
    consented(patient)
    allergy = _record(patient)
    _results(patient, doctor)  # before the plans: a draft that has not seen the newest values cannot be signed
    draft, item = plans_of(patient, doctor)
    alerts.remind(patient.pk, f"fu:{n}", "task_due", timezone.now(), words=WORDS)
    alerts.tell_due()
    alert = alerts.raise_(
        patient_id=patient.pk,
        rule="alarm_upper.dysphagia",
        code="alert:alarm_dysphagia",
        urgency="soon",
        text=WORDS,
        facts={"said": CLINICAL},
    )
    signed_id = Plan.objects.get(patient=patient, status="signed").pk
    task = a_task(draft, doctor)
    export = Export.objects.create(patient=patient, asked_by=user, kind="patient", language="es")
    ExportPiece.objects.create(export=export, position=0, data=f"{CLINICAL} copy".encode())
    contact, measure = _around(patient), Observation.objects.filter(patient=patient, origin="lab", source_id=None).get()
    file = _lab_file(patient, brought_by or doctor)
    _shared(patient, shared_with or with_role(Role.SPECIALIST)[0])
    return Life(patient, *_responses(patient), draft, item, allergy, alert.pk, contact, measure, task, signed_id, file)


def _shared(patient: Patient, specialist: User) -> None:
    """Open every section to a specialist from elsewhere, who has looked at one of them."""
    today, owner = timezone.localdate(), patient.user
    owner.active_role = Role.PATIENT
    share = sharing.open_to(
        patient=patient,
        specialist_id=specialist.pk,
        sections=SECTIONS,
        until=today + timedelta(days=30),
        actor=owner,
        today=today,
    )
    specialist.active_role = Role.SPECIALIST
    sharing.note_reading(share=share, actor=specialist, section="plan", path="/")


def _lab_file(patient: Patient, who: User) -> Any:
    """Leave a file somebody is bringing in, with one value of this patient."""
    row = f"{patient.record_number};{timezone.localdate()};Hemoglobina;96;g/L;{CLINICAL} laboratory"
    content = f"nhc;fecha;prueba;valor;unidad;laboratorio\n{row}".encode()
    return LabFile.objects.create(asked_by=who, content=content, lines=1).pk


def _results(patient: Patient, doctor: User) -> None:
    """Leave one report that waits and one whose patient reads it, with its original and two values to draw."""
    names = {"title": f"{CLINICAL} panel", "laboratory": f"{CLINICAL} laboratory", "conclusion": CLINICAL}
    paper = patients.add_document(
        patient, name="panel.png", content=a_png((5, 4)), kind="report", title=f"{CLINICAL} paper", actor=None
    )
    today, ends = timezone.localdate(), (120, 155)
    waiting = [results.Value("hb", 96, "g/L", ends)]
    seen = [results.Value("hb", 98, "g/L", ends)]
    sheets = [
        results.Sheet(patient, "laboratory", day=today - timedelta(days=1), values=waiting, **names),
        results.Sheet(patient, "laboratory", day=today - timedelta(days=9), values=seen, document=paper, **names),
        results.Sheet(patient, "laboratory", day=today - timedelta(days=30), values=seen, **names),
    ]
    made = results.record(sheets, actor=None, today=today)
    for one in made[1:]:
        results.release(report_id=one.pk, shown=1, actor=doctor)
    Release.objects.filter(patient=patient, state="released").update(visible_at=timezone.now() - timedelta(minutes=1))


def _record(patient: Patient) -> AllergyIntolerance:
    now = timezone.now()
    rows = [
        patients.Reading("other", f"{CLINICAL} text", now, "questionnaire"),
        patients.Reading("hb", 97, now, "lab", "g/L"),
    ]
    patients.record_observations(patient=patient, rows=rows, actor=None)
    patients.add_medication(patient=patient, code="omeprazole", text=f"{CLINICAL} pill", dose=CLINICAL, actor=None)
    patients.add_condition(patient=patient, code="ulcerative_colitis", detail={"text": CLINICAL}, actor=None)
    patients.add_family_history(patient=patient, code="colorectal_cancer", relation=CLINICAL, actor=None)
    patients.add_previous_treatment(
        patient=patient, code="", text=f"{CLINICAL} cure", outcome="failed", reason=CLINICAL, actor=None
    )
    return patients.add_allergy(patient=patient, code="penicillins", text=f"{CLINICAL} hives", actor=None)


def _around(patient: Patient) -> RelatedPerson:
    """Add what surrounds the record, and change a line of it, so that its history holds the mark too."""
    patients.add_procedure(patient=patient, text=f"{CLINICAL} cut", outcome=CLINICAL, place=CLINICAL, actor=None)
    patients.add_encounter(patient=patient, reason=f"{CLINICAL} stay", place=CLINICAL, outcome=CLINICAL, actor=None)
    patients.add_report(
        patient=patient, category="laboratory", title=f"{CLINICAL} report", conclusion=CLINICAL,
        performer=CLINICAL, actor=None,
    )  # fmt: skip
    letter = patients.add_document(
        patient, name="scan.png", content=a_png(), kind="letter", title=f"{CLINICAL} letter", actor=None
    )
    patients.release(document=letter, actor=patient.general_practitioner)
    picture = {"name": "photo.png", "content": a_png((9, 7)), "kind": "image", "title": f"{CLINICAL} picture"}
    patients.add_document(patient, actor=patient.user, **picture)
    contact = patients.add_contact(
        patient=patient, name=f"Luis {PERSONAL}", relationship="partner", phone="600998877",
        email=f"luis.{PERSONAL}@example.org", note=CLINICAL, is_emergency_contact=True, actor=None,
    )  # fmt: skip
    return patients.correct(line=contact, actor=None, phone="600998866")


def questionnaire() -> Questionnaire:
    """Return the intake questionnaire in force."""
    return next(one for one in intake.questionnaires().values() if one.kind == "intake")


def _responses(patient: Patient) -> tuple[QuestionnaireResponse, QuestionnaireResponse]:
    asked, now = questionnaire(), timezone.now()
    release = shelf.release_of()
    text_item = next(one.item for group in asked.groups for one in group.questions if one.kind == "text")
    made = []
    for sent in (True, False):
        response = QuestionnaireResponse.objects.create(
            patient=patient,
            version=shelf.version("questionnaire", asked.name, release=release),
            release=release,
            questionnaire=asked.name,
            language="es",
            started_at=now - timedelta(hours=1),
        )
        said = {"response": response, "item": text_item, "value": {"value": CLINICAL}, "answered_at": now}
        Answer.objects.create(**said)
        PastAnswer.objects.create(**said, because="changed", ended_at=now)
        if sent:
            response.status, response.completed_at, response.completed_by = "completed", now, patient.user
            response.save()
        made.append(response)
    return made[1], made[0]
