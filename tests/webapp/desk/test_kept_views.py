"""Views of the worklist under names of one's own: kept, begun with, renamed, let go; nobody else's business."""

import pytest
from django.urls import reverse

from tests.webapp.desk.clinic import browser, words
from tests.webapp.plans.factories import a_patient, a_plan
from webapp.desk import views_kept
from webapp.desk.choosing import Choice
from webapp.desk.models import SavedView

pytestmark = pytest.mark.django_db
LIST, VIEWS = "/desk/", "/desk/views/"


@pytest.fixture
def doctor():
    return browser()


def keep(doctor, name="Lo mío", **more):
    return doctor.post(VIEWS, {"name": name, "tab": "plans", "doctor": str(doctor.user.pk), **more})


def change(doctor, view, **given):
    return doctor.post(reverse("desk:view_change", kwargs={"view": view.pk}), given)


def test_a_view_shows_what_was_chosen_when_it_was_kept(doctor):
    a_plan(a_patient("Ana"))
    a_plan(a_patient("Berta", general_practitioner=doctor.user))
    answer = keep(doctor, days="1")
    assert answer.status_code == 302
    view = SavedView.objects.get()
    assert view.choice == Choice("plans", str(doctor.user.pk), 1)
    assert f"view={view.pk}" in answer.url
    change(doctor, view, deed="rename", name="Las mías")
    page = words(doctor.get(answer.url))
    assert "Las mías" in page
    assert "Aquí no espera nadie" in page  # nobody of hers waits a day yet
    keep(doctor, "Las mías")  # the same name again: what it shows is changed
    page = words(doctor.get(LIST, {"view": str(view.pk), "tab": "plans", "doctor": str(doctor.user.pk)}))
    assert ("Berta" in page, "Ana " in page) == (True, False)
    assert SavedView.objects.count() == 1


def test_the_list_opens_with_the_view_somebody_begins_with_and_all_is_one_press_away(doctor):
    a_plan(a_patient("Ana"))
    keep(doctor, first="yes")
    assert "Ana" not in words(doctor.get(LIST))
    assert "Ana" in words(doctor.get(LIST, {"tab": "all"}))
    keep(doctor, "Otra", first="yes")
    assert [view.name for view in views_kept.views_of(doctor.user) if view.is_default] == ["Otra"]
    change(doctor, SavedView.objects.get(is_default=True), deed="last")
    assert "Ana" in words(doctor.get(LIST))


def test_a_view_is_let_go(doctor):
    keep(doctor)
    change(doctor, SavedView.objects.get(), deed="delete")
    assert not SavedView.objects.exists()
    assert "Todavía no hay vistas" in words(doctor.get(VIEWS))


def test_two_views_of_one_name_cannot_be_told_apart(doctor):
    keep(doctor)
    keep(doctor, "Otra")
    answer = change(doctor, views_kept.views_of(doctor.user)[1], deed="rename", name="lo  MÍO")
    assert answer.status_code == 422
    assert "se llama así" in words(answer)


@pytest.mark.parametrize("name", ["", "  ", "x" * 41])
def test_a_view_has_a_name_that_fits(doctor, name):
    assert keep(doctor, name).status_code == 422
    assert not SavedView.objects.exists()


def test_there_is_room_for_twenty(doctor):
    for number in range(20):
        views_kept.keep(user=doctor.user, name=f"v{number}", choice=Choice(), first=False)
    assert "Borre antes una" in words(keep(doctor))


def test_another_persons_view_is_not_there(doctor):
    keep(doctor)
    view, other = SavedView.objects.get(), browser()
    for deed in ("rename", "first", "delete"):
        assert change(other, view, deed=deed, name="Mía").status_code == 404
    assert "Lo mío" not in words(other.get(LIST, {"view": str(view.pk)}))
    assert change(doctor, view, deed="dance").status_code == 404
    assert SavedView.objects.get().name == "Lo mío"


def test_the_name_of_a_view_is_read_in_no_copy_of_the_database(doctor):
    keep(doctor, "Celia Pons, mañana")
    row = SavedView.objects.extra(select={"raw": "encode(name, 'escape')"}).values("raw").get()
    assert "Celia" not in row["raw"]


@pytest.mark.parametrize("given", [{"tab": "zzz"}, {"doctor": "²"}, {"doctor": "1" * 40}, {"days": "5"}, {"days": "x"}])
def test_an_address_that_cannot_be_read_narrows_nothing(doctor, given):
    a_plan(a_patient("Ana"))
    assert "Ana" in words(doctor.get(LIST, given))
