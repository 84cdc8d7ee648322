"""Protocols and scores out of their files; conditions are read, names are not resolved yet."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, cast

from engine import units
from engine.errors import PautaError
from engine.facts import FactSpec, FactType, Vocabulary
from engine.formulary import Formulary
from engine.language.blocks import condition, definitions, head, optional, unit_of, unit_rules
from engine.language.documents import (
    PREFIX,
    Action,
    ActionKind,
    Example,
    Parameter,
    Protocol,
    Rule,
    Score,
    ScoreInput,
)
from engine.language.forms import (
    ActionForm,
    ExampleForm,
    ExpectForm,
    InputForm,
    ParameterForm,
    ProtocolForm,
    RuleForm,
    ScoreExpectForm,
    ScoreForm,
)
from engine.language.forms_base import ACTIONS
from engine.language.reader import Block, Listing, Node, Word
from engine.language.shapes import text_of
from engine.language.spelling import nearest
from engine.language.tables import tables_of
from engine.language.validation import Problems, shaped
from engine.urgency import Urgency

_MEDICINE_KEYS = ("regimen", "dose", "frequency", "route", "timing", "duration")
_ALLOWED = {"prescribe": _MEDICINE_KEYS, "supplement": _MEDICINE_KEYS[1:], "follow_up": ("after", "with")}
_ALWAYS = ("urgency", "within", "alternatives", "patient")


def protocol_of(form: ProtocolForm, formulary: Formulary, problems: Problems) -> Protocol:
    """Return a protocol as written; findings of its own text are noted."""
    name = form.protocol
    parameters = {key: _parameter(f"{name}.{key}", shape, form, problems) for key, shape in form.parameters.items()}
    reader = _RuleReader(form, parameters, formulary, problems)
    decided = tables_of(form.tables, name, reader.action, problems)
    for row in form.tables.values():
        for source in (row.source, *(each.source for each in row.rows.values())):
            _cited(source, form, problems)
    own = definitions(form.define, form, name, problems)
    rules = {key: reader.rule(key, shape) for key, shape in form.rules.items()}
    _refuse_twice(form, own.keys() & decided.definitions.keys() | rules.keys() & decided.rules.keys(), problems)
    return Protocol(
        **head(form, "protocol", problems),
        applies=optional(form.applies, problems),
        parameters=parameters,
        definitions=own | decided.definitions,
        rules=rules | decided.rules,
        tables=decided.tables,
        examples=tuple(_example(shape, problems) for shape in form.tests),
    )


def _refuse_twice(form: ProtocolForm, names: Iterable[str], problems: Problems) -> None:
    for name in sorted(names):
        message = f'"{name}" is declared twice: by a table and beside it'
        problems.add(form.at("tables"), "P016", message, "Rename one of them.")


def _parameter(name: str, form: ParameterForm, owner: ProtocolForm, problems: Problems) -> Parameter:
    _cited(form.source, owner, problems)
    value, unit = _setting(form.value)
    low, high = _ends(form.range, unit, problems)
    choices = tuple(map(str, form.choices))
    if isinstance(value, Fraction) and low is not None and high is not None and not low <= value <= high:
        message = f"{form.value} lies outside the range of the parameter"
        problems.add(form.value.place, "P305", message, "Correct the value or the range.")
    if isinstance(value, str) and choices and value not in choices:
        hint = nearest(value, choices) or f"Use one of: {', '.join(choices)}."
        problems.add(form.value.place, "P305", f'"{value}" is not one of the choices', hint)
    return Parameter(name, value, unit, low, high, choices, str(form.source or ""), form.place)


def _setting(word: Word) -> tuple[Fraction | str | bool, str | None]:
    if word in ("yes", "no"):
        return word == "yes", None
    try:
        return units.amount(str(word))
    except PautaError:
        return str(word), None


def _ends(node: Node | None, unit: str | None, problems: Problems) -> tuple[Fraction | None, Fraction | None]:
    if node is None:
        return None, None
    texts = [str(part) for part in node] if isinstance(node, Listing) else str(node).split("..")
    try:
        low, high = (units.amount(text) for text in texts)
        return units.convert(*low, unit), units.convert(*high, unit)
    except PautaError as error:
        problems.add(node.place, error.code, str(error)[5:], error.hint)
    except ValueError:
        problems.add(node.place, "P013", "a range has two ends", "Write it as [4 weeks, 12 weeks].")
    return None, None


def _cited(source: Word | None, owner: ProtocolForm, problems: Problems) -> None:
    if source is not None and source not in owner.sources:
        hint = nearest(str(source), owner.sources) or "List it under sources:."
        problems.add(source.place, "P304", f'the source "{source}" is not listed', hint)


class _RuleReader:
    """Reads the rules of one protocol."""

    def __init__(
        self, owner: ProtocolForm, parameters: dict[str, Parameter], formulary: Formulary, problems: Problems
    ) -> None:
        self.owner, self.parameters, self.formulary, self.problems = owner, parameters, formulary, problems

    def rule(self, name: str, form: RuleForm) -> Rule:
        _cited(form.source, self.owner, self.problems)
        actions = (self.action(shape) for shape in form.do)
        return Rule(
            name=name,
            when=condition(form.when, self.problems),
            actions=tuple(part for action in actions for part in action),
            because=form.because.text(),
            exclude=optional(form.exclude, self.problems),
            red_flag=form.red_flag,
            paediatric=form.paediatric,
            overrides=self.qualified(form.overrides),
            unless=self.qualified(form.unless),
            source=str(form.source or ""),
            evidence=form.evidence or "",
            sentence=form.sentence or "",
            review_needed=form.review is not None,
            place=form.place,
        )

    def qualified(self, names: Iterable[Word]) -> tuple[str, ...]:
        return tuple(str(name) if "." in name else f"{self.owner.protocol}.{name}" for name in names)

    def action(self, form: ActionForm) -> tuple[Action, ...]:
        kinds = [kind for kind in ACTIONS if form.wrote(kind)]
        if len(kinds) != 1:
            hint = f"Begin each entry with one of: {', '.join(ACTIONS)}."
            self.problems.add(form.place, "P306", "an action has exactly one kind", hint)
            return ()
        kind = cast("ActionKind", kinds[0])
        self.refuse_keys(kind, form)
        if kind == "ask":
            return tuple(Action("ask", str(name), place=name.place) for name in form.ask or ())
        return (self.one(kind, form),)

    def refuse_keys(self, kind: str, form: ActionForm) -> None:
        allowed = (*_ALLOWED.get(kind, ()), *_ALWAYS, kind)
        for key, place in form.written.items():
            if key not in allowed:
                hint = f"With {kind} it may hold: {', '.join(allowed)}."
                self.problems.add(place, "P306", f'"{key}" does not belong to {kind}', hint)

    def one(self, kind: ActionKind, form: ActionForm) -> Action:
        name = str(getattr(form, kind))
        regimen, medicine = self.given(kind, name, form)
        code = name if kind == "conclude" else f"{PREFIX[kind]}:{form.regimen or name}"
        return Action(
            kind=kind,
            code=code,
            regimen=regimen,
            medicine=medicine,
            dose=form.dose,
            frequency=form.frequency,
            route=form.route,
            timing=text_of(form.timing),
            duration_days=self.days(form.duration),
            urgency=cast("Urgency", form.urgency),
            within_days=self.days(form.within),
            after_days=self.days(form.after),
            with_questionnaire=str(form.with_) if form.with_ else None,
            alternatives=tuple(map(str, form.alternatives)),
            patient=text_of(form.patient),
            place=form.place,
        )

    def given(self, kind: str, name: str, form: ActionForm) -> tuple[str | None, str | None]:
        """Return regimen and medicine of a prescription; ``prescribe:`` may name a regimen of the formulary."""
        if kind not in ("prescribe", "supplement"):
            return None, None
        regimen = str(form.regimen) if form.regimen else name
        known = regimen if regimen in self.formulary.regimens else None
        return known, name if name in self.formulary.medicines else None

    def days(self, word: Word | None) -> int | None:
        if word is None:
            return None
        parameter = self.parameters.get(str(word))
        try:
            if parameter is not None and isinstance(parameter.value, Fraction):
                return units.whole_days(parameter.value, parameter.unit)
            return units.days(str(word))
        except PautaError:
            hint = nearest(str(word), self.parameters) or "Write 8 weeks, or the name of a parameter."
            self.problems.add(word.place, "P309", f'"{word}" is not a duration', hint)
            return None


def plain(node: Node | None) -> Any:
    """Return a tree as plain text, lists and mappings; an empty value or ``null`` is None."""
    if isinstance(node, Block):
        return {key: plain(part) for key, part in node.items()}
    if isinstance(node, Listing):
        return [plain(part) for part in node]
    if node is None or (node.plain and node in ("", "null", "~")):
        return None
    return str(node)


def _example(form: ExampleForm, problems: Problems) -> Example:
    expect: ExpectForm | None = shaped(ExpectForm, form.expect, problems)
    given = plain(form.given) or {}
    if not isinstance(given, dict):
        problems.add(form.at("given"), "P013", "given holds facts and their values", "Write name: value, one a line.")
        given = {}
    if expect is None:
        return Example(form.name, given, place=form.place)
    lists = {key: tuple(map(str, getattr(expect, key))) for key in _EXPECTED}
    urgency = cast("Urgency | None", expect.urgency)
    scores = {name: plain(node) for name, node in expect.scores.items()}
    urgencies = {code: cast("Urgency", each) for code, each in expect.urgencies.items()}
    doses = {medicine: str(dose) for medicine, dose in expect.doses.items()}
    return Example(
        form.name, given, urgency=urgency, urgencies=urgencies, doses=doses, scores=scores, place=form.place, **lists
    )


_EXPECTED = ("include", "exclude", "held", "blocked", "ask", "fired", "not_fired")


# --- scores


def score_of(form: ScoreForm, vocabulary: Vocabulary, problems: Problems) -> Score:
    """Return a score as written; an input without ``bind`` reads the fact of its name."""
    if form.value is None and not form.bands and not form.record:
        problems.add(form.place, "P403", "the score has neither value nor bands", "Add value: or bands:.")
    value_type = form.value_type or ("record" if form.record else "none" if form.value is None else "integer")
    if (value_type in ("none", "record")) != (form.value is None) or (value_type == "record") != bool(form.record):
        hint = "Write none only without value:, record only with record:."
        problems.add(form.at("value_type"), "P402", f"value_type is {value_type}", hint)
    _inputs_named(form, problems)
    return Score(
        **head(form, "score", problems),
        inputs={name: _input(name, shape, vocabulary, problems) for name, shape in form.inputs.items()},
        definitions=definitions(form.define, form, "", problems),
        value=optional(form.value, problems),
        value_type=cast("Any", value_type),
        record={key: condition(node, problems) for key, node in form.record.items()},
        bands={band: condition(node, problems) for band, node in form.bands.items()},
        range=form.range,
        monotone=frozenset(map(str, form.monotone)),
        doubtful={name: condition(node, problems) for name, node in form.doubtful.items()},
        adults_only=form.adults_only,
        danger=tuple(map(str, form.danger)),
        examples=tuple(_score_example(shape, problems) for shape in form.tests),
    )


def _inputs_named(form: ScoreForm, problems: Problems) -> None:
    """Note names under ``monotone`` and ``doubtful`` that are no input of the score."""
    named = [(str(word), word.place) for word in form.monotone]
    for name, place in (*named, *((name, node.place) for name, node in form.doubtful.items())):
        if name not in form.inputs:
            hint = nearest(name, form.inputs) or f"Name an input: {', '.join(form.inputs)}."
            problems.add(place, "P105", f'"{name}" is not an input of the score', hint)


def _input(name: str, form: InputForm, vocabulary: Vocabulary, problems: Problems) -> ScoreInput:
    spec = vocabulary.facts.get(name) if form.bind is None else None
    unit = unit_of(form.unit, problems) or (spec.unit if spec and not form.wrote("unit") else None)
    rules = unit_rules(unit, form.units, form.plausible, form.place, problems)
    accepted = {key: rule.factor for key, rule in rules.items()}
    plausible = {key: rule.plausible for key, rule in rules.items() if rule.plausible is not None}
    if spec is not None and spec.unit == unit:
        accepted = {key: rule.factor for key, rule in spec.units.items() if not rule.offset} | accepted
        plausible = {k: rule.plausible for k, rule in spec.units.items() if rule.plausible} | plausible
    return ScoreInput(
        name=name,
        type=cast("FactType", form.type),
        bind=optional(form.bind, problems) if form.bind is not None else None,
        unit=unit,
        units=accepted,
        range=form.range,
        plausible=plausible,
        choices=_choices(form, spec, problems),
        null_is_not_done=form.null_is_not_done,
        several=form.several,
        days=form.days,
        place=form.place,
    )


def _choices(form: InputForm, spec: FactSpec | None, problems: Problems) -> tuple[str, ...]:
    if form.choices is None:
        return tuple(spec.choices) if spec is not None and form.type == "choice" else ()
    if isinstance(form.choices, Word):
        problems.add(form.at("choices"), "P013", "choices are a list", "Write each after a dash.")
        return ()
    return tuple(str(code) for code in form.choices)


def _score_example(form: ExampleForm, problems: Problems) -> Example:
    expect: ScoreExpectForm | None = shaped(ScoreExpectForm, form.expect, problems)
    given = plain(form.given)
    if not isinstance(given, dict):
        problems.add(form.at("given"), "P013", "given holds inputs and their values", "Write name: value, one a line.")
        given = {}
    expected = {} if expect is None else {key: plain(node) for key, node in form.expect.items()}
    return Example(form.name, given, scores=expected, place=form.place)
