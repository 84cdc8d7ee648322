"""Deeds on results, medicines and one's own views of the worklist, each with who may; ``test_deeds.py`` tries them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.utils import timezone

from tests.webapp.access.world import World
from tests.webapp.people import a_user
from webapp.accounts.models import User
from webapp.base.roles import CLINICIANS, Role
from webapp.desk import summary, views_kept
from webapp.desk.choosing import Choice
from webapp.desk.models import SavedView
from webapp.patients.models import DocumentReference
from webapp.patients.panels import Panel, add_panels
from webapp.plans.models import Plan
from webapp.plans.terms import terms_of
from webapp.prescriptions import issuing, ordering, renewing, ticking
from webapp.prescriptions import selectors as prescribed
from webapp.prescriptions.models import Pharmacy
from webapp.results import importing, releasing, ruling
from webapp.results import services as results
from webapp.results.models import LabFile
from webapp.sharing import services as sharing
from webapp.sharing.models import Share

DOCTOR, ADMINISTRATOR, OWN = frozenset({Role.DOCTOR}), frozenset({Role.ADMINISTRATOR}), frozenset({Role.PATIENT})
DIRECTOR = frozenset({Role.DIRECTOR})
OLD = -1  # a version nobody was ever shown: who gets past the question is told that the page is old
Deed = Callable[[World, User], object]
Deeds = dict[str, tuple[Deed, frozenset[str]]]


def a_sheet(world: World, **more: Any) -> results.Sheet:
    return results.Sheet(world.own.patient, "imaging", "Ecografía", timezone.localdate(), **more)


def a_panel(world: World, document: DocumentReference | None = None) -> Panel:
    day = timezone.localdate().isoformat()
    return Panel(world.own.patient, "imaging", "Ecografía", day, document=document)


def a_view(world: World) -> SavedView:
    """Return a view the doctor has kept."""
    doctor = world.users[Role.DOCTOR]
    return SavedView.objects.filter(user=doctor).first() or SavedView.objects.create(user=doctor, name="Mine")


def signed(world: World) -> Plan:
    """Return the plan a doctor prints from."""
    found = prescribed.plan_for(world.users[Role.DOCTOR], world.own.signed_id)
    assert found is not None
    return found


RESULTS: Deeds = {
    "write a report down": (
        lambda world, who: results.record([a_sheet(world)], actor=who, today=timezone.localdate()),
        CLINICIANS,
    ),
    "write reports and values into the record": (lambda world, who: add_panels([a_panel(world)], who), CLINICIANS),
    "look at a file of results": (lambda _world, who: importing.look(content=b"a;b\n1;2", actor=who), CLINICIANS),
    "have a file of results brought in": (
        lambda world, who: importing.confirm(
            held=LabFile.objects.get(pk=world.own.lab_file_id), units={}, actor=who, enqueue=lambda _pk: None
        ),
        DOCTOR,  # she looked at it
    ),
    "release a report": (
        lambda world, who: releasing.release(report_id=world.own.report_id, shown=1, actor=who),
        DOCTOR,
    ),
    "take a released report back": (
        lambda world, who: releasing.take_back(report_id=world.own.released_report_id, actor=who),
        DOCTOR,
    ),
}
RULES: Deeds = {
    "decide when results are released": (
        lambda _world, who: ruling.decide(kind="none such", mode="at_once", days=0, actor=who),
        DIRECTOR,
    ),
    "approve the words of an analyte": (
        lambda _world, who: ruling.approve(name="hb", es="Hierro.", en="Iron.", shown=OLD, actor=who),
        DIRECTOR,
    ),
    "withdraw the words of an analyte": (
        lambda _world, who: ruling.withdraw(name="hb", shown=OLD, actor=who),
        DIRECTOR,
    ),
    "approve all proposed words": (
        lambda world, who: ruling.approve_proposed(actor=who, terms=terms_of(world.own.draft.evaluation, "es")),
        DIRECTOR,
    ),
    "send an order to a pharmacy again": (
        lambda _world, who: ordering.send_again(pk=uuid4(), actor=who),
        ADMINISTRATOR,
    ),
    "keep a pharmacy": (
        lambda _world, who: ordering.keep_pharmacy(name="Luna", address="", actor=who),
        ADMINISTRATOR,
    ),
    "close a pharmacy": (
        lambda _world, who: ordering.close_pharmacy(pk=Pharmacy.objects.values_list("pk", flat=True)[0], actor=who),
        ADMINISTRATOR,
    ),
}
MEDICINES: Deeds = {
    "write a prescription": (
        lambda world, who: issuing.issue(
            plan=signed(world), batch=uuid4(), given={}, doctor=who, today=timezone.localdate()
        ),
        DOCTOR,
    ),
    "say who prescribes": (lambda _world, who: issuing.describe(doctor=who, values={}), DOCTOR),
    "ask to go on with a medicine": (
        lambda world, who: renewing.ask(
            patient=world.own.patient, item_id=world.own.medicine_id, user=who, today=timezone.localdate()
        ),
        OWN,
    ),
    "decide on a renewal": (
        lambda world, who: renewing.decide(
            renewal_id=world.own.renewal_id, doctor=who, decision=renewing.Decision(approves=False, reason="no"),
            today=timezone.localdate(),
        ),
        DOCTOR,
    ),
    "say that a dose was taken": (
        lambda world, who: ticking.tick(
            patient=world.own.patient, user=who, today=timezone.localdate(),
            said=ticking.Said(world.own.medicine_id, 0, "morning", timezone.localdate(), True),
        ),
        OWN,
    ),
    "choose a pharmacy": (
        lambda world, who: ordering.choose(
            patient=world.own.patient, pharmacy_id=Pharmacy.objects.values_list("pk", flat=True)[0], user=who
        ),
        OWN,
    ),
}  # fmt: skip
SHARES: Deeds = {
    "open a record to a specialist": (
        lambda world, who: sharing.open_to(
            patient=world.own.patient, specialist_id=a_user(Role.SPECIALIST).pk, sections=["plan"],
            until=timezone.localdate(), actor=who, today=timezone.localdate(),
        ),
        OWN,
    ),
    "change a share": (
        lambda world, who: sharing.change(
            share=Share.objects.get(pk=world.own.share_id), sections=["plan"], until=timezone.localdate(), actor=who,
            today=timezone.localdate(),
        ),
        OWN,
    ),
    "take a share back": (
        lambda world, who: sharing.take_back(share=Share.objects.get(pk=world.own.share_id), actor=who),
        OWN,
    ),
}  # fmt: skip
READING: Deeds = {
    "take a summary for another doctor": (
        lambda world, who: summary.take(
            patient=world.own.patient, actor=who, language="es", today=timezone.localdate(), path="/"
        ),
        CLINICIANS,
    ),
    "keep a view of the list": (
        lambda _world, who: views_kept.keep(user=who, name="All", choice=Choice(), first=False),
        CLINICIANS,
    ),
    "rename a view": (lambda world, who: views_kept.rename(user=who, pk=a_view(world).pk, name="New"), DOCTOR),
    "begin with a view": (lambda world, who: views_kept.begin_with(user=who, pk=a_view(world).pk), DOCTOR),
    "let a view go": (lambda world, who: views_kept.let_go(user=who, pk=a_view(world).pk), DOCTOR),
}
