"""The data dictionary out of its files: facts, codes of a plan, lists of a case, shared definitions."""

from collections.abc import Iterable
from fractions import Fraction
from typing import cast

from engine import units
from engine.errors import PautaError, Place
from engine.facts import CodeSpec, FactSpec, FactType, Scalar, UnitRule, Vocabulary
from engine.language.blocks import definitions, unit_of, unit_rules
from engine.language.documents import PREFIX, Definition
from engine.language.forms_data import CodeForm, FactForm, VocabularyForm
from engine.language.grammar import KEYWORDS
from engine.language.shapes import text_of
from engine.language.spelling import nearest
from engine.language.validation import Problems

NUMERIC = ("integer", "decimal", "quantity", "series")
LISTS = ("allergies", "medications", "history", "family_history")
PLAN_KINDS = (*PREFIX.values(), "ask", "drug", "calc")  # the last two only in what tests forbid
# Facts the engine computes or reads at the door: what their type must be, if they are declared.
RESERVED: dict[str, FactType] = {
    "age": "quantity", "sex": "choice", "pregnant": "yes_no", "breastfeeding": "yes_no", "weight_kg": "quantity",
    "height_cm": "quantity", "bmi": "quantity", "diary_pain": "series", "diary_bloating": "series",
    "diary_heartburn": "series", "diary_days_filled": "integer", "diary_n_stools": "integer",
    "diary_stools": "series", "tried": "set", "failed": "set", "not_tolerated": "set",
}  # fmt: skip


def vocabulary_of(forms: Iterable[VocabularyForm], problems: Problems) -> tuple[Vocabulary, dict[str, Definition]]:
    """Return the vocabulary of all its files, and the definitions every expression may use."""
    facts: dict[str, FactSpec] = {}
    codes: dict[str, CodeSpec] = {}
    lists: dict[str, str] = {}
    shared: dict[str, Definition] = {}
    for form in forms:
        _add_facts(form, facts, problems)
        _add_codes(form, codes, problems)
        for section, fact in form.lists.items():
            _once(section in lists, f'the list "{section}"', form.at("lists"), problems)
            lists[section] = str(fact)
        for name, definition in definitions(form.define, form, "", problems).items():
            _once(name in shared, f'the definition "{name}"', definition.place, problems)
            shared[name] = definition
    vocabulary = Vocabulary(facts, codes, lists)
    _check_whole(vocabulary, shared, tuple(forms), problems)
    return vocabulary, shared


def _once(taken: bool, what: str, place: Place, problems: Problems) -> None:
    if taken:
        problems.add(place, "P016", f"{what} is declared twice", "Keep one of them.")


def _add_facts(form: VocabularyForm, facts: dict[str, FactSpec], problems: Problems) -> None:
    for name, fact in form.facts.items():
        _once(name in facts, f'the fact "{name}"', fact.place, problems)
        if name in KEYWORDS:
            message = f'"{name}" is a word of the expression language'
            problems.add(fact.place, "P205", message, "Choose another name.")
        facts[name] = _fact(name, fact, problems)


def _fact(name: str, form: FactForm, problems: Problems) -> FactSpec:
    unit = unit_of(form.unit, problems)
    rules: dict[str, UnitRule] = {}
    if form.type in NUMERIC:
        rules = unit_rules(unit, form.units, form.plausible, form.place, problems)
    _check_type(name, form, unit, problems)
    _check_plausible(name, form, rules, problems)
    return FactSpec(
        name=name,
        type=cast("FactType", form.type),
        title=form.title.text(),
        unit=unit,
        units=rules,
        range=form.range,
        step=form.step,
        choices={code: words.text() for code, words in form.choices.items()},
        fresh_for_days=form.fresh_for,
        ask=tuple(map(str, form.ask)),
        question=text_of(form.question),
        typical=_typical(form, unit, problems),
        cost=Fraction(form.cost),
        obtainable=form.obtainable,
        red_flag=form.red_flag,
        grade=str(form.grade) if form.grade else None,
        several=form.several,
        open_for_days=form.open_for,
        codes=dict(form.codes),
        place=form.place,
    )


def _check_type(name: str, form: FactForm, unit: str | None, problems: Problems) -> None:
    if form.type == "quantity" and form.unit is None:
        problems.add(form.place, "P201", f'the quantity "{name}" has no unit', "Add unit: with the canonical unit.")
    if form.type == "choice" and not form.choices:
        problems.add(form.place, "P201", f'the choice "{name}" has no choices', "List them under choices:.")
    if form.choices and form.type not in ("choice", "set"):
        problems.add(form.at("choices"), "P202", f"a fact of type {form.type} has no choices", "Use type: choice.")
    for key in ("unit", "units", "range", "step", "plausible"):
        if form.wrote(key) and form.type not in NUMERIC:
            problems.add(form.at(key), "P202", f"a fact of type {form.type} has no {key}", "Leave it out.")
    for key in ("several", "open_for"):
        if form.wrote(key) and form.type != "series":
            problems.add(form.at(key), "P202", f"a fact of type {form.type} has no {key}", "Leave it out.")
    if form.grade and form.type != "yes_no":
        problems.add(form.at("grade"), "P202", "only a yes_no fact has a grade", "Leave it out.")
    if form.type == "integer" and unit and units.dimension(unit) not in (units.COUNT, "time", "percent", "rate"):
        problems.add(form.at("unit"), "P202", "a whole number has no such unit", "Use type: quantity.")


def _check_plausible(name: str, form: FactForm, rules: dict[str, UnitRule], problems: Problems) -> None:
    for rule in rules.values():
        if rule.plausible is None or form.range is None:
            continue
        low, high = (end * rule.factor + rule.offset for end in rule.plausible)
        if high < form.range[0] or low > form.range[1]:
            message = f'no plausible value of "{name}" in {rule.unit or "counts"} lies within its range'
            problems.add(
                form.at("plausible"), "P204", message, "Correct the range, the plausible values or the factor."
            )


def _typical(form: FactForm, unit: str | None, problems: Problems) -> Scalar | None:
    if form.typical is None:
        return None
    text = str(form.typical)
    if form.type == "yes_no":
        return text == "yes"
    if form.type not in NUMERIC:
        return text
    try:
        value, given = units.amount(text)
        return units.convert(value, given, unit) if given else value
    except PautaError as error:
        problems.add(form.typical.place, error.code, str(error)[5:], error.hint)
        return None


def _add_codes(form: VocabularyForm, codes: dict[str, CodeSpec], problems: Problems) -> None:
    for kind, group in form.codes.items():
        if kind not in PLAN_KINDS:
            hint = nearest(kind, PLAN_KINDS) or f"Use one of: {', '.join(PLAN_KINDS)}."
            problems.add(form.at("codes"), "P209", f'"{kind}" is no kind of plan code', hint)
        for name, code in group.items():
            _once(f"{kind}:{name}" in codes, f'the code "{kind}:{name}"', code.place, problems)
            codes[f"{kind}:{name}"] = _code(f"{kind}:{name}", code)


def _code(name: str, form: CodeForm) -> CodeSpec:
    return CodeSpec(name, form.title.text(), text_of(form.patient), tuple(map(str, form.opposed)), form.place)


def _check_whole(
    vocabulary: Vocabulary, shared: dict[str, Definition], forms: tuple[VocabularyForm, ...], problems: Problems
) -> None:
    facts = vocabulary.facts
    for spec in facts.values():
        grade = facts.get(spec.grade or "")
        if spec.grade and (grade is None or grade.type != "integer"):
            message = f'the grade "{spec.grade}" is not a fact of type integer'
            problems.add(spec.place, "P207", message, nearest(spec.grade, facts))
        wanted = RESERVED.get(spec.name)
        if wanted and spec.type != wanted:
            problems.add(spec.place, "P208", f'"{spec.name}" is computed as {wanted}', f"Write type: {wanted}.")
    for name, definition in shared.items():
        _once(name in facts, f'"{name}", a fact and a definition,', definition.place, problems)
    _check_lists(vocabulary, forms, problems)
    _check_opposed(vocabulary, problems)


def _check_lists(vocabulary: Vocabulary, forms: tuple[VocabularyForm, ...], problems: Problems) -> None:
    place = next((form.at("lists") for form in forms if form.lists), forms[0].place if forms else Place(""))
    for section, fact in vocabulary.lists.items():
        spec = vocabulary.facts.get(fact)
        if section not in LISTS:
            problems.add(place, "P206", f'"{section}" is no list of a case', f"Use: {', '.join(LISTS)}.")
        elif spec is None or spec.type != "set":
            problems.add(place, "P206", f'"{fact}" is not a fact of type set', nearest(fact, vocabulary.facts))


def _check_opposed(vocabulary: Vocabulary, problems: Problems) -> None:
    for code in vocabulary.codes.values():
        for other in code.opposed:
            if other not in vocabulary.codes:
                hint = nearest(other, vocabulary.codes) or "Declare it under codes."
                problems.add(code.place, "P301", f'the opposed code "{other}" is not declared', hint)
