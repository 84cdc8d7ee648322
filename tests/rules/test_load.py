"""The shelf: what comes into force, what is refused, and that nothing published ever changes."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from rules import checking, selectors, services
from rules.models import Release, ReleaseVersion, Version
from tests.rules.texts import FILES, PROTOCOL, VOCABULARY, a_folder

AUTHOR = services.Author("7", "Dra. Vidal")
REFLUX = "protocols/reflux/1.0.0.yaml"
pytestmark = pytest.mark.django_db


def load(folder, **changes):
    return services.load(a_folder(folder, **changes), AUTHOR)


def test_a_folder_that_checks_comes_into_force(tmp_path):
    report = load(tmp_path)
    assert (len(report.loaded), report.refused) == (len(FILES), ())
    assert {row.path for row in selectors.published()} == set(FILES)
    assert selectors.current_release().digest == report.release


def test_the_text_is_kept_as_written_with_its_author(tmp_path):
    text = PROTOCOL + "# una nota, con acentos: ñ\n"
    load(tmp_path, **{REFLUX: text})
    kept = selectors.version("protocol", "reflux")
    assert (kept.text, kept.author_name, kept.sha256) == (text, "Dra. Vidal", services.digest(text))


def test_loading_again_changes_nothing(tmp_path):
    first = load(tmp_path)
    again = load(tmp_path)
    assert (again.loaded, len(again.unchanged), again.release) == ((), len(FILES), first.release)
    assert Version.objects.count() == len(FILES)


def test_another_text_under_the_same_number_is_refused_with_its_line(tmp_path):
    load(tmp_path)
    report = load(tmp_path, **{REFLUX: PROTOCOL.replace(">= 2", ">= 3")})
    (problem,) = report.refused
    assert (problem.code, str(problem.place)) == ("R003", f"{REFLUX}:2:1")
    assert "new version number" in problem.hint
    assert selectors.version("protocol", "reflux").text == PROTOCOL


def test_what_was_refused_once_is_refused_at_once_and_leaves_what_stands(tmp_path, monkeypatch):
    first = load(tmp_path)
    changed = {REFLUX: PROTOCOL + "# another text\n", "vocabulary/small.yaml": VOCABULARY + "# another text\n"}
    monkeypatch.setattr(checking, "examine", lambda *texts: pytest.fail("what is in force was examined before"))
    report = load(tmp_path, **{path: text for path, text in changed.items() if path in FILES})
    assert {problem.code for problem in report.refused} == {"R003"}
    assert (report.loaded, report.retired, report.release) == ((), (), first.release)
    assert selectors.version("protocol", "reflux").text == PROTOCOL


def test_a_new_version_joins_and_the_old_one_stays_readable(tmp_path):
    load(tmp_path)
    newer = PROTOCOL.replace("version: 1.0.0", "version: 1.10.0").replace(">= 2", ">= 3")
    load(tmp_path, **{"protocols/reflux/1.10.0.yaml": newer})
    assert selectors.version("protocol", "reflux").version == "1.10.0"
    assert selectors.version("protocol", "reflux", "1.0.0").text == PROTOCOL
    assert services.edition().protocols["reflux"].version == "1.10.0"


def test_a_file_with_a_problem_is_refused_and_the_rest_comes_into_force(tmp_path):
    bad = PROTOCOL.replace("heartburn_days >= 2", "heartburnn_days >= 2")
    report = load(tmp_path, **{REFLUX: bad})
    assert {problem.place.file for problem in report.refused} == {REFLUX}
    assert all(problem.place.line for problem in report.refused)
    assert REFLUX not in {row.path for row in selectors.published()}
    assert "questionnaires/intake/1.0.0.yaml" in {row.path for row in selectors.published()}


def test_a_file_whose_own_test_fails_is_refused_at_the_line_of_the_test(tmp_path):
    report = load(tmp_path, **{REFLUX: PROTOCOL.replace("include: [advice:small_meals]", "include: [alert:bleeding]")})
    (problem,) = report.refused
    assert (problem.code, problem.place.line > 20) == ("R004", True)
    assert not Version.objects.filter(path=REFLUX).exists()


def test_a_bad_new_vocabulary_leaves_the_one_in_force(tmp_path):
    before = load(tmp_path).release
    bad = VOCABULARY.replace("version: 1.0.0", "version: 2.0.0").replace("type: integer", "type: integerr")
    report = load(tmp_path, **{"vocabulary/small.yaml": bad})
    assert {problem.place.file for problem in report.refused} == {"vocabulary/small.yaml"}
    assert report.release == before


def test_a_draft_is_kept_but_not_in_force_and_may_still_change(tmp_path):
    path = "protocols/reflux/2.0.0.yaml"
    draft = PROTOCOL.replace("version: 1.0.0", "version: 2.0.0\nstatus: draft")
    load(tmp_path, **{path: draft})
    load(tmp_path, **{path: draft.replace("heartburn_days >= 2", "no_such_fact")})
    kept = Version.objects.get(path=path)
    assert (kept.status, len(kept.report["problems"]) > 0) == ("draft", True)
    assert selectors.version("protocol", "reflux").version == "1.0.0"


def test_what_left_the_folder_is_no_longer_in_force_but_kept(tmp_path):
    load(tmp_path)
    report = load(tmp_path, **{REFLUX: None})
    assert report.retired == (REFLUX,)
    assert Version.objects.get(path=REFLUX).status == "retired"
    assert load(tmp_path).loaded == ()
    assert Version.objects.get(path=REFLUX).status == "published"


def test_an_earlier_release_still_gives_its_own_library(tmp_path):
    first = load(tmp_path).release
    newer = PROTOCOL.replace("version: 1.0.0", "version: 1.1.0").replace(">= 2", ">= 3")
    second = load(tmp_path, **{"protocols/reflux/1.1.0.yaml": newer}).release
    assert first != second
    assert services.edition(first).protocols["reflux"].version == "1.0.0"
    assert services.program(first) is services.program(first)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Version.objects.filter(path=REFLUX).update(text="other"),
        lambda: Version.objects.filter(path=REFLUX).update(status="draft"),
        lambda: Version.objects.filter(path=REFLUX).update(report={}),
        lambda: Version.objects.filter(path=REFLUX).delete(),
        lambda: Release.objects.update(digest="0" * 64),
        lambda: ReleaseVersion.objects.all().delete(),
    ],
)
def test_the_database_refuses_to_change_what_was_published(tmp_path, change):
    load(tmp_path)
    with pytest.raises(DatabaseError), transaction.atomic():
        change()


def test_the_command_says_what_happened_and_names_the_line_of_what_it_refused(tmp_path):
    out, err = io.StringIO(), io.StringIO()
    call_command("load_protocols", str(a_folder(tmp_path)), stdout=out)
    assert f"{len(FILES)} loaded, 0 unchanged, 0 refused" in out.getvalue()
    a_folder(tmp_path, **{REFLUX: PROTOCOL.replace(">= 2", ">= 3")})
    with pytest.raises(CommandError):
        call_command("load_protocols", str(tmp_path), stdout=out, stderr=err)
    assert f"{REFLUX}:2:1: R003" in err.getvalue()


def test_an_empty_folder_is_refused_and_leaves_everything_in_force(tmp_path):
    release = load(tmp_path / "full").release
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="R012"):
        call_command("load_protocols", str(tmp_path / "empty"))
    assert selectors.current_release().digest == release


def test_without_anything_published_asking_says_what_to_do():
    with pytest.raises(selectors.ShelfError) as problem:
        services.library()
    assert problem.value.code == "R010"
    assert "load_protocols" in problem.value.hint
