"""Patients who share, and the specialists they share with, as briefly as a test can say them."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pgtrigger
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.access.world import Life, a_life
from tests.webapp.people import a_patient_with_login, a_user, consented
from webapp.accounts.models import User
from webapp.base.roles import Role
from webapp.patients.models import Patient
from webapp.sharing import services
from webapp.sharing.models import Share
from webapp.sharing.sections import SECTIONS

ALL = tuple(SECTIONS)


def today() -> date:
    return timezone.localdate()


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def a_specialist(name: str = "Dr. Ander Uría", **values: Any) -> User:
    return a_user(Role.SPECIALIST, display_name=name, **{"language": "en", **values})


def a_sharer(**values: Any) -> Patient:
    """Return a patient who signs in and has agreed to be treated."""
    patient = a_patient_with_login(**{"user": a_user(Role.PATIENT, language="en"), "language": "en", **values})
    consented(patient)
    return patient


def a_full_life(given: str, family: str, doctor: User) -> Life:
    """Return somebody with one of everything a patient can have; the protocols are on the shelf."""
    life = a_life(given, family, doctor)
    life.user.language = "en"
    life.user.save(update_fields=["language"])
    return life


def a_share(
    patient: Patient,
    specialist: User,
    sections: Sequence[str] = ALL,
    until: date | None = None,
    day: date | None = None,
) -> Share:
    patient.user.active_role = Role.PATIENT
    return services.open_to(
        patient=patient,
        specialist_id=specialist.pk,
        sections=sections,
        until=until or in_days(30),
        actor=patient.user,
        today=today(),
    )


def days_later(share: Share, days: int) -> Share:
    """Let days pass since a share was opened: nobody changes one, so the trigger looks away for this."""
    past = {"opened_on": share.opened_on - timedelta(days=days), "until": share.until - timedelta(days=days)}
    with pgtrigger.ignore("sharing.Share:shares_stay"):
        Share.objects.filter(pk=share.pk).update(opened_at=share.opened_at - timedelta(days=days), **past)
    share.refresh_from_db()
    return share


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, **arguments: Any) -> str:
    return reverse(f"sharing:{name}", kwargs=arguments)


def page_of(share: Share, section: str) -> str:
    return at("section", share=share.pk, part=section)


def words(answer: HttpResponse) -> str:
    """Return what a page says, without its tags."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)
