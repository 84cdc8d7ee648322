"""The manual's pages on protocols: what a reader who writes no code finds there is what the files say."""

from functools import cache

from engine.language.library import edition
from tests.engine.content.shipped import ROOT, library
from tests.engine.test_tables import UNIQUE
from tools import protocols_reference
from tools.protocol_pages import Page


@cache
def pages():
    return protocols_reference.pages(ROOT)


def test_the_manual_says_what_the_files_say():
    written = {name: (protocols_reference.FOLDER / name).read_text("utf-8") for name in pages()}
    stale = [name for name, text in pages().items() if written[name] != text]
    assert stale == [], "run: python -m tools.protocols_reference"


def test_no_page_is_left_of_a_protocol_that_is_gone():
    there = {f"protocols/{path.name}" for path in (protocols_reference.FOLDER / "protocols").glob("*.md")}
    assert there == set(pages()) - {"protocols.md"}


def test_every_rule_has_a_sentence_in_both_languages_with_its_source():
    for protocol in edition(library()).protocols.values():
        page = pages()[f"protocols/{protocol.name}.md"]
        for rule in protocol.rules.values():
            entry = page.split(f"### `{rule.name}`\n")[1].split("\n### ")[0].split("\n## ")[0]
            lines = entry.splitlines()
            spanish, english = (next(line for line in lines if line.startswith(f"- {lang}: ")) for lang in ("ES", "EN"))
            assert spanish.startswith("- ES: Si "), rule.name
            assert ", se propone: " in spanish, rule.name
            assert spanish.endswith(rule.because["es"]), rule.name
            assert english.startswith("- EN: If "), rule.name
            assert ", the plan proposes: " in english, rule.name
            assert english.endswith(rule.because["en"]), rule.name
            assert f"`{rule.source}`" in entry, rule.name
            assert ("Por confirmar" in entry) is rule.review_needed, rule.name
            assert ("Signo de alarma" in entry) is rule.red_flag, rule.name


def test_a_sentence_holds_no_name_of_the_code():
    for name, page in pages().items():
        sentences = [line for line in page.splitlines() if line.startswith(("- ES: Si", "- EN: If"))]
        for line in sentences:
            words = [word for index, part in enumerate(line.split("`")) if index % 2 == 0 for word in part.split()]
            assert [word for word in words if "_" in word] == [], f"{name}: {line}"


def test_the_sentence_of_a_threshold_says_the_threshold_in_both_languages():
    page = pages()["protocols/bleeding.md"]
    assert "Glasgow-Blatchford: hemorragia digestiva alta ≤ 1" in page
    page = pages()["protocols/ibd.md"]
    assert "calprotectina fecal > 250 ug/g" in page
    assert "faecal calprotectin > 250 ug/g" in page


def test_the_table_of_a_shipped_protocol_names_its_columns_for_people():
    page = pages()["protocols/liver.md"]
    assert "|  | edad · age | nivel de FIB-4" in page
    assert "| `low_risk` | ≥ 35 años · ≥ 35 years | `low` | `repeat` |" in page
    page = pages()["protocols/h_pylori.md"]
    assert "| `usual` | – | – | no | `bismuth` |" in page
    assert "embarazo o lactancia · pregnancy or breastfeeding" in page.split("Tabla de decisión")[1]


def test_the_page_of_scores_shows_every_band_with_its_limit_and_marks_danger():
    page = pages()["protocols/scores.md"]
    for score in edition(library()).scores.values():
        entry = page.split(f"\n`{score.name}` ")[1].split("\n## ")[0]
        for band in score.bands:
            line = next(line for line in entry.splitlines() if line.startswith(f"| `{band}` |"))
            assert ("peligro" in line) is (band in score.danger), f"{score.name} {band}"


def test_a_decision_table_is_shown_as_a_table():
    page = Page(UNIQUE, UNIQUE.edition.protocols["tables"]).text()
    table = page.split("## Tabla de decisión · Decision table: ")[1].split("## ")[0].splitlines()
    assert [line for line in table if line.startswith("| `")] == [
        "| `mild` | < 2 | – | `mild` |",
        "| `moderate` | ≥ 2 y < 5 · ≥ 2 and < 5 | – | `moderate` |",
        "| `severe` | ≥ 5 | – | `severe` |",
    ]
