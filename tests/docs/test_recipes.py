"""The recipe for a git folder and the examples of the API do what their pages say: their own lines are run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site import clinic

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# For machines without them: as much of curl as the page uses, and our own command where it was not installed.
OURS = "#!{python}\nimport sys\nsys.path.insert(0, {root!r})\nfrom engine.cli import script\nscript()\n"
STAND_IN = """#!{python}
import argparse, sys, urllib.request
read = argparse.ArgumentParser()
read.add_argument("-fsS", action="store_true", dest="quiet")
read.add_argument("-H", action="append", default=[])
read.add_argument("-X")
read.add_argument("-d", type=str.encode)
read.add_argument("-o", default="/dev/stdout")
read.add_argument("url")
said = read.parse_args()
heads = dict(one.split(": ", 1) for one in said.H)
asked = urllib.request.Request(said.url, said.d, heads, method=said.X)
open(said.o, "wb").write(urllib.request.urlopen(asked).read())
"""
MAKE_A_TOKEN = """
from webapp.accounts.models import User, email_index
from webapp.accounts import tokens
user = User.objects.get(email_index=email_index("director@demo.example"))
print(tokens.make(user=user, name="recipe", days=30, writes=True))
"""


def blocks(page):
    return BLOCK.findall((ROOT / page).read_text("utf-8"))


def run(script, folder, **more):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], str(with_commands(folder.parent))])
    return subprocess.run(
        ["/bin/sh", "-e"], input=script, cwd=folder, text=True, capture_output=True, check=False,
        env={**os.environ, "PATH": path, **more},
    )  # fmt: skip


def with_commands(folder):
    """Return a folder to be searched last, with the commands that a machine may not have."""
    made = folder / "bin"
    made.mkdir(exist_ok=True)
    for name, text in (("curl", STAND_IN), ("pauta", OURS)):
        (made / name).write_text(text.format(python=sys.executable, root=str(ROOT)))
        (made / name).chmod(0o755)
    return made


def git(folder, *words):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path):
    """A repository whose main branch holds the shipped protocols."""
    made = tmp_path / "repository"
    shutil.copytree(ROOT / "protocols_yaml", made / "protocols_yaml")
    git(made, "init")
    git(made, "add", ".")
    git(made, "commit", "-qm", "As shipped")
    return made


def test_a_folder_in_order_passes_and_a_fault_stops_the_job_with_its_line(folder):
    check, *_others = blocks("docs/how-to/check-a-git-folder.md")
    passed = run(check, folder)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    [reflux] = (folder / "protocols_yaml/protocols/reflux").glob("1.0.0.yaml")
    text = reflux.read_text("utf-8")
    line = text[: text.index("heartburn_days")].count("\n") + 1
    reflux.write_text(text.replace("heartburn_days", "heartburn_dias", 1), "utf-8")
    stopped = run(check, folder)
    assert stopped.returncode == 1
    assert f"reflux/1.0.0.yaml:{line}:" in stopped.stdout
    assert "proved" not in stopped.stdout


def test_what_a_change_does_is_told_against_the_branch_it_goes_into(folder):
    _check, difference, _against = blocks("docs/how-to/check-a-git-folder.md")
    assert "equivalent" in run(difference, folder).stdout
    [reflux] = (folder / "protocols_yaml/protocols/reflux").glob("1.0.0.yaml")
    text = reflux.read_text("utf-8")
    assert "heartburn_days >= symptom_days" in text
    reflux.write_text(text.replace("heartburn_days >= symptom_days", "heartburn_days > symptom_days"), "utf-8")
    told = run(difference, folder)
    assert told.returncode == 0, told.stderr
    assert "equivalent" not in told.stdout
    assert "patient" in told.stdout.lower()
    assert not (folder.parent / "before").exists()


def test_the_lines_of_the_api_page_work_on_a_running_clinic_with_a_token(folder):
    one, files_and_begin, rest = blocks("docs/reference/api.md")
    _check, _difference, against = blocks("docs/how-to/check-a-git-folder.md")
    with clinic("recipes") as site:
        token = site.manage("shell", "-c", MAKE_A_TOKEN).strip().splitlines()[-1]
        [(version,)] = site.query("SELECT id FROM rules_version WHERE path = %s", "protocols/reflux/1.0.0.yaml")
        given = {"PAUTA_TOKEN": token, "PAUTA": site.address, "VERSION": str(version)}
        assert '"digest"' in run(one, folder, **given).stdout
        begun = run(files_and_begin, folder, **given)
        assert '"newest"' in begun.stdout, begun.stderr
        [(draft,)] = site.query("SELECT max(id) FROM rules_draft")
        assert '"stage"' in run(rest, folder, **given, DRAFT=str(draft)).stdout
        same = run(against, folder, **given)
        assert same.returncode == 0, same.stdout + same.stderr
        assert run(one, folder, **{**given, "PAUTA_TOKEN": "pauta_" + "x" * 43}).returncode != 0
