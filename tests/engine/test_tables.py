"""Decision tables: what each hit policy says, what stays open while a cell is unknown, and slips the checker finds."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler import compile_edition
from engine.evaluator import evaluate, truth
from engine.examples import run
from engine.explain import trace
from engine.language.library import check_library, edition, read_library
from tests.engine.builders import adult
from tests.engine.language.a_library import codes, files

HEAD = """protocol: tables
version: 1.0.0
title:
  es: Tablas
  en: Tables
define:
  heavy: severity = severe
  points_now: points
tables:
"""
SEVERITY = """  severity:
    inputs:
      days: heartburn_days
      grade: dysphagia_grade
    hit: {hit}
    rows:
      mild:
        when:
          days: "< 2"
        then: mild
      moderate:
        when:
          days: "[2 .. 5)"
        then: moderate
      severe:
        when:
          days: ">= 5"
        then: severe
"""
POINTS = """  points:
    inputs:
      days: heartburn_days
      sick: dysphagia
    hit: collect
    collect: {collect}
    rows:
      some:
        when:
          days: ">= 2"
        then: 1
      many:
        when:
          days: ">= 5"
        then: 3
      ill:
        when:
          sick: yes
        then: 2
"""
WHEN = """rules:
  says:
    when: {when}
    do:
      - refer: urgent_endoscopy
    because:
      es: Sí.
      en: Yes.
"""
OTHER = "protocols/tables/1.0.0.yaml"


def text(severity="", points="", more=""):
    parts = severity or SEVERITY.format(hit="unique"), points or POINTS.format(collect="sum")
    return f"{HEAD}{''.join(parts)}{more or WHEN.format(when='heavy')}"


def found(**changed):
    return check_library(files() | {OTHER: text(**changed)})[1]


def program(**changed):
    return compile_edition(edition(read_library(files() | {OTHER: text(**changed)})))


def says(compiled, name, known):
    """Return the truth of ``name`` in the protocol: one of its rules reads it."""
    rule = compiled.rules[compiled.positions["tables.says"]]
    return truth(rule.when, known, compiled)


def severity(hit="unique", rows=None):
    body = SEVERITY.format(hit=hit)
    return body if rows is None else body[: body.index("    rows:\n")] + "    rows:\n" + rows


def row(name, days=None, then="mild", grade=None):
    cells = "".join(f'          {key}: "{cell}"\n' for key, cell in (("days", days), ("grade", grade)) if cell)
    when = f"        when:\n{cells}" if cells else ""
    return f"      {name}:\n{when}        then: {then}\n"


UNIQUE = program()


@pytest.mark.parametrize(("days", "heavy"), [(0, False), (4, False), (5, True), (7, True), (None, None)])
def test_a_table_says_what_its_row_says(days, heavy):
    assert says(UNIQUE, "heavy", adult(heartburn_days=days)) is heavy


def test_a_table_that_is_not_known_names_what_would_settle_it():
    plan = evaluate(UNIQUE, adult())
    assert [rule.waiting_for for rule in plan.open_rules if rule.rule == "says"] == [("heartburn_days",)]
    assert "heartburn_days" in plan.ask


@pytest.mark.parametrize(
    ("days", "ill", "collect", "low", "high"),
    [
        (0, False, "sum", 0, 0),
        (3, True, "sum", 3, 3),
        (6, True, "sum", 6, 6),
        (6, None, "sum", 4, 6),
        (None, True, "sum", 2, 6),
        (6, True, "count", 3, 3),
        (3, None, "count", 1, 2),
        (6, True, "max", 3, 3),
        (6, True, "min", 1, 1),
        (None, True, "max", 2, 3),
        (6, None, "max", 3, 3),  # whatever the answer, three is the most
        (None, True, "min", 1, 2),
    ],
)
def test_what_is_collected_is_an_interval_while_a_row_is_open(days, ill, collect, low, high):
    for limit in {low, high + 1}:
        compiled = program(points=POINTS.format(collect=collect), more=WHEN.format(when=f"points >= {limit}"))
        known = says(compiled, "points", adult(heartburn_days=days, dysphagia=ill))
        assert known is (True if low >= limit else False if high < limit else None), limit


FIRST = row("worst", ">= 5", "severe") + row("graded", grade=">= 2", then="severe") + row("rest", then="mild")


@pytest.mark.parametrize(
    ("days", "grade", "heavy"),
    [
        (6, None, True),
        (None, 3, True),  # whichever row it is, both say the same
        (None, 0, None),
        (1, 0, False),
        (1, None, None),
        (None, None, None),
    ],
)
def test_the_first_row_counts_and_unknown_rows_must_agree(days, grade, heavy):
    compiled = program(severity=severity("first", FIRST))
    assert says(compiled, "heavy", adult(heartburn_days=days, dysphagia_grade=grade)) is heavy


def test_priority_is_an_order_of_rows_or_of_what_they_say():
    low_first = row("rest", then="mild") + row("worst", ">= 5", "severe")
    for order in ("[severe, mild]", "[worst, rest]"):
        table = severity("priority", low_first).replace("    rows:", f"    priority: {order}\n    rows:")
        assert says(program(severity=table), "heavy", adult(heartburn_days=6)) is True
        assert says(program(severity=table), "heavy", adult(heartburn_days=1)) is False
    unsaid = severity("priority", low_first).replace("    rows:", "    priority: [severe]\n    rows:")
    assert codes(found(severity=unsaid)) == ["P324"]


def test_otherwise_takes_what_no_row_takes():
    table = severity(rows=row("worst", ">= 5", "severe")).replace("    rows:", "    otherwise: mild\n    rows:")
    assert found(severity=table) == ()
    assert says(program(severity=table), "heavy", adult(heartburn_days=1)) is False
    assert says(program(severity=table), "heavy", adult()) is None


ACTS = """  regimen:
    inputs:
      days: heartburn_days
      ill: dysphagia
    hit: first
    because:
      es: Por la tabla.
      en: By the table.
    rows:
      urgent:
        when:
          ill: yes
        do:
          - refer: urgent_endoscopy
      trial:
        when:
          days: ">= 2"
        do:
          - prescribe: omeprazole
            regimen: ppi_8w
      nothing:
        do:
          - conclude: at_rest
"""


def test_a_row_that_acts_is_a_rule_with_safety_reason_and_trace():
    compiled = program(points=POINTS.format(collect="sum") + ACTS)
    plan = evaluate(compiled, adult(heartburn_days=3, dysphagia=False, hb=140, medication=[]))
    item = next(item for item in plan.items if item.code == "rx:ppi_8w")
    reason = next(reason for reason in item.reasons if reason.protocol == "tables")
    assert (item.drugs, reason.rule, reason.because["en"]) == (("omeprazole",), "regimen_trial", "By the table.")
    assert any(line.truth is False for line in trace(compiled, adult(dysphagia=False), "tables", "regimen_trial"))
    held = evaluate(compiled, adult(heartburn_days=3))
    assert "regimen_trial" in [rule.rule for rule in held.open_rules]  # the first row may still be the one


def test_a_trace_shows_the_row_that_holds_and_the_rows_that_still_may():
    known = trace(UNIQUE, adult(heartburn_days=6), "tables", "says")
    assert [line.text["en"] for line in known if "heartburn" in line.text["en"]] == ["Days with heartburn ≥ 5"]
    assert len([line for line in trace(UNIQUE, adult(), "tables", "says") if line.depth > known[1].depth + 1]) >= 3


def test_a_row_that_prescribes_may_not_rest_on_what_is_not_known():
    known = ACTS.replace("days: heartburn_days", "days: known(heartburn_days)").replace('days: ">= 2"', "days: yes")
    assert "P113" in codes(found(points=POINTS.format(collect="sum") + known))


def test_tests_cover_the_rows_of_a_table():
    tests = "tests:\n  - name: a\n    given: {age: 40 years, heartburn_days: 6}\n    expect: {fired: [says]}\n"
    compiled = program(more=WHEN.format(when="heavy") + tests)
    covered = {each.rule: (each.fired, each.not_fired) for each in run(compiled, compiled.edition).coverage}
    assert covered["tables.severity.severe"] == (True, False)
    assert covered["tables.severity.mild"] == (False, True)


# --- slips found without trying a patient


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        (row("a", "< 2") + row("b", "> 2", "severe"), "P320", "days 2"),
        (row("a", "<= 2") + row("b", ">= 2", "severe"), "P321", "days 2"),
        (row("a", "<= 2") + row("b", "> 2", "severe") + row("c", "7", "severe"), "P321", "days 7"),
        (row("a", "< 5") + row("b", grade=">= 2", then="severe"), "P320", "days 5, grade"),
        (row("a", "< 2") + row("b", "[2 .. 7]", "severe"), None, ""),  # 7 is the highest there is
        (row("a", "<= 4") + row("b", ">= 5", "severe"), None, ""),  # whole numbers have no decimals between them
        (row("a", "(2 .. 2]") + row("b", then="severe"), "P323", '"a"'),
    ],
)
def test_gaps_and_overlaps_are_found(rows, code, said):
    problems = found(severity=severity(rows=rows))
    assert code in codes(problems) if code else not problems
    assert any(said in problem.message for problem in problems if problem.code == code) or not code


def test_a_decimal_hole_is_told_from_a_gap():
    def table(first, second):
        return severity(rows=row("a", first) + row("b", second, "severe")).replace("heartburn_days", "bmi")

    hole = found(severity=table("<= 24.9 kg/m2", ">= 25 kg/m2"))
    assert codes(hole) == ["P322"]
    assert "24.95" in hole[0].message
    assert codes(found(severity=table("<= 24 kg/m2", ">= 25.5 kg/m2"))) == ["P320"]
    assert found(severity=table("< 25 kg/m2", ">= 25 kg/m2")) == ()


@pytest.mark.parametrize(("last", "code"), [("[4 .. 17]", None), ("[4 .. 16]", "P320"), (">= 18", "P320")])
def test_a_score_ends_where_its_range_ends(last, code):
    table = severity(rows=row("a", "[0 .. 3]") + row("b", last, "severe")).replace("heartburn_days", "acid")
    problems = codes(found(severity=table))
    assert (code in problems) if code else problems == []


@pytest.mark.parametrize(
    ("hit", "rows", "code"),
    [
        ("any", row("a", "<= 3") + row("b", ">= 3"), None),
        ("any", row("a", "<= 3") + row("b", ">= 3", "severe"), "P326"),
        ("first", row("a") + row("b", ">= 3", "severe"), "P323"),
        ("first", row("a", "<= 3") + row("b", then="severe"), None),
        ("unique", row("a", "<= three") + row("b", then="severe"), "P105"),
        ("unique", row("a", "<> 3"), "P325"),
        ("unique", row("a", "< 2 mg") + row("b", ">= 2", "severe"), "P108"),
        ("unique", row("a", "yes"), "P106"),
        ("unique", row("a", "< 8") + row("b", ">= 8", "severe"), "P112"),
        ("unique", row("a", "< 2", "3") + row("b", ">= 2", "severe"), "P107"),
        ("collect", row("a", "< 2"), "P324"),
        ("priority", row("a"), "P324"),
        ("unique", "      a:\n        when:\n          dais: '< 2'\n        then: mild\n", "P324"),
        ("unique", "      a:\n        when:\n          days: '< 2'\n", "P324"),
        ("best", row("a"), "P014"),
    ],
)
def test_a_slip_in_a_table_is_named(hit, rows, code):
    problems = codes(found(severity=severity(hit, rows), more=WHEN.format(when="dysphagia")))
    assert (
        (code in problems) if code else ("P326" not in problems and "P323" not in problems and "P321" not in problems)
    )


def test_a_table_read_with_another_fact_is_let_be_and_that_is_said():
    table = severity(rows=row("a", "< dysphagia_grade") + row("b", ">= dysphagia_grade", "severe"))
    library, problems = check_library(files() | {OTHER: text(severity=table)})
    assert (problems, [note.code for note in library.notes]) == ((), ["P327"])


def test_bands_that_leave_values_out_are_found():
    score = "scores/acid/1.0.0.yaml"
    written = files()[score]
    assert codes(check_library(files() | {score: written.replace("low: value < 4", "low: value < 3")})[1]) == ["P405"]


# --- the table against a plain reading of it


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(("unique", "first", "any")),
    st.lists(st.integers(1, 7), min_size=1, max_size=3, unique=True).map(sorted),
    st.lists(st.sampled_from(("mild", "severe")), min_size=4, max_size=4),
    st.none() | st.integers(0, 7),
    st.none() | st.integers(0, 3),
)
def test_a_table_agrees_with_trying_every_answer(hit, limits, outputs, days, grade):
    ends = [0, *limits, 8]
    bands = list(zip(ends, ends[1:], outputs, strict=False))
    rows = "".join(
        row(f"r{i}", f"[{low} .. {high - 1}]", said, grade=None if hit != "first" else f">= {i % 2}")
        for i, (low, high, said) in enumerate(bands)
    )
    table = severity(hit, rows + (row("rest", then="mild") if hit == "first" else ""))
    library, problems = check_library(files() | {OTHER: text(severity=table)})
    if library is None:
        assert {problem.code for problem in problems} <= {"P323", "P111"}  # a hidden row; nothing says severe
        return
    compiled = compile_edition(edition(library))

    def plainly(day, degree):
        fitting = [
            said
            for i, (low, high, said) in enumerate(bands)
            if low <= day < high and (hit != "first" or degree >= i % 2)
        ]
        return (fitting or ["mild"])[0] == "severe"

    every = {
        plainly(d, g)
        for d, g in product([days] if days is not None else range(8), [grade] if grade is not None else range(4))
    }
    known = says(compiled, "heavy", adult(heartburn_days=days, dysphagia_grade=grade))
    assert known is None or every == {known}
    if days is not None and grade is not None:
        assert known in every
