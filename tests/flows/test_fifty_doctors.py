"""Many doctors sign many drafts at once, two of them each: every draft is signed once, and none is lost.

``PAUTA_FIFTY_DOCTORS=1`` has fifty of them sign two thousand; a usual run is content with a few.
"""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from django.db import connection

from tests.webapp.plans.factories import a_doctor, a_patient, a_plan
from webapp.audit.models import Entry
from webapp.audit.services import verify_chain
from webapp.plans import deciding
from webapp.plans.models import Plan, PlanItem
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db(transaction=True)
DOCTORS, DRAFTS = (50, 2000) if os.environ.get("PAUTA_FIFTY_DOCTORS") else (6, 24)


def signs(doctor, plans):
    """One doctor at her desk: reads, accepts and signs one plan after the other; return what came of each."""
    came = []
    try:
        for plan in plans:
            came.append(_signed(doctor, plan))
    finally:
        connection.close()
    return came


def _signed(doctor, plan):
    try:
        deciding.mark_seen(user=doctor, items=plan.items.all())
        deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
        revision = Plan.objects.values_list("revision", flat=True).get(pk=plan.pk)
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=revision)
    except PlanError:
        return plan.pk, None
    return plan.pk, doctor.pk


def test_every_draft_is_signed_once_and_none_is_lost():
    doctors = [a_doctor(f"Dra. {number}") for number in range(DOCTORS)]
    plans = [a_plan(a_patient()) for _ in range(DRAFTS)]
    shares = [plans[number::DOCTORS] for number in range(DOCTORS)]
    desks = [[*mine, *theirs] for mine, theirs in pairwise([*shares, shares[0]])]  # each draft lies on two desks
    for desk in desks:
        random.shuffle(desk)
    with ThreadPoolExecutor(DOCTORS) as pool:
        came = [one for desk in pool.map(signs, doctors, desks) for one in desk]
    by = {plan: doctor for plan, doctor in came if doctor is not None}
    assert Counter(plan for plan, doctor in came if doctor is not None) == Counter({plan.pk: 1 for plan in plans})
    assert dict(Plan.objects.filter(status="signed").values_list("pk", "signed_by")) == by
    assert Plan.objects.exclude(status="signed").count() == 0
    assert PlanItem.objects.exclude(decision="accepted").count() == 0
    assert Entry.objects.filter(verb="plan.signed").count() == DRAFTS
    assert verify_chain().broken_at is None
