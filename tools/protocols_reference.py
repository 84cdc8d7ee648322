"""Writes docs/reference/protocols.md: the protocols and scores that are shipped, from their own files."""

from collections.abc import Iterator
from pathlib import Path

from engine.language.documents import Edition, Protocol, Rule, Score
from engine.language.library import edition, read_library

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/protocols.md"
HEAD = """# Shipped protocols and scores

Made from `protocols_yaml` by `python -m tools.protocols_reference`. A rule marked *review* rests on general knowledge:
the medical director confirms it before use. A red flag runs at any age and no other rule can switch it off.
"""


def page(folder: Path = ROOT / "protocols_yaml") -> str:
    """Return the manual's page, made of the highest published version of every file."""
    files = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml"))}
    return "\n".join((HEAD, *_lines(edition(read_library(files)))))


def _lines(shipped: Edition) -> Iterator[str]:
    for _, protocol in sorted(shipped.protocols.items()):
        yield from _protocol(protocol)
    yield "## Scores\n"
    yield "| Score | Version | Bands | Source | |\n| --- | --- | --- | --- | --- |"
    for _, score in sorted(shipped.scores.items()):
        yield _score(score)
    yield ""


def _protocol(protocol: Protocol) -> Iterator[str]:
    yield f"## {protocol.title['en']}\n"
    yield f"`{protocol.name}` {protocol.version}, {len(protocol.rules)} rules, {len(protocol.examples)} tests\n"
    yield "| Rule | Puts into the plan | Source | |\n| --- | --- | --- | --- |"
    yield from (_rule(rule) for rule in protocol.rules.values())
    yield ""


def _rule(rule: Rule) -> str:
    codes = [action.code for action in rule.actions if action.kind not in ("ask", "conclude")]
    asked = [action.code for action in rule.actions if action.kind == "ask"]
    does = ", ".join((*(f"`{code}`" for code in codes), *([f"asks {', '.join(asked)}"] if asked else [])))
    marks = ", ".join(name for name, on in (("red flag", rule.red_flag), ("review", rule.review_needed)) if on)
    return f"| `{rule.name}` | {does} | {rule.source} | {marks} |"


def _score(score: Score) -> str:
    bands = ", ".join(f"`{band}`" for band in score.bands)
    return f"| `{score.name}` | {score.version} | {bands} | {'; '.join(score.sources)} | {_review(score)} |"


def _review(score: Score) -> str:
    return "review" if score.review_needed else ""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
