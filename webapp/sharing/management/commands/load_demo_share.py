"""Lets the demo's Marina share parts of her record with the demo's specialist, who has read one of them."""

from datetime import timedelta

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from webapp.accounts.models import User
from webapp.accounts.selectors import by_email
from webapp.base.roles import Role
from webapp.outbox.services import silence
from webapp.patients.selectors import own_patient
from webapp.sharing import selectors, services

PATIENT, SPECIALIST = "marina@demo.example", "specialist@demo.example"
SECTIONS = ("history", "treatments", "results", "diary")
OPEN_FOR = timedelta(days=60)


class Command(BaseCommand):
    help = "Share a record of the demo clinic with its specialist; a second run changes nothing."

    def handle(self, **options: object) -> None:
        owner, specialist = _wearing(PATIENT, Role.PATIENT), _wearing(SPECIALIST, Role.SPECIALIST)
        if owner and specialist and not selectors.own_shares(owner).exists():
            _share(owner, specialist)
            self.stdout.write(f"  {PATIENT} shares parts of her record with {SPECIALIST}.")


def _wearing(email: str, role: Role) -> User | None:
    user = by_email(email)
    if user:
        user.active_role = role
    return user


@transaction.atomic
def _share(owner: User, specialist: User) -> None:
    patient, today = own_patient(owner), timezone.localdate()
    if patient is None:
        return
    with silence():  # nobody of the demo is told of what is there from the beginning
        share = services.open_to(
            patient=patient,
            specialist_id=specialist.pk,
            sections=SECTIONS,
            until=today + OPEN_FOR,
            actor=owner,
            today=today,
        )
        services.note_reading(share=share, actor=specialist, section="results", path="")
