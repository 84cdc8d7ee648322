"""How somebody comes with an invitation: what is typed, and what is seen of the answer."""

import re

from tests.webapp.people import a_dni, a_patient
from webapp.patients import inviting

JOIN, PASSWORD = "/portal/join/", "quick foxes jump 42 walls"
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"')
AS_TYPED = re.compile(rb'value="[^"]*"')


def an_invited_patient():
    return a_patient(national_id=a_dni(), email="marina@example.org", language="en")


def on_paper(patient, desk, **when):
    return inviting.invite(patient=patient, way="paper", actor=desk, **when)


def said(patient, **other):
    given = {
        "record_number": patient.record_number, "paper": patient.national_id,
        "birth_date": patient.birth_date.isoformat(),
    }  # fmt: skip
    return given | other


def come(client, code, patient, **other):
    return client.post(JOIN, {"code": code, **said(patient, **other)})


def wrong(client, code, patient, times=1):
    return [come(client, code, patient, birth_date="1980-01-01") for _n in range(times)]


def seen(answer):
    return answer.status_code, AS_TYPED.sub(b"", TOKEN.sub(b"", answer.content))
