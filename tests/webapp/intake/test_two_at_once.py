"""Two windows, two clicks, one questionnaire: on real transactions that run side by side."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, say
from webapp.intake import services
from webapp.intake.models import QuestionnaireResponse
from webapp.patients.models import Observation
from webapp.plans.models import Evaluation, Plan

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run every task in a thread and a connection of its own, all starting together."""
    together = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        together.wait(timeout=10)
        try:
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_two_clicks_on_send_at_once_send_once():
    a_shelf()
    response = begun(a_respondent())
    for item, value in (("heartburn_days", "5"), ("vomiting", "no"), ("pregnant", "no")):
        say(response, item, value)
    actor, today = response.patient.user, timezone.localdate()

    def send():
        return services.submit(response_id=response.pk, actor=actor, today=today)

    assert sorted(at_once(send, send)) == [False, True]
    assert Observation.objects.filter(source_id=response.pk).count() == 3
    assert (Evaluation.objects.count(), Plan.objects.count()) == (1, 1)


def test_two_windows_that_begin_at_once_go_on_with_the_same():
    a_shelf()
    patient = a_respondent()
    first, second = at_once(lambda: begun(patient), lambda: begun(patient))
    assert first.pk == second.pk
    assert QuestionnaireResponse.objects.count() == 1


def test_two_windows_that_answer_at_once_lose_neither_answer():
    a_shelf()
    response = begun(a_respondent())
    at_once(lambda: say(response, "heartburn_days", "5"), lambda: say(response, "vomiting", "no"))
    assert answers(response) == {"heartburn_days": {"value": 5}, "vomiting": {"value": False}}
