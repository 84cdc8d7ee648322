"""Everything said to a person is said in both languages."""

import pytest

from tools import messages


@pytest.mark.parametrize("app", messages.apps(), ids=lambda app: app.name)
def test_every_message_of_an_app_stands_in_its_spanish_catalogue(app):
    assert messages.missing(app) == []


def test_two_apps_never_say_the_same_message_differently():
    said = {}
    for app in messages.apps():
        for message in messages.known(app):
            if message.id and message.string:
                said.setdefault((str(message.id), message.context), set()).add(message.string)
    assert {key: words for key, words in said.items() if len(words) > 1} == {}


@pytest.fixture
def an_app(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "app/templates").mkdir(parents=True)
    return tmp_path / "app"


def test_a_message_of_the_code_without_spanish_is_found_with_its_place(an_app):
    (an_app / "views.py").write_text('x = 1\ny = _("Sign the plan")\n')
    assert messages.missing(an_app) == ["app/views.py:2: Sign the plan"]


def test_a_message_of_a_template_without_spanish_is_found(an_app):
    (an_app / "templates/page.html").write_text("<p>{% translate 'Sign the plan' %}</p>")
    assert messages.missing(an_app) == ["app/templates/page.html:1: Sign the plan"]


def test_an_empty_line_in_the_catalogue_is_not_a_translation(an_app):
    (an_app / "views.py").write_text('y = _("Sign the plan")\n')
    messages.update(an_app)
    assert messages.missing(an_app) == ["app/views.py:1: Sign the plan"]


def test_a_filled_line_is_one_and_the_next_update_keeps_it(an_app):
    (an_app / "views.py").write_text('y = _("Sign the plan")\n')
    messages.update(an_app)
    path = messages.catalogue_path(an_app)
    before, message, after = path.read_text().partition('msgid "Sign the plan"\n')
    path.write_text(before + message + after.replace('msgstr ""', 'msgstr "Firmar el plan"', 1))
    messages.update(an_app)
    assert messages.missing(an_app) == []
