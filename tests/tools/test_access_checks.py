"""The changes that take access checks away: each kind of check is found, and what takes its place lets more through."""

import ast

import pytest

from tools import access_checks


def changes(tmp_path, monkeypatch, text):
    monkeypatch.setattr(access_checks, "ROOT", tmp_path)
    (tmp_path / "webapp").mkdir()
    path = tmp_path / "webapp/views.py"
    path.write_text(text)
    return list(access_checks._of_file(path))


CHECKS = [
    ("def f(user):\n    if not user.may('x'):\n        raise Nope\n    return 1\n", "if False:"),
    (
        "def f(user):\n    if user.active_role == 'x':\n        return P.objects.all()\n    return P.objects.none()\n",
        "if True:",
    ),
    ("def f(user):\n    if user.may('x'):\n        return\n    raise Nope\n", "if True:"),
    ("def f(user):\n    return P.objects.all() if user.may('x') else P.objects.none()\n", "return P.objects.all()\n"),
    ("def f(user):\n    return P.objects.filter(user=user)\n", "return P.objects.filter()\n"),
    ("def f(user) -> bool:\n    return user.may('x') and user.pk == 1\n", "return True\n"),
    ("def f(line, actor):\n    may_write(line, actor)\n    line.save()\n", "    pass\n    line.save()\n"),
    (
        "def f(request, pk):\n    return get_object_or_404(own_for(request.user), pk=pk)\n",
        "get_object_or_404(own_for(request.user).model._default_manager.all(), pk=pk)",
    ),
    (
        "def f(plan, pk):\n    return get_object_or_404(Item, pk=pk, patient_id=plan.patient_id)\n",
        "get_object_or_404(Item, pk=pk)",
    ),
]


@pytest.mark.parametrize(("text", "opened"), CHECKS)
def test_each_kind_of_check_is_taken_away(tmp_path, monkeypatch, text, opened):
    [change] = changes(tmp_path, monkeypatch, text)
    assert opened in ast.unparse(change.code) + "\n"
    assert not change.door


DOORS = [
    ("@access.may('record.read')\ndef view(request): ...\n", "@access.signed_in"),
    ("@access.roles(Role.PATIENT)\n@require_GET\ndef view(request): ...\n", "@access.signed_in"),
    ("doctors = access.may('plans.sign')\n\n@doctors\ndef view(request): ...\n", "@access.signed_in"),
    ("@access.signed_in\ndef view(request): ...\n", "@access.public"),
]


@pytest.mark.parametrize(("text", "after"), DOORS)
def test_each_kind_of_door_is_opened(tmp_path, monkeypatch, text, after):
    [change] = changes(tmp_path, monkeypatch, text)
    assert (change.door, change.after, change.function) == (True, after, "view")


@pytest.mark.parametrize(
    "text",
    ["def f(day):\n    if not day:\n        raise Nope\n", "@access.public\ndef view(request): ...\n", "X = 1\n"],
)
def test_what_asks_nobody_who_they_are_is_left_alone(tmp_path, monkeypatch, text):
    assert changes(tmp_path, monkeypatch, text) == []


def test_the_product_has_more_than_a_hundred_checks():
    found = access_checks.mutants()
    assert len(found) > 100
    assert {change.path.split("/")[1] for change in found if change.door} >= {"alerts", "desk", "plans", "portal"}
