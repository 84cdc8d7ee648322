"""`pauta check` and `pauta schema` as a person types them."""

import json
import shutil

import pytest

from engine.cli import main
from tests.engine.language.a_library import FOLDER, PROTOCOL


@pytest.fixture
def library(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "protocols_yaml")


def broken(library, old="heartburn_days >= 2", new="heartburn_day >= 2"):
    path = library / PROTOCOL
    path.write_text(path.read_text().replace(old, new))
    return path


def test_a_clean_library_says_so(library, capsys):
    assert main(["check", str(library)]) == 0
    assert capsys.readouterr().out == "5 files checked: 0 problems\n"


def test_the_default_folder_is_used(library, capsys, monkeypatch):
    monkeypatch.chdir(library.parent)
    assert main(["check"]) == 0


def test_a_problem_is_shown_as_a_place_one_can_open(library, capsys):
    path = broken(library)
    assert main(["check", str(library)]) == 1
    out = capsys.readouterr().out
    assert f'{path}:30:11: P105 the name "heartburn_day" is not known\n    Did you mean heartburn_days?' in out
    assert "5 files checked: 1 problem" in out


def test_one_file_is_checked_with_its_library(library, capsys):
    path = broken(library)
    assert main(["check", str(path)]) == 1
    assert "1 file checked: 1 problem" in capsys.readouterr().out


def test_problems_of_other_files_are_told(library, capsys):
    broken(library)
    assert main(["check", str(library / "vocabulary")]) == 1
    out = capsys.readouterr().out
    assert "1 file checked: 0 problems" in out
    assert "1 problem in other files" in out


def test_json_holds_the_same(library, capsys):
    path = broken(library)
    assert main(["check", str(library), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert found["files"] == 5
    (problem,) = found["problems"]
    assert problem == {
        "file": str(path),
        "line": 30,
        "column": 11,
        "code": "P105",
        "message": 'the name "heartburn_day" is not known',
        "hint": "Did you mean heartburn_days?",
    }


def test_bytes_that_are_no_utf8_are_a_finding(library, capsys):
    (library / PROTOCOL).write_bytes(b"protocol: ard\xf3r\n")
    assert main(["check", str(library)]) == 1
    assert ":1:14: P009" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["check", "nowhere"], ["chek"], [], ["check", "--what"]])
def test_wrong_use_is_told_apart_from_findings(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_a_folder_without_files_is_wrong_use(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 2
    assert "P020" in capsys.readouterr().err


def test_the_schema_is_json(capsys):
    assert main(["schema", "score"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Pauta: score"


def test_the_page_of_codes_is_printed(capsys):
    assert main(["schema", "--error-codes"]) == 0
    assert capsys.readouterr().out.startswith("# Error codes")
