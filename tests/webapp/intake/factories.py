"""A shelf with a small library, and patients who answer its questionnaires."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from rules import services as shelf
from tests.rules.texts import a_folder
from tests.webapp.people import a_patient_with_login, consented
from webapp.accounts.models import User
from webapp.intake import services
from webapp.intake.keeping import AT_ONCE, Delivery
from webapp.intake.models import QuestionnaireResponse
from webapp.patients.models import Patient


def a_shelf(**changes: str | None) -> shelf.LoadReport:
    """Publish the library of tests.rules.texts, changed by path."""
    with TemporaryDirectory() as folder:
        report = shelf.load(a_folder(Path(folder), **changes), shelf.Author())
    assert not report.refused, report.refused
    return report


def a_respondent(**values: Any) -> Patient:
    """Return a patient who can sign in and agreed to treatment; the user wears the patient's hat."""
    patient = a_patient_with_login(**values)
    consented(patient)
    patient.user.active_role = "patient"
    return patient


def begun(patient: Patient, name: str = "intake", **values: Any) -> QuestionnaireResponse:
    given = {"language": "es", "today": timezone.localdate(), **values}
    return services.start(patient=patient, questionnaire=name, actor=patient.user, **given)


def form(**values: Any) -> QueryDict:
    """Return what a browser would send: lists for boxes; ``__`` in a name stands for its hyphen."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return data


def say(response: QuestionnaireResponse, item: str, value: Any = None, **more: Any) -> list[services.Raised]:
    """Answer one item as the page would; return the red flags this raised."""
    return list(save(response, item, value, **more).raised)


def save(
    response: QuestionnaireResponse,
    item: str,
    value: Any = None,
    *,
    actor: User | None = None,
    delivery: Delivery = AT_ONCE,
    **more: Any,
) -> services.Saved:
    """Answer one item as the page would, or as a device that kept it; return what that has done."""
    fields = ({item: value} if value is not None else {}) | more
    who = actor or response.patient.user
    return services.save_answer(response_id=response.pk, item=item, form=form(**fields), actor=who, delivery=delivery)


def answers(response: QuestionnaireResponse) -> dict[str, Any]:
    return {answer.item: answer.value for answer in response.answers.all()}


def signed_in(client: Any, user: User) -> Any:
    """Return the browser of a person who has come in."""
    client.force_login(user)
    return client
