"""A file of the record is the patient's to read once a clinician has released it, and no longer when that is undone."""

import pytest

from tests.webapp.patients import hostile
from tests.webapp.people import a_doctor, a_patient, a_patient_with_login, a_user
from webapp.accounts import services as accounts
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.outbox.models import Message
from webapp.patients import selectors, services
from webapp.patients.models import DocumentReference

pytestmark = pytest.mark.django_db


@pytest.fixture
def marina():
    return a_patient_with_login(email="marina@example.org")


@pytest.fixture
def vidal():
    return a_doctor(display_name="Dra. Elena Vidal")


def a_letter(patient, actor, **values):
    given = {"name": "carta.dcm", "content": hostile.a_dicom(), "kind": "letter", **values}
    return services.add_document(patient, actor=actor, **given)


def seen_by(user, patient):
    """What a list, the record and the file itself show, which must always agree."""
    listed = [one.pk for one in selectors.shown_to(user, patient)]
    assert listed == [one.pk for one in selectors.record_of(user, patient).care.documents]
    for one in DocumentReference.objects.filter(patient=patient):
        try:
            opened = bool(selectors.document_for(user, one.pk).content)
        except DocumentReference.DoesNotExist:
            opened = False
        assert opened == (one.pk in listed)
    return listed


@pytest.mark.parametrize("kind", DocumentReference.Kind.values)
def test_whatever_it_is_a_patient_sees_it_only_once_a_clinician_released_it(marina, vidal, kind):
    document = a_letter(marina, vidal, kind=kind)
    assert seen_by(marina.user, marina) == []
    assert seen_by(vidal, marina) == [document.pk]
    services.release(document=document, actor=vidal)
    assert seen_by(marina.user, marina) == [document.pk]
    services.withhold(document=document, actor=vidal)
    assert seen_by(marina.user, marina) == []


def test_who_released_it_and_when_is_kept_in_line_history_and_audit(marina, vidal):
    document = a_letter(marina, vidal)
    services.release(document=document, actor=vidal)
    services.release(document=document, actor=a_doctor())
    document.refresh_from_db()
    assert document.released_by == vidal
    assert document.released_at is not None
    services.withhold(document=document, actor=vidal)
    services.withhold(document=document, actor=vidal)
    told = Entry.objects.filter(object_id=str(document.pk), verb__startswith="documentreference.").order_by("pk")
    assert [(one.verb, one.actor_id) for one in told] == [
        (f"documentreference.{what}", vidal.pk) for what in ("added", "released", "withheld")
    ]
    changes = selectors.history_of(vidal, marina, "document", document.pk)
    assert [(one.what, one.by) for one in changes] == [(what, vidal) for what in ("withheld", "released", "added")]


@pytest.mark.parametrize("role", [Role.PATIENT, Role.FRONT_DESK, Role.ADMINISTRATOR, Role.DIRECTOR, Role.MARKETING])
def test_nobody_but_a_clinician_releases_or_withholds(marina, vidal, role):
    document = a_letter(marina, vidal)
    user = marina.user if role == Role.PATIENT else a_user(role)
    user.active_role = role
    for deed in (services.release, services.withhold):
        with pytest.raises(services.NotAllowed):
            deed(document=document, actor=user)
    document.refresh_from_db()
    assert document.released_at is None


def test_what_was_released_stays_so_under_another_title_and_not_when_it_was_an_error(marina, vidal):
    old = services.release(document=a_letter(marina, vidal), actor=vidal)
    new = services.correct(line=old, actor=vidal, title="Carta del cardiólogo")
    assert seen_by(marina.user, marina) == [new.pk]
    with pytest.raises(services.PatientError, match="meanwhile"):
        services.withhold(document=old, actor=vidal)
    with pytest.raises(TypeError, match="released_at"):
        services.correct(line=new, actor=vidal, released_at=None)
    services.enter_in_error(line=new, actor=vidal)
    assert seen_by(marina.user, marina) == []
    with pytest.raises(services.PatientError, match="meanwhile"):
        services.release(document=new, actor=vidal)


def test_what_a_patient_sent_stays_the_patients_to_see_whoever_gives_it_another_title(marina, vidal):
    sent = a_letter(marina, marina.user)
    assert seen_by(marina.user, marina) == [sent.pk]
    new = services.correct(line=sent, actor=vidal, title="Analítica de marzo")
    assert seen_by(marina.user, marina) == [new.pk]


def test_another_patient_sees_nothing_of_it_released_or_not(marina, vidal):
    services.release(document=a_letter(marina, vidal), actor=vidal)
    stranger = a_patient_with_login().user
    assert list(selectors.shown_to(stranger, marina)) == []
    with pytest.raises(DocumentReference.DoesNotExist):
        selectors.document_for(stranger, DocumentReference.objects.get().pk)


def test_the_patient_is_told_once_that_there_is_something_to_read_and_never_what(marina, vidal):
    document = a_letter(marina, vidal, title="Anatomía patológica")
    for deed in (services.release, services.withhold, services.release):
        deed(document=document, actor=vidal)
    message = Message.objects.get()
    assert (message.template, message.address, message.state) == ("message_waiting", "marina@example.org", "cancelled")
    other = a_letter(marina, vidal, content=hostile.a_dicom() + b"\0\0")
    services.release(document=other, actor=vidal)
    assert Message.objects.filter(state="queued").count() == 1


def test_who_has_no_access_to_the_portal_is_not_told(vidal):
    services.release(document=a_letter(a_patient(email="sin@example.org"), vidal), actor=vidal)
    assert not Message.objects.exists()


def test_who_may_not_come_in_any_more_is_not_told_either(marina, vidal):
    accounts.set_active(user=marina.user, active=False, actor=None)
    services.release(document=a_letter(marina, vidal), actor=vidal)
    assert not Message.objects.filter(template="message_waiting").exists()
