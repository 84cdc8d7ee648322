"""The changes that take access checks away: each kind of check is found, and what takes its place lets more through."""

import ast
import gc
from types import SimpleNamespace

import pytest

from tools import access_changes, access_checks, access_shared, access_words
from tools.second_locks import reasons
from webapp.accounts import sittings
from webapp.base import access


def changes(tmp_path, monkeypatch, text):
    monkeypatch.setattr(access_words, "ROOT", tmp_path)
    (tmp_path / "webapp").mkdir()
    path = tmp_path / "webapp/views.py"
    path.write_text(text)
    return list(access_checks.of_file(path, access_words.words_of([path])[path]))


def after(tmp_path, monkeypatch, text):
    """Return what stands there instead, one by one."""
    return [change.after for change in changes(tmp_path, monkeypatch, text)]


CHECKS = {
    "def f(user):\n    if not user.may('x'):\n        raise Nope\n    return 1\n": "False and (not user.may('x'))",
    "def f(user):\n    if user.active_role == 'x':\n        return P.objects.all()\n    return P.objects.none()\n": (
        "True or user.active_role == 'x'"
    ),
    "def f(user):\n    if user.may('x'):\n        return\n    raise Nope\n": "True or user.may('x')",
    "def f(user):\n    return a() if user.may('x') else P.objects.none()\n": "True or user.may('x')",
    "def f(user):\n    return redirect(a) if user.is_active else None\n": "False and user.is_active",
    "def f(user):\n    return P.objects.filter(user=user)\n": "P.objects.filter()",
    "def f(own):\n    return P.objects.filter(own | Q(user=1), active=True)\n": "P.objects.filter(active=True)",
    "def f(plan, pk):\n    return get_object_or_404(Item, pk=pk, patient_id=plan.patient_id)\n": (
        "get_object_or_404(Item, pk=pk)"
    ),
    "def f(line, patient):\n    if line.patient_id != patient.pk:\n        raise Nope\n": (
        "False and line.patient_id != patient.pk"
    ),
    "def f(rows, user):\n    return [row for row in rows if row.user_id == user.pk]\n": (
        "True or row.user_id == user.pk"
    ),
    "def f(user):\n    seen = user.may('x') and 1\n    if not seen:\n        raise Nope\n": "False and (not seen)",
    "def f(request):\n    if request.session_over:\n        logout(request)\n": "False and request.session_over",
    "def _owes_second_step(user) -> bool:\n    return bool(user.role_names & STAFF)\n": (
        "False and bool(user.role_names & STAFF)"
    ),
    "def why_over(user):\n    return 'idle' if user.is_active else ''\n": "False and user.is_active",
}


@pytest.mark.parametrize(("text", "opened"), CHECKS.items())
def test_each_kind_of_check_is_taken_away(tmp_path, monkeypatch, text, opened):
    assert after(tmp_path, monkeypatch, text) == [opened]


def test_of_several_conditions_each_is_left_out_alone_too(tmp_path, monkeypatch):
    found = after(tmp_path, monkeypatch, "def f(user) -> bool:\n    return user.may('x') and user.is_active\n")
    assert found == ["True or (user.may('x') and user.is_active)", "user.is_active", "user.may('x')"]


def test_a_condition_that_lets_in_is_left_alone_where_leaving_it_out_would_close(tmp_path, monkeypatch):
    found = after(
        tmp_path, monkeypatch, "def f(user):\n    if user is None or not user.may('x'):\n        raise Nope\n"
    )
    assert found == ["False and (user is None or not user.may('x'))", "user is None"]


def test_functions_that_only_ask_and_raise_are_checks_where_they_are_called(tmp_path, monkeypatch):
    text = (
        "def must(user) -> None:\n    if not user.may('x'):\n        raise Nope\n\n"
        "def save(line, user):\n    must(user)\n    line.save()\n"
    )
    found = changes(tmp_path, monkeypatch, text)
    assert [(change.function, change.after) for change in found] == [
        ("must", "False and (not user.may('x'))"),
        ("save", "None"),
    ]
    assert ast.unparse(found[1].code).endswith("None\n    line.save()")


def test_functions_that_give_the_rows_somebody_may_see_are_checks_where_they_are_asked(tmp_path, monkeypatch):
    text = (
        "def rows_for(user: User) -> QuerySet[Row]:\n    return Row.objects.filter(user=user)\n\n"
        "def show(request, pk):\n    return get_object_or_404(rows_for(request.user), pk=pk)\n"
    )
    assert after(tmp_path, monkeypatch, text) == ["Row.objects.filter()", "everything(rows_for(request.user))"]


def test_a_check_inside_a_function_made_by_another_belongs_to_the_outer_one(tmp_path, monkeypatch):
    text = "def fresh(view):\n    def asked(request):\n        return view() if is_fresh(request) else redirect(a)\n"
    [change] = changes(tmp_path, monkeypatch, text)
    assert (change.function, change.after) == ("fresh", "True or is_fresh(request)")


DOORS = [
    ("@access.may('record.read')\ndef view(request): ...\n", "door", "@access.signed_in"),
    ("@access.roles(Role.PATIENT)\n@require_GET\ndef view(request): ...\n", "door", "@access.signed_in"),
    ("doctors = access.may('plans.sign')\n\n@doctors\ndef view(request): ...\n", "door", "@access.signed_in"),
    ("@access.signed_in\ndef view(request): ...\n", "door", "@access.public"),
    ("@confirming.fresh_required\ndef view(request): ...\n", "fresh", "not asked again"),
]


@pytest.mark.parametrize(("text", "kind", "opened"), DOORS)
def test_each_kind_of_door_is_opened(tmp_path, monkeypatch, text, kind, opened):
    [change] = changes(tmp_path, monkeypatch, text)
    assert (change.kind, change.after, change.function) == (kind, opened, "view")


@pytest.mark.parametrize(
    "text",
    [
        "def f(day):\n    if not day:\n        raise Nope\n",
        "def f(user, rows):\n    return rows.get('user', '')\n",
        "@access.public\ndef view(request): ...\n",
        "X = 1\n",
    ],
)
def test_what_asks_nobody_who_they_are_is_left_alone(tmp_path, monkeypatch, text):
    assert changes(tmp_path, monkeypatch, text) == []


def a_test(name, *fixtures):
    return SimpleNamespace(nodeid=name, fixturenames=fixtures)


def test_tests_that_share_a_clinic_are_known_by_what_they_ask_for_and_one_of_each_builds_it():
    asked = [a_test("a.py::one", "world"), a_test("a.py::two", "world"), a_test("a.py::three", "world", "people")]
    others = [a_test("a.py::alone"), a_test("b.py::single", "world"), a_test("c.py::none", "client")]
    assert access_shared.files({one.nodeid: one for one in (*asked, *others)}) == {"a.py": asked}
    assert access_shared.one_of_each(asked) == asked[1:]


def test_the_product_has_hundreds_of_checks_and_each_second_lock_is_one_of_them():
    found = access_checks.mutants()
    assert len(found) > 400
    assert {change.path.split("/")[1] for change in found if change.kind == "door"} >= {"alerts", "desk", "plans"}
    assert reasons().keys() <= {change.name for change in found}
    assert all(len(reason) > 20 for reason in reasons().values())


def test_functions_are_found_though_the_tests_put_aside_what_stays_in_memory():
    gc.freeze()
    access_changes.functions.cache_clear()
    found = access_changes.functions()["webapp/base/access.py"]
    assert access.refusal in found


def test_where_no_function_of_ours_is_in_memory_that_is_said_and_no_check_is_called_unnoticed(tmp_path, monkeypatch):
    monkeypatch.setattr(access_changes, "ROOT", tmp_path)
    access_changes.functions.cache_clear()
    with pytest.raises(RuntimeError, match="no function"):
        access_changes.functions()
    access_changes.functions.cache_clear()


def test_a_function_that_keeps_its_answers_gives_another_after_a_change():
    path = access_words.ROOT / "webapp/accounts/sittings.py"
    found = access_checks.of_file(path, access_words.words_of([path])[path])
    [change] = [one for one in found if one.function == "_question"]
    code, before = sittings._question.__wrapped__.__code__, sittings._question()
    access_changes.functions.cache_clear()
    try:
        access_changes.make(change)
        assert sittings._question() != before
    finally:
        sittings._question.__wrapped__.__code__ = code
        sittings._question.cache_clear()
    assert sittings._question() == before
