"""A folder and the shelf: they agree byte for byte, or it is said where they differ."""

import io

import pytest
from django.core.management import CommandError, call_command

from rules import exporting, selectors, services
from rules.services import Author
from tests.rules.texts import FILES, PROTOCOL, a_folder

pytestmark = pytest.mark.django_db
REFLUX = "protocols/reflux/1.0.0.yaml"
NEWER = PROTOCOL.replace("version: 1.0.0", "version: 1.1.0")


@pytest.fixture
def folder(tmp_path):
    services.load(a_folder(tmp_path / "git"), Author(name="Carpeta"))
    return tmp_path / "git"


def run(*words):
    out = io.StringIO()
    call_command("export_protocols", *map(str, words), stdout=out)
    return out.getvalue()


def test_what_came_from_a_folder_goes_out_byte_for_byte(folder, tmp_path):
    out = tmp_path / "out"
    assert f"{len(FILES)} written" in run(out)
    for path in FILES:
        assert (out / path).read_bytes() == (folder / path).read_bytes()
    assert run(out).endswith("0 written\n")
    assert services.load(out, Author()).release == selectors.current_release().digest


@pytest.mark.parametrize("text", [PROTOCOL + "# ñ €\t\r\n\r\n", PROTOCOL.rstrip("\n"), PROTOCOL.replace("\n", "\r\n")])
def test_no_end_of_line_or_letter_is_lost_on_the_way(tmp_path, text):
    git = a_folder(tmp_path / "git")
    (git / REFLUX).write_bytes(text.encode())
    assert services.load(git, Author()).refused == ()
    run(tmp_path / "out")
    assert (tmp_path / "out" / REFLUX).read_bytes() == text.encode()


def test_both_agree_or_it_is_said_where_they_do_not(folder):
    assert "hold the same" in run(folder, "--compare")
    (folder / "protocols/reflux/1.1.0.yaml").write_text(NEWER, encoding="utf-8")
    (folder / "vocabulary/small.yaml").write_bytes(FILES["vocabulary/small.yaml"].encode() + b"# note\n")
    (folder / REFLUX).unlink()
    assert [str(each) for each in exporting.compare(folder)] == [
        "protocols/reflux/1.0.0.yaml: only on the shelf (1.0.0)",
        "protocols/reflux/1.1.0.yaml: only in the folder (1.1.0)",
        "vocabulary/small.yaml: another text under the same number (shelf 1.0.0, folder 1.0.0)",
    ]
    with pytest.raises(CommandError, match="3 files differ"):
        run(folder, "--compare")
    assert not (folder / REFLUX).exists()  # comparing writes nothing


def test_a_draft_in_the_folder_is_nobodys_difference_and_is_left_alone(folder):
    draft = folder / "protocols/reflux/2.0.0.yaml"
    draft.write_text(PROTOCOL.replace("version: 1.0.0", "version: 2.0.0\nstatus: draft"), encoding="utf-8")
    assert exporting.compare(folder) == []
    (folder / "protocols/own/1.0.0.yaml").parent.mkdir()
    (folder / "protocols/own/1.0.0.yaml").write_text(PROTOCOL.replace("reflux", "own"), encoding="utf-8")
    assert "left as it is: protocols/own/1.0.0.yaml" in run(folder)
    assert draft.exists()


def test_an_empty_shelf_says_what_to_do(tmp_path):
    with pytest.raises(CommandError, match="R010"):
        run(tmp_path)
