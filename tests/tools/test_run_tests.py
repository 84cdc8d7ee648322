"""Without a browser the tests do not pass by silence."""

import os
from types import SimpleNamespace

import pytest

from tools import run_tests


@pytest.fixture
def runs(monkeypatch):
    """The commands that would have been run."""
    commands = []
    monkeypatch.setattr(run_tests.assets, "main", lambda: None)
    monkeypatch.setattr(run_tests.devdb, "is_running", lambda: True)
    monkeypatch.setattr(
        run_tests.subprocess, "run", lambda command, **_: commands.append(command) or SimpleNamespace(returncode=0)
    )
    monkeypatch.setattr(run_tests.sys, "argv", ["run_tests"])
    monkeypatch.delenv("BROWSER", raising=False)
    return commands


def without_chromium(monkeypatch, *, root):
    monkeypatch.setattr(run_tests.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(os, "getuid", lambda: 0 if root else 1000)


def test_a_normal_user_without_chromium_is_told_the_one_command_and_the_run_fails(monkeypatch, runs):
    without_chromium(monkeypatch, root=False)
    with pytest.raises(SystemExit, match="sudo apt-get install -y chromium-headless-shell") as stopped:
        run_tests.main()
    assert stopped.value.code != 0
    assert runs == []


def test_root_on_debian_gets_it_installed(monkeypatch, runs):
    without_chromium(monkeypatch, root=True)
    with pytest.raises(SystemExit, match="still missing"):  # apt did nothing here, and that is said too
        run_tests.main()
    assert runs[-1] == ["apt-get", "install", "-y", "chromium-headless-shell"]


def test_browser_0_is_the_only_way_past(monkeypatch, runs):
    without_chromium(monkeypatch, root=False)
    monkeypatch.setenv("BROWSER", "0")
    with pytest.raises(SystemExit) as stopped:
        run_tests.main()
    assert stopped.value.code == 0
    assert "--ignore=tests/browser" in runs[-1]


@pytest.mark.parametrize("value", ["", "1", "no", "false"])
def test_nothing_else_is(monkeypatch, runs, value):
    without_chromium(monkeypatch, root=False)
    monkeypatch.setenv("BROWSER", value)
    with pytest.raises(SystemExit, match="need Chromium"):
        run_tests.main()


def test_ci_does_not_set_it():
    assert "BROWSER" not in (run_tests.ROOT / ".ci/run").read_text()
