"""Every dependency has its reason, its pin and its hash; nothing is locked that the other machine could not fetch."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REASONS = dict(
    re.findall(r"^\| ([\w@./-]+) \| (.+) \|$", (ROOT / "docs/why/dependencies.md").read_text(), re.MULTILINE)
)
LOCK = (ROOT / "requirements.lock").read_text()
BENCH_LOCK = (ROOT / "bench/requirements.lock").read_text()
PYTHON, BENCH = (
    re.findall(r"^([A-Za-z][\w.-]*)", (ROOT / name).read_text(), re.MULTILINE)
    for name in ("requirements.in", "bench/requirements.in")
)
PACKAGES = json.loads((ROOT / "package.json").read_text())
BROWSER = [*PACKAGES["dependencies"], *PACKAGES["devDependencies"]]


@pytest.mark.parametrize("name", [*PYTHON, *BENCH, *BROWSER])
def test_each_dependency_has_a_reason(name):
    assert len(REASONS.get(name, "")) > 10, f"docs/why/dependencies.md says nothing of {name}"


def test_no_reason_outlives_its_dependency():
    assert set(REASONS) - {"Package", "---"} == {*PYTHON, *BENCH, *BROWSER}


@pytest.mark.parametrize("name", [*PYTHON, *BENCH])
def test_each_is_pinned_with_hashes(name):
    pin = re.compile(rf"(?mi)^{re.escape(name)}(?:\[[\w,]+\])?==[\w.]+[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{{64}}")
    assert pin.search(BENCH_LOCK if name in BENCH else LOCK), f"{name} is not in its lock. Run: make lock"


@pytest.mark.parametrize("name", BROWSER)
def test_each_browser_package_is_pinned_to_one_version(name):
    wanted = (PACKAGES["dependencies"] | PACKAGES["devDependencies"])[name]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"][f"node_modules/{name}"]
    assert (locked["version"], locked["integrity"][:7]) == (wanted, "sha512-")


def test_the_package_that_shares_the_shelfs_name_is_never_installed():
    assert not re.search(r"(?m)^rules==", LOCK + BENCH_LOCK)
