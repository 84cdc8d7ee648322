"""Faults somebody could make in the columns: each a change of one place, and the package that has it."""

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from engine import cohort

SOURCE = Path(cohort.__file__).parent


@dataclass(frozen=True, slots=True)
class Fault:
    """``before`` stands once in ``file``; with ``after`` in its place the columns are wrong."""

    what: str
    file: str
    before: str
    after: str


FAULTS = (
    Fault("`and` is false only where every part is", "rails.py",
          "self.both), self._all([each[1] for each in parts], self.either)",
          "self.both), self._all([each[1] for each in parts], self.both)"),
    Fault("`or` is true only where every part is", "rails.py",
          "self._all([each[0] for each in parts], self.either), self._all([each[1] for each in parts], self.both)",
          "self._all([each[0] for each in parts], self.both), self._all([each[1] for each in parts], self.both)"),
    Fault("`not` is left out", "rails.py",
          "yes, no = self.rails(part, red=red)\n                return no, yes",
          "yes, no = self.rails(part, red=red)\n                return yes, no"),
    Fault("unknown counts as false", "running.py",
          "np.bitwise_xor(column.known, true, false)", "np.bitwise_not(true, false)"),
    Fault("at_least asks for one fewer", "rails.py",
          "yes = self.so_many(count, [", "yes = self.so_many(count - 1, ["),
    Fault("at_least is false too early", "rails.py", "len(parts) - count + 1, [", "len(parts) - count, ["),
    Fault("at_least counts one part several times", "rails.py",
          "for n in range(count, 0, -1):", "for n in range(1, count + 1):"),
    Fault("`<` and `<=` are the same", "rails.py",
          "\"<\": \"below\", \">=\": \"below\"", "\"<\": \"up to\", \">=\": \"below\""),
    Fault("`!=` is taken for `=`", "rails.py", "return (no, yes) if op == \"!=\" else (yes, no)", "return yes, no"),
    Fault("a number on the left is compared the wrong way round", "rails.py",
          "self._compared(_TURNED[op], right, left)", "self._compared(op, right, left)"),
    Fault("an open end of a range is closed", "rails.py", "\">=\" if expr.low_closed else \">\"", "\">=\""),
    Fault("`exclude` is forgotten", "rails.py",
          "stops.append(self.rails(node.exclude, red=red))", "self.rails(node.exclude, red=red)"),
    Fault("`unless` is forgotten", "rails.py",
          "[self.rule(name) for name in node.silencers]", "[self.rule(name) for name in node.silencers][:0]"),
    Fault("`applies` is forgotten", "rails.py", "if node.applies is not None:", "if False:"),
    Fault("a red flag reads its days like any rule", "rails.py", "red = node.rule.red_flag", "red = False"),
    Fault("`unknown(x)` is read as `known(x)`", "rails.py",
          "return (yes, no) if known else (no, yes)", "return yes, no"),
    Fault("a limit between two whole numbers is cut off", "columns.py",
          "math.floor(limit) + 1 if equal else math.ceil(limit)",
          "math.floor(limit) + 1 if equal else math.floor(limit)"),
    Fault("a number too large for its column comes out small", "columns.py",
          "np.iinfo(kind).min <= low and high <= np.iinfo(kind).max", "np.iinfo(kind).min <= low"),
    Fault("a number that was not recorded is zero", "columns.py",
          "known = packed(~absent)", "known = packed(absent | ~absent)"),
    Fault("a row is used again before its last reader", "rows.py", "self.last_read.get(node, -1) <= step", "True"),
    Fault("a rule that waits for its indication is held", "running.py", "row & ~true[rule]", "~true[rule]"),
    Fault("a rule is held though its protocol may not apply", "rails.py",
          "= self.conjunction(parts)[0]", "= parts[0][0]"),
)  # fmt: skip

SHARING = (
    Fault("a list that nobody finished is taken for a whole one", "reads.py",
          "return value.codes, value.complete, value.mentioned", "return value.codes, value.mentioned"),
    Fault("what a text mentions beside a list is forgotten", "reads.py",
          "return value.codes, value.complete, value.mentioned", "return value.codes, value.complete"),
    Fault("an answer to be asked about is taken for none", "reads.py",
          "return Missing if value.because == \"queried\" else None", "return None"),
    Fault("the day of the case is forgotten", "reads.py",
          "value.origin.dated if isinstance(value, Value) else type(value), case.as_of",
          "value.origin.dated if isinstance(value, Value) else type(value)"),
    Fault("the day of a single value is forgotten", "reads.py",
          "value.origin.dated if isinstance(value, Value) else type(value)", "type(value)"),
    Fault("a value that is too old is taken for none", "reads.py",
          "else type(value), case.as_of", "else None, case.as_of"),
    Fault("the days of measurements are forgotten", "reads.py",
          "(series.values, series.dates, series.last)", "(series.values, series.last)"),
    Fault("the last day of a diary is forgotten", "reads.py",
          "(series.values, series.dates, series.last)", "(series.values, series.dates)"),
    Fault("the age does not count for a score of adults", "reads.py", "yield frozenset((\"age\",))", "yield NOTHING"),
    Fault("the day a treatment began is forgotten", "reads.py", "(name, LISTED + name)", "(name,)"),
    Fault("what a score reads is forgotten", "reads.py", "else (self.of(item.bind),)", "else ()"),
    Fault("all cases share one answer", "answers.py", "key = tuple(map(told.get, self.facts))", "key = ()"),
)  # fmt: skip


def faulty(fault: Fault, folder: Path) -> ModuleType:
    """Return the cohort package with one fault in it, under a name of its own."""
    name = f"cohort_{folder.name.replace('-', '_')}"
    package = folder / name
    package.mkdir()
    for path in SOURCE.glob("*.py"):
        text = path.read_text("utf-8")
        if path.name == fault.file:
            assert text.count(fault.before) == 1, f"{fault.before} stands {text.count(fault.before)} times"
            text = text.replace(fault.before, fault.after)
        (package / path.name).write_text(text.replace("engine.cohort", name), "utf-8")
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
