"""Of two questions that stand one behind the other each holds alone: here the other one is open."""

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from rules import selectors as shelf
from rules.models import Version
from tests.webapp.access.routes import path_to, routes, undone
from tests.webapp.access.test_deeds import TRIED
from tests.webapp.people import a_patient_with_login, a_user
from webapp.accounts.grants import RolePermission
from webapp.accounts.models import User
from webapp.accounts.services import grant_role
from webapp.base import access, permissions
from webapp.base.permissions import HOLDERS, PERMISSIONS
from webapp.base.roles import Role
from webapp.intake.models import QuestionnaireResponse
from webapp.patients.models import NotTheSame, Patient
from webapp.plans import views
from webapp.plans.models import Plan
from webapp.plans.terms import terms_of
from webapp.prescriptions import selectors as prescribed
from webapp.prescriptions.models import DispensingOrder, Pharmacy
from webapp.results import importing, ruling
from webapp.results import selectors as results
from webapp.studio import selectors as studio

pytestmark = pytest.mark.django_db
LIVES = ("own", "foreign", "namesake")
ROUTES = {route.name: route for route in routes()}


def page(user, name, life, **others):
    """Return what a person gets at an address of this patient's."""
    client = Client()
    client.force_login(user)
    return client.get(path_to(ROUTES[name], life, **others))


@pytest.fixture
def doctor(world):
    return world.users[Role.DOCTOR]


@pytest.fixture
def open_doors(monkeypatch):
    monkeypatch.setattr(access, "refusal", lambda _request, _rule: None)


@pytest.fixture
def shown_to_nobody(monkeypatch):
    """Today whoever reads a record sees every patient; a clinic may come to show fewer."""
    monkeypatch.setattr("webapp.patients.selectors.patients_for", lambda _user: Patient.objects.none())


def asking(user):
    request = RequestFactory().get("/")
    request.user, request.htmx = user, False
    return request


@pytest.mark.parametrize("rule", [access.SIGNED_IN, access.Rule("roles", frozenset({"doctor"}))])
def test_whoever_did_not_sign_in_is_sent_to_sign_in(rule):
    sent = access.refusal(asking(AnonymousUser()), rule)
    assert sent is not None
    assert sent.url.startswith(reverse("account_login"))


def test_whoever_wears_no_hat_chooses_one_first():
    somebody = SimpleNamespace(is_authenticated=True, active_role="", may=lambda _name: True)
    sent = access.refusal(asking(somebody), access.Rule("may", permission="record.read"))
    assert sent is not None
    assert sent.url == reverse(access.CHOOSE_HAT)
    assert access.refusal(asking(somebody), access.SIGNED_IN) is None


def test_what_a_hat_can_never_have_it_has_not_whatever_is_written_in_the_table():
    barred = [(role, name) for role in HOLDERS for name in PERMISSIONS if permissions.bar(role, name)]
    assert ("marketing", "record.read") in barred
    for role, name in barred:
        assert name not in permissions.granted(role, {name: True})


def test_a_line_of_a_patient_who_is_not_shown_has_no_page(world, doctor, shown_to_nobody):
    assert page(doctor, "desk:measure", world.own).status_code == 404


def test_answers_of_a_patient_who_is_not_shown_have_no_page(world, doctor, shown_to_nobody, monkeypatch):
    monkeypatch.setattr("webapp.intake.selectors.responses_for", lambda _user: QuestionnaireResponse.objects.all())
    assert page(doctor, "desk:answers", world.own).status_code == 404


def test_a_patient_is_not_told_apart_from_one_who_is_not_shown(world, monkeypatch):
    seen = Patient.objects.exclude(pk=world.namesake.patient.pk)
    monkeypatch.setattr("webapp.patients.selectors.patients_for", lambda _user: seen.all())
    client = Client()
    client.force_login(world.users[Role.FRONT_DESK])
    with undone():
        form = {"apart": str(world.namesake.patient.pk)}
        assert client.post(path_to(ROUTES["desk:identity"], world.own), form).status_code == 404
        assert not NotTheSame.objects.exists()


def test_behind_an_open_door_who_knows_a_patient_reads_no_answers(world, open_doors):
    desk = world.users[Role.FRONT_DESK]
    assert page(desk, "desk:answers", world.own).status_code == 404
    assert page(desk, "intake:for_patient", world.own).context["responses"] == []


def test_what_can_be_filled_in_for_a_patient_is_that_patients(world, doctor):
    shown = page(doctor, "intake:for_patient", world.own).context["responses"]
    assert {one.patient_id for one in shown} == {world.own.patient.pk}


def test_the_page_of_a_patient_reminds_of_that_patient(world, doctor):
    shown = page(doctor, "desk:patient", world.own).context["reminders"]
    assert {one.patient_id for one in shown} == {world.own.patient.pk}


def test_at_home_a_patient_finds_the_own_things_to_do(world):
    shown = page(world.own.user, "portal:home", world.own).context["to_do"]
    assert {one.patient_id for one in shown} == {world.own.patient.pk}


def test_a_patient_without_a_plan_takes_none_away_though_others_have_one(world):
    with undone():
        newcomer = a_patient_with_login().user
        assert page(newcomer, "plans:own_paper", None).status_code == 404


def test_after_an_answer_the_doctor_is_led_to_the_draft_of_the_same_patient(world, doctor):
    for life in (getattr(world, name) for name in LIVES):
        led = views._newest(asking(doctor), Plan.objects.get(pk=life.signed_id))
        assert led.url == reverse("plans:review", args=[life.draft.pk])


def test_who_may_not_read_plans_is_led_to_no_draft(world):
    signed = Plan.objects.get(pk=world.own.signed_id)
    stays = views._newest(asking(world.users[Role.FRONT_DESK]), signed)
    assert stays.url == reverse("plans:review", args=[signed.pk])


def test_who_does_not_read_protocols_is_given_the_text_of_none(world):
    kept_out = [world.users[role] for role in TRIED if not world.users[role].may("protocols.read")]
    assert kept_out
    for user in (*kept_out, a_user(Role.PATIENT)):
        with pytest.raises(Version.DoesNotExist):
            studio.reading_of(user, Version.objects.first().pk, "es", timezone.localdate())


def test_only_the_director_approves_proposed_words_though_there_are_none(world, monkeypatch):
    monkeypatch.setattr(ruling, "texts", lambda _terms: [])
    terms = terms_of(world.own.draft.evaluation, "es")
    for role in TRIED:
        if role != Role.DIRECTOR:
            with pytest.raises(ruling.RuleError):
                ruling.approve_proposed(actor=world.users[role], terms=terms)
    assert ruling.approve_proposed(actor=world.users[Role.DIRECTOR], terms=terms) == 0


@pytest.mark.parametrize(("second", "worn"), [(Role.DIETITIAN, "dietitian"), (Role.MARKETING, "")])
def test_a_file_comes_in_under_the_hat_that_writes_and_of_who_has_none_under_no_hat(second, worn):
    confirmed = a_user(Role.FRONT_DESK)
    grant_role(user=confirmed, role=second, actor=None)
    assert importing._as_clinician(User.objects.get(pk=confirmed.pk)).active_role == worn


def test_who_may_no_longer_read_records_undoes_nothing_and_finds_no_file_of_results(world, doctor):
    earlier = timezone.now() - timedelta(days=1)
    assert results.undoable_by(doctor, earlier)
    assert results.files_for(doctor)
    with undone():
        RolePermission.objects.create(role=Role.DOCTOR, permission="record.read", allowed=False)
        same = User.objects.get(pk=doctor.pk)
        assert not results.undoable_by(same, earlier)
        assert not results.files_for(same)


def test_who_does_not_read_protocols_is_given_none_beside_a_rule_in_use(world, doctor, monkeypatch):
    name = next(iter(shelf.published("protocol"))).source_file.name
    monkeypatch.setattr(studio, "uses", lambda *_asked: [SimpleNamespace(protocol=name, reasons=Counter())])
    for user, reads in [(doctor, True), (world.users[Role.FRONT_DESK], False)]:
        [row] = studio.rules_in_use(user, timezone.now(), "es")
        assert bool(row.version) == reads


def test_behind_an_open_door_who_knows_a_patient_is_told_of_no_week(world, doctor, open_doors):
    assert page(doctor, "prescriptions:course", world.own).context["plan"]
    shown = page(world.users[Role.FRONT_DESK], "prescriptions:course", world.own).context
    assert (shown["plan"], shown["weeks"]) == (None, [])


def a_given_up_order(life):
    order = DispensingOrder.objects.get(patient=life.patient)
    DispensingOrder.objects.filter(pk=order.pk).update(state="given_up", error="NotTaken")
    return order


def test_behind_an_open_door_who_keeps_no_pharmacies_is_shown_none(world, open_doors):
    with undone():
        order = a_given_up_order(world.own)
        for role, sees in [(Role.ADMINISTRATOR, True), (Role.FRONT_DESK, False)]:
            shown = page(world.users[role], "prescriptions:pharmacies", world.own).context
            assert (bool(shown["in_use"]), shown["given_up"] == [order]) == (sees, sees)


def test_behind_an_open_door_who_keeps_no_pharmacies_finds_none_to_close(world, open_doors, monkeypatch):
    monkeypatch.setattr("webapp.prescriptions.services.close_pharmacy", lambda **_named: None)
    client = Client()
    client.force_login(world.users[Role.FRONT_DESK])
    pharmacy = Pharmacy.objects.values_list("pk", flat=True)[0]
    assert client.post(reverse("prescriptions:pharmacy_close", args=[pharmacy])).status_code == 404


def test_behind_an_open_door_who_reads_no_plans_is_told_of_no_prescription(world, doctor, open_doors, monkeypatch):
    plan = prescribed.plan_for(doctor, world.own.signed_id)
    monkeypatch.setattr("webapp.prescriptions.selectors.plan_for", lambda *_asked: plan)
    for user, sees in [(doctor, True), (world.users[Role.FRONT_DESK], False)]:
        assert bool(page(user, "prescriptions:write", world.own).context["batches"]) == sees
