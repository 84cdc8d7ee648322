"""What one patient says of her consent and writes herself is hers: another's word closes nothing, and signs nothing."""

from types import SimpleNamespace

import pytest

from tests.webapp.access.world import on_the_shelf
from tests.webapp.patients.lines import a_line
from tests.webapp.people import a_doctor
from tests.webapp.sharing.shares import a_share, a_sharer, a_specialist, today
from webapp.patients import services as patients
from webapp.plans.lines import terms_now
from webapp.privacy import contents
from webapp.privacy.models import Export
from webapp.sharing import reading, selectors

pytestmark = pytest.mark.django_db


def test_a_consent_that_another_withdrew_closes_no_share_and_hinders_none():
    marina, other, uria = a_sharer(), a_sharer(), a_specialist()
    uria.active_role = "specialist"
    hers, others = a_share(marina, uria), a_share(other, uria)
    assert set(selectors.shares_for(uria, today())) == {hers, others}
    patients.withdraw_consent(patient=other, purpose="treatment", channel="portal", actor=other.user)
    assert list(selectors.shares_for(uria, today())) == [hers]
    assert selectors.may_open(marina)
    assert not selectors.may_open(other)


def test_beside_a_line_stands_who_wrote_it_unless_it_was_the_patient():
    on_the_shelf()
    marina, doctor = a_sharer(), a_doctor(display_name="Dra. Vidal")
    reader = SimpleNamespace(patient=marina, terms=terms_now("en", today()))
    names = {marina.user_id: marina.user.display_name, doctor.pk: doctor.display_name}
    for who, said in ((marina.user, ""), (doctor, "Dra. Vidal")):
        assert reading._line(a_line("medication", marina, who), reader, names).by == said


def test_the_copy_of_a_patient_holds_what_she_shared_and_not_what_another_did():
    marina, other, uria = a_sharer(), a_sharer(), a_specialist()
    hers, _others = a_share(marina, uria), a_share(other, uria)
    for kind in Export.Kind:
        assert contents.rows_of(marina, kind).shares == [hers]
