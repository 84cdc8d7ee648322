"""The scan finds secrets before git keeps them, and is not silent about lock files that tell addresses."""

import subprocess

import pytest

from tools import secret_scan

LONG = "aZ3" * 15  # the length of a real key


def planted():
    """One secret of each kind, put together here so that this file holds none."""
    return {
        "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
        "an access key of a cloud": "AKIA" + "A1B2C3D4E5F6G7H8",
        "a token of a code host": "ghp_" + LONG,
        "a token of a chat or mail service": "xoxb-" + LONG,
        "a payment key": "sk_live_" + LONG,
        "a password in an address": "postgres://pauta:" + "hunter22hunter@db.example/pauta",
        "a key of this product": "SECRET_KEY = '" + LONG + "'",
        "a long password": "password = '" + LONG + "'",
    }


def test_each_kind_the_scan_knows_is_planted_here():
    assert set(planted()) == set(secret_scan.PATTERNS)


@pytest.mark.parametrize(("kind", "text"), planted().items())
def test_a_planted_secret_is_found_with_its_line(kind, text):
    assert (2, kind) in list(secret_scan.secrets_in(f"first line\n{text}\n"))


@pytest.mark.parametrize(
    "text",
    [
        "DATABASE_URL=postgres://user:word@host/name",
        'SECRET_KEY = env("SECRET_KEY")',
        'password = "pauta-demo-2026"',
        "--hash=sha256:" + "0" * 64,
    ],
)
def test_what_only_speaks_of_secrets_is_left_alone(text):
    assert list(secret_scan.secrets_in(text)) == []


@pytest.fixture
def repository(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def test_the_scan_of_a_repository_names_file_and_line_and_never_the_secret(repository):
    secret = planted()["a payment key"]
    (repository / "notes.md").write_text(f"\n{secret}\n")
    found = secret_scan.scan(repository)
    assert found == ["notes.md:2: looks like a payment key"]
    assert secret not in found[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.lock", "--index-url https" + "://pypi.example/simple\n"),
        ("package-lock.json", '{"resolved": "x"}'),
    ],
)
def test_a_lock_file_with_an_address_is_found(repository, name, text):
    (repository / name).write_text(text)
    assert "holds an address" in secret_scan.scan(repository)[0]


def test_this_repository_holds_no_secret_and_no_address():
    assert secret_scan.scan(secret_scan.ROOT) == []
