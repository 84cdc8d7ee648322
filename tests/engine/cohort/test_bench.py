"""What the bench compares is the same: rails and plain numpy columns count alike, stored cases come in whole."""

import operator

from bench import cohort, stored
from bench.ours import Ours
from bench.synthetic import Reads, cases, mixed, plain, ways

COMPARE = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def test_packed_rails_and_plain_columns_count_alike(monkeypatch):
    monkeypatch.setattr(cohort, "ROUNDS", 1)
    monkeypatch.setattr(cohort, "plain", mixed)
    assert set(cohort.compare(300, 40)) == {"rails", "two-valued", "two-valued in blocks"}


def test_columns_of_a_file_say_what_its_cases_say(tmp_path):
    path = tmp_path / "cases.jsonl"
    stored.write(path, 200)
    assert stored.same(path, 200)
    path.write_text("".join(reversed(path.read_text().splitlines(keepends=True))))
    assert not stored.same(path, 200)


def naive(rules, case):
    """Return the rules that fire by the alternatives of their conditions, one after the other."""
    fired = set()
    for number, condition in enumerate(rules.rules):
        if any(all(holds(test, case, fired) for test in way) for way in ways(condition)):
            fired.add(number)
    return fired


def holds(test, case, fired):
    if isinstance(test, Reads):
        return test.rule in fired
    return test.fact in case and COMPARE[test.op](case[test.fact], test.value) is test.yes


def test_one_case_fires_what_a_plain_reading_of_the_rules_fires():
    for rules in (plain(60), mixed(60)):
        ours = Ours(rules)
        for case in cases(20):
            assert ours.fired(ours.run(ours.prepared(case))) == naive(rules, case)
