"""A director who follows the tutorial to the letter sees what it says: its blocks are run in order, in a folder."""

import contextlib
import io
import re
import shlex
import subprocess
from pathlib import Path

from engine.cli import main

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/tutorial/first-protocol.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = ".venv/bin/pauta "


def steps():
    """Yield each block: its kind, its text, and the text that leads to it."""
    page, end = PAGE.read_text("utf-8"), 0
    for found in BLOCK.finditer(page):
        yield found[1], found[2], page[end : found.start()]
        end = found.end()


def said(line):
    """Return what a line of a shell block prints."""
    if not line.startswith(COMMAND):
        return subprocess.run(["/bin/sh", "-ec", line], capture_output=True, text=True, check=True).stdout
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        main(shlex.split(line.removeprefix(COMMAND)))
    return printed.getvalue()


def written(leading):
    """Return the file that the words before a block name last, and whether the block goes to its end."""
    names = re.findall(r"`([\w./]+\.(?:yaml|json))`", leading)
    return Path(names[-1]), "Add this at the end of" in leading


def change(path, block):
    """Put the lines with a plus in place of those with a minus."""
    old, new = ("".join(f"{line[1:]}\n" for line in block.splitlines() if line.startswith(sign)) for sign in ("-", "+"))
    assert path.read_text("utf-8").count(old) == 1, old
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def follow(kind, block, leading, printed):
    """Do what a block says and return what it prints; a block of output is compared with what was printed last."""
    match kind:
        case "sh":
            return "".join(map(said, block.splitlines()))
        case "yaml" | "json":
            path, at_the_end = written(leading)
            path.write_text((path.read_text("utf-8") if at_the_end else "") + block, "utf-8")
        case "diff":
            change(written(leading)[0], block)
        case _:
            assert block in printed, f"the page says\n{block}\nand the command\n{printed}"
    return printed


def test_the_first_protocol_works_as_the_tutorial_tells(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "protocols_yaml").symlink_to(ROOT / "protocols_yaml")
    printed, kinds = "", []
    for kind, block, leading in steps():
        printed = follow(kind, block, leading, printed)
        kinds.append(kind)
    assert kinds.count("sh") >= 10
    assert kinds.count("") >= 8
    assert not (tmp_path / "draft").exists()


def test_a_page_that_says_something_else_is_found_out():
    try:
        follow("", "74 files checked: 1 problem\n", "", "74 files checked: 0 problems\n")
    except AssertionError:
        return
    raise AssertionError("a block of output is not compared")
