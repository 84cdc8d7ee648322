"""Production does not start half-dressed, and says what is missing."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tools import check, settings_reference
from webapp.base import environment

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = [variable.name for variable in environment.VARIABLES if variable.required]
KEY = base64.b64encode(bytes(range(32))).decode()


def start(*arguments, **changes):
    """Run a command under production settings, some of them changed or (None) taken away."""
    given = check.production() | changes
    ours = {variable.name for variable in environment.VARIABLES} | {
        "DJANGO_SETTINGS_MODULE",
        "DJANGO_ALLOW_ASYNC_UNSAFE",
    }
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    command = [sys.executable, "manage.py", *(arguments or ("check",))]
    given = {name: value for name, value in given.items() if value is not None}
    return subprocess.run(command, cwd=ROOT, env=inherited | given, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", REQUIRED)
def test_production_refuses_to_start_without_each_secret_and_names_it(name):
    done = start(**{name: None})
    assert done.returncode != 0
    assert f"Production needs {name}." in done.stderr


def test_all_that_is_missing_is_named_at_once():
    assert environment.missing({}) == REQUIRED


def test_what_production_needs_are_its_secrets():
    assert set(REQUIRED) == {"SECRET_KEY", "DATABASE_URL", "FIELD_KEYS", "BLIND_INDEX_KEY", "ALLOWED_HOSTS"}


def test_production_settings_pass_djangos_own_check_for_deployment():
    done = start("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_weak_secret_key_does_not_pass_it():
    assert "security.W009" in start("check", "--deploy", "--fail-level", "WARNING", SECRET_KEY="short").stderr


def test_an_environment_that_does_not_exist_is_refused():
    assert "not staging" in start(PAUTA_ENV="staging").stderr


def test_production_never_shows_djangos_error_pages():
    shown = "from django.conf import settings; print(settings.DEBUG)"
    assert start("shell", "--no-imports", "-c", shown, DEBUG="1").stdout.strip() == "False"


def test_a_key_of_the_wrong_length_is_refused_without_showing_it():
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS first needs 32 bytes") as problem:
        environment.keyring("first:c2hvcnQ=")
    assert "c2hvcnQ" not in str(problem.value)


@pytest.mark.parametrize("text", ["", KEY, f":{KEY}"])
def test_a_keyring_without_ids_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="id:base64"):
        environment.keyring(text)


@pytest.mark.parametrize("name", ["a b", "a'b", "ñ", "x" * 41])
def test_a_keys_id_is_a_short_plain_word(name):
    with pytest.raises(ImproperlyConfigured, match="letters, digits, _ and -"):
        environment.keyring(f"{name}:{KEY}")


def test_two_keys_with_the_same_id_are_refused():
    with pytest.raises(ImproperlyConfigured, match="names first twice"):
        environment.keyring(f"first:{KEY},first:{KEY}")


def test_several_keys_are_read_newest_first():
    assert [name for name, _ in environment.keyring(f"new:{KEY}, old:{KEY}")] == ["new", "old"]


def test_the_manual_lists_exactly_what_the_product_reads():
    assert settings_reference.PAGE.read_text() == settings_reference.page(), "run: python -m tools.settings_reference"


def test_a_clinic_goes_by_its_own_clock_and_a_zone_nobody_knows_is_refused():
    assert environment.zone("Atlantic/Canary") == "Atlantic/Canary"
    for name in ("", "Madrid", "Europe/Madird", "../etc"):
        with pytest.raises(ImproperlyConfigured, match="Europe/Madrid or Atlantic/Canary"):
            environment.zone(name)
