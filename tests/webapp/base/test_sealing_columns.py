"""A column that stood in clear is sealed by its migration, every row of it, whatever the table refuses otherwise."""

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction

from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, content, item_of, ppi
from webapp.base import sealing
from webapp.base.fields import index_of
from webapp.base.sealing_columns import seal
from webapp.plans.deciding import accept_rest, add_item, sign
from webapp.plans.models import PlanItem
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db
PLACES = {"code": "plans.planitem.code"}
INDEX = {"plans.planitem.code_index": ("code_index", ("plan_id", "code"))}


def in_clear(codes):
    """Put the codes of items back as they stood before: readable bytes, and a digest of nothing."""
    write = "UPDATE plans_planitem SET code = %s, code_index = decode(md5(id::text), 'hex') WHERE id = %s"
    with pgtrigger.ignore("plans.PlanItem:items_of_a_signed_plan_stay"), connection.cursor() as cursor:
        for pk, code in codes.items():
            cursor.execute(write, [code.encode(), pk])


def test_every_row_is_sealed_signed_ones_too_and_found_by_its_digest():
    doctor = a_doctor()
    signed, draft = a_plan(a_patient(), seen_by=doctor), a_plan(a_patient(), ppi(), content("test:Ña|ve\\x"))
    accept_rest(plan_id=signed.pk, doctor=doctor)
    sign(plan_id=signed.pk, doctor=doctor, revision=1)
    codes = {item.pk: item.code for item in PlanItem.objects.all()}
    in_clear(codes)
    with connection.schema_editor() as editor:
        seal(editor, "plans_planitem", PLACES, INDEX)
    assert {item.pk: item.code for item in PlanItem.objects.all()} == codes
    item = item_of(draft, "test:Ña|ve\\x")
    assert bytes(item.code_index) == index_of(PlanItem, "code_index", draft.pk, item.code)
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM plans_planitem")
        assert all(sealing.key_id(bytes(token)) for (token,) in cursor.fetchall())


def test_nothing_is_refused_where_there_is_nothing_to_seal():
    with connection.schema_editor() as editor:
        seal(editor, "plans_planitem", PLACES, INDEX)


def test_a_code_stands_once_in_a_plan_and_looks_alike_in_no_two():
    doctor, plans = a_doctor(), [a_plan(a_patient()) for _twice in range(2)]
    first, second = (bytes(plan.items.get().code_index) for plan in plans)
    assert first != second
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.create(plan=plans[0], position=9, code=ppi()["code"], kind="rx", state="proposed", content={})
    with pytest.raises(PlanError):
        add_item(plan_id=plans[0].pk, doctor=doctor, content=ppi())
