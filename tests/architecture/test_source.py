"""What every file of ours keeps to, beyond what the linters see."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tools import assets

ROOT = Path(__file__).resolve().parents[2]
CODE = ("engine/", "rules/", "webapp/", "bench/")


def held(*endings):
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in names if name.endswith(endings) and (ROOT / name).is_file()]


def code():
    return [name for name in held(".py") if name.startswith(CODE) and "/migrations/" not in name]


def lines_of_code(text):
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def long_functions(text):
    return [f.name for f in functions(ast.parse(text)) if f.end_lineno - f.lineno + 1 > 60]


def hidden_imports(text):
    inside = (node for f in functions(ast.parse(text)) for node in ast.walk(f))
    return [node.lineno for node in inside if isinstance(node, ast.Import | ast.ImportFrom)]


def inline(text):
    """What the content policy would refuse, in a template."""
    return re.findall(r"<style\b|<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=|href=[\"']javascript:", text)


def test_no_file_is_longer_than_400_lines():
    long = {name: count for name in code() if (count := lines_of_code((ROOT / name).read_text())) > 400}
    assert long == {}


def test_no_function_is_longer_than_60_lines():
    assert {name: found for name in code() if (found := long_functions((ROOT / name).read_text()))} == {}


def test_no_import_stands_inside_a_function():
    assert {name: found for name in code() if (found := hidden_imports((ROOT / name).read_text()))} == {}


def test_every_function_says_what_it_returns():
    silent = [
        f"{name}:{f.lineno} {f.name}"
        for name in code()
        for f in functions(ast.parse((ROOT / name).read_text()))
        if f.returns is None
    ]
    assert silent == []


def test_no_template_holds_an_inline_style_script_or_handler():
    assert {name: found for name in held(".html") if (found := inline((ROOT / name).read_text()))} == {}


@pytest.mark.parametrize(
    "fault",
    ['<p style="color:red">', "<style>", "<script>go()</script>", '<a onclick="go()">', "<a href='javascript:go()'>"],
)
def test_a_planted_inline_fault_is_found(fault):
    assert inline(fault)


def test_a_script_from_a_file_is_no_fault():
    assert inline('<script src="/static/main.js" defer></script>') == []


def test_a_planted_import_inside_a_function_is_found():
    assert hidden_imports("def f():\n    import os\n") == [2]


def test_every_icon_a_page_asks_for_is_in_the_sprite():
    asked = {
        (icon, name)
        for name in held(".html", "navigation.py")
        for icon in re.findall(r"""{% icon ["']([a-z0-9-]+)["']""", (ROOT / name).read_text())
    }
    known = set(assets.icon_names())
    assert {f"{name}: {icon}" for icon, name in asked if icon not in known} == set()


def test_every_shape_of_ours_a_page_asks_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (assets.SOURCES / "img/pauta.svg").read_text()))
    asked = {
        mark
        for name in held(".html")
        for mark in re.findall(r"""{% mark ["']([\w-]+)["']""", (ROOT / name).read_text())
    }
    assert asked <= drawn


def test_no_file_names_a_place_of_one_machine():
    machine = re.compile(r"(?<![\w.])/(?:root|work|home|farm)/\w")
    texts = held(".py", ".md", ".toml", ".yaml", ".yml", ".html", ".js", ".css", ".txt", ".po", "Makefile", "run")
    assert [name for name in texts if machine.search((ROOT / name).read_text())] == []
