"""Factories of people for tests: users of any role, and patients with or without a login."""

import itertools
import time
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from webapp.accounts import services as accounts
from webapp.accounts.confirming import CONFIRMED
from webapp.accounts.models import User
from webapp.base.roles import READ_OF_OTHERS, Role
from webapp.patients import identity, selectors, services
from webapp.patients.models import Consent, ConsentText, Patient

PASSWORD = "correct horse battery"
TOTP_SECRET = "PAUTATESTPAUTATESTPAUTATESTPAUTA"
_numbers = itertools.count(1)


def a_user(*roles: str, **values: Any) -> User:
    """Return a new user wearing the first of ``roles`` (a doctor if none is given); staff have an authenticator app."""
    n = next(_numbers)
    hats = roles or (Role.DOCTOR,)
    given = {"email": f"person{n}@example.org", "password": PASSWORD, "display_name": f"Person {n}", **values}
    user = accounts.create_user(roles=hats, **given)
    user.active_role = hats[0]
    if set(hats) & READ_OF_OTHERS:
        a_totp(user)
    return user


def a_doctor(**values: Any) -> User:
    return a_user(Role.DOCTOR, **values)


def a_totp(user: User, secret: str = TOTP_SECRET) -> str:
    """Give a person an authenticator app; return its secret."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str, halves: int = 0) -> str:
    """Return the code an app shows now, or some half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + halves))


def comes_in(client: Client, email: str, password: str = PASSWORD) -> HttpResponse:
    """Log in as people do, through the second step where there is one; return the last answer."""
    answer = client.post(reverse("account_login"), {"login": email, "password": password})
    if answer.headers.get("Location") == reverse("accounts:second_factor"):
        answer = client.post(answer.url, {"code": code_of(TOTP_SECRET)})
    return answer


def confirmed(client: Client) -> Client:
    """Return the client after its person has just typed the password once more."""
    session = client.session
    session[CONFIRMED] = time.time()
    session.save()
    return client


def a_dni(n: int | None = None) -> str:
    """Return a DNI whose letter fits, and whose digits are no record number's (those begin at 100001)."""
    digits = f"{48_000_000 + (n or next(_numbers)):08d}"
    return digits + identity.letter_of(digits)


def a_patient(**values: Any) -> Patient:
    """Return a new patient with no login: Marina Ortega Rey, a woman of 47 years or so."""
    given = {
        "given_name": "Marina",
        "family_name": "Ortega Rey",
        "birth_date": date(1979, 3, 14),
        "sex": "female",
        "actor": None,
        **values,
    }
    return services.register(**given)


def a_patient_with_login(**values: Any) -> Patient:
    """Return a new patient who can sign in."""
    return a_patient(**{"user": a_user(Role.PATIENT), **values})


def a_text(purpose: str = "treatment") -> ConsentText:
    """Return the text in force for a purpose, publishing a first one if there is none."""
    return selectors.current_text(purpose) or services.publish_consent_text(
        purpose=purpose, body_es="Acepto que la clínica me trate.", body_en="I agree to be treated.", actor=None
    )


def consented(patient: Patient, purpose: str = "treatment") -> Consent:
    """Write the patient's agreement to the text in force."""
    return services.accept_consent(patient=patient, text=a_text(purpose), channel="desk", actor=None)
