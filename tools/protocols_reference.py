"""Writes the manual's pages on what is shipped, from the files themselves.

docs/reference/protocols.md lists all of it; docs/reference/protocols/ has a page a protocol and one of the scores.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.compiler.build import compile_edition
from engine.language.documents import Protocol, Rule, Score
from engine.language.library import edition, read_library
from tools.protocol_pages import Page, both, heading, marks_of, row, scores_page

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/reference"
HEAD = """# Shipped protocols and scores

Made from `protocols_yaml` by `python -m tools.protocols_reference`. A rule marked *review* rests on general knowledge:
the medical director confirms it before use. A red flag runs at any age and no other rule can switch it off.
Each protocol has a page of its own, with a sentence a rule in Spanish and English.
"""


def pages(folder: Path = ROOT / "protocols_yaml") -> Mapping[str, str]:
    """Return path -> text of every page, made of the highest published version of every file."""
    files = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml"))}
    shipped = edition(read_library(files))
    program = compile_edition(shipped)
    protocols = [protocol for _, protocol in sorted(shipped.protocols.items())]
    scores = [score for _, score in sorted(shipped.scores.items())]
    made = {f"protocols/{each.name}.md": Page(program, each).text() for each in protocols}
    return made | {
        "protocols.md": "\n".join((HEAD, *_index(protocols, scores))),
        "protocols/scores.md": scores_page(program),
    }


def differences() -> list[str]:
    """Return the pages that do not say what the files say, and those of a protocol that is no longer there."""
    made = pages()
    stale = [name for name, text in made.items() if _written(name) != text]
    return stale + sorted({f"protocols/{path.name}" for path in (FOLDER / "protocols").glob("*.md")} - set(made))


def _written(name: str) -> str:
    path = FOLDER / name
    return path.read_text("utf-8") if path.exists() else ""


def _index(protocols: list[Protocol], scores: list[Score]) -> Iterator[str]:
    for protocol in protocols:
        yield from _protocol(protocol)
    yield "## Scores\n"
    yield "What each reads, its formula and its bands: [scores](protocols/scores.md).\n"
    yield from heading("Score", "Version", "Bands", "Source", "")
    yield from map(_score, scores)
    yield ""


def _protocol(protocol: Protocol) -> Iterator[str]:
    yield f"## [{both(protocol.title)}](protocols/{protocol.name}.md)\n"
    yield f"`{protocol.name}` {protocol.version}, {len(protocol.rules)} rules, {len(protocol.examples)} tests\n"
    yield from heading("Rule", "Puts into the plan", "Source", "")
    yield from map(_rule, protocol.rules.values())
    yield ""


def _rule(rule: Rule) -> str:
    codes = [action.code for action in rule.actions if action.kind not in ("ask", "conclude")]
    asked = [action.code for action in rule.actions if action.kind == "ask"]
    does = ", ".join((*(f"`{code}`" for code in codes), *([f"asks {', '.join(asked)}"] if asked else [])))
    return row(f"`{rule.name}`", does, rule.source, ", ".join(marks_of(rule)))


def _score(score: Score) -> str:
    bands = ", ".join(f"`{band}`" for band in score.bands)
    review = "review" if score.review_needed else ""
    return row(f"`{score.name}`", score.version, bands, "; ".join(score.sources), review)


def main() -> None:
    made = pages()
    for name, text in made.items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, "utf-8")
    for path in (FOLDER / "protocols").glob("*.md"):
        if f"protocols/{path.name}" not in made:
            path.unlink()


if __name__ == "__main__":
    main()
