"""Questionnaires and diaries out of their files; conditions are read, names are not resolved yet."""

from typing import cast

from engine.facts import FactSpec, FactType, Vocabulary
from engine.language.blocks import condition, head, optional, unit_of
from engine.language.documents import Group, Instruction, Option, Question, Questionnaire, RedFlag
from engine.language.forms import GroupForm, ItemForm, QuestionnaireForm, RedFlagForm
from engine.language.shapes import text_of
from engine.language.spelling import nearest
from engine.language.validation import Problems
from engine.urgency import Urgency

_LISTS = ("allergies", "medications", "history", "family_history", "previous_treatments")
_FITS: dict[str, tuple[FactType, ...]] = {
    "yes_no": ("yes_no",), "scale": ("integer", "series"), "integer": ("integer", "quantity", "decimal", "series"),
    "decimal": ("decimal", "quantity"), "quantity": ("quantity", "decimal", "integer"), "choice": ("choice",),
    "choices": ("set",), "text": ("text",), "date": ("date",),
}  # fmt: skip
_SECTIONS = ("questionnaire", "patient", "vitals", "free_text", "diary", "labs", *_LISTS)


def questionnaire_of(form: QuestionnaireForm, vocabulary: Vocabulary, problems: Problems) -> Questionnaire:
    """Return a questionnaire as written, each question checked against the fact it writes."""
    reader = _ItemReader(form, vocabulary, problems)
    instructions = {
        name: Instruction(name, shape.title.text(), shape.body.text(), shape.call)
        for name, shape in form.instructions.items()
    }
    return Questionnaire(
        **head(form, "questionnaire", problems),
        kind=form.kind,  # type: ignore[arg-type]  # the shape allows these three words only
        groups=tuple(reader.group(shape) for shape in form.groups),
        instructions=instructions,
        minutes=form.minutes,
        score=str(form.score) if form.score else None,
    )


class _ItemReader:
    def __init__(self, form: QuestionnaireForm, vocabulary: Vocabulary, problems: Problems) -> None:
        self.form, self.vocabulary, self.problems = form, vocabulary, problems
        self.seen: set[str] = set()

    def group(self, form: GroupForm) -> Group:
        questions = tuple(self.question(item) for item in form.items)
        when = optional(form.when, self.problems)
        return Group(form.group, form.title.text(), questions, text_of(form.intro), when)

    def question(self, form: ItemForm) -> Question:
        if form.item in self.seen:
            self.problems.add(form.item.place, "P502", f'the question "{form.item}" stands twice', "Rename one.")
        self.seen.add(str(form.item))
        spec = self.fact(form)
        low, high = form.range or (spec.range if spec and spec.range else (None, None))
        return Question(
            item=str(form.item),
            kind=form.kind,  # type: ignore[arg-type]  # the shape allows these words only
            text=form.text.text(),
            fact=spec.name if spec else (str(form.fact) if form.fact else None),
            section=self.section(form),
            help=text_of(form.help),
            unit=unit_of(form.unit, self.problems) or (spec.unit if spec else None),
            units=tuple(unit for word in form.units if (unit := unit_of(word, self.problems))),
            low=low,
            high=high,
            low_label=form.labels.low.text() if form.labels else None,
            high_label=form.labels.high.text() if form.labels else None,
            options=self.options(form, spec),
            when=optional(form.when, self.problems),
            red_flags=tuple(self.red_flag(shape) for shape in form.red_flags),
            always_ask=form.always_ask,
            place=form.place,
        )

    def section(self, form: ItemForm) -> str:
        section = form.kind if form.kind in _LISTS else form.section
        section = "free_text" if form.kind == "text" and not form.wrote("section") else section
        if section not in _SECTIONS:
            hint = nearest(section, _SECTIONS) or f"Use one of: {', '.join(_SECTIONS)}."
            self.problems.add(form.at("section"), "P501", f'"{section}" is no section of a case', hint)
        return section

    def fact(self, form: ItemForm) -> FactSpec | None:
        """Return the fact a question writes: its `fact`, or the one of its own name; lists and texts need none."""
        name = str(form.fact or form.item)
        spec = self.vocabulary.facts.get(name)
        if form.kind in (*_LISTS, "stools", "text") and form.fact is None:
            return None
        place = form.fact.place if form.fact else form.item.place
        if spec is None:
            if form.kind not in (*_LISTS, "stools", "text"):
                hint = nearest(name, self.vocabulary.facts) or "Declare it in the vocabulary."
                self.problems.add(place, "P105", f'the fact "{name}" is not known', hint)
        elif form.kind in _FITS and spec.type not in _FITS[form.kind]:
            message = f"a question of kind {form.kind} cannot fill a fact of type {spec.type}"
            self.problems.add(place, "P501", message, "Use the kind its fact needs.")
        return spec

    def options(self, form: ItemForm, spec: FactSpec | None) -> tuple[Option, ...]:
        if not form.options and spec is not None and form.kind in ("choice", "choices"):
            return tuple(Option(code, title) for code, title in spec.choices.items())
        for option in form.options:
            if spec is not None and spec.choices and option.code not in spec.choices:
                hint = nearest(str(option.code), spec.choices) or f"Use one of: {', '.join(spec.choices)}."
                message = f'"{option.code}" is not a choice of "{spec.name}"'
                self.problems.add(option.code.place, "P504", message, hint)
        return tuple(Option(str(option.code), option.title.text()) for option in form.options)

    def red_flag(self, form: RedFlagForm) -> RedFlag:
        if form.instruction not in self.form.instructions:
            hint = nearest(str(form.instruction), self.form.instructions) or "Write it under instructions:."
            message = f'the instruction "{form.instruction}" does not exist'
            self.problems.add(form.instruction.place, "P503", message, hint)
        if form.alert not in self.vocabulary.codes:
            hint = nearest(str(form.alert), self.vocabulary.codes) or "Declare it under codes in the vocabulary."
            self.problems.add(form.alert.place, "P301", f'the code "{form.alert}" is not declared', hint)
        urgency = cast("Urgency", form.urgency)
        return RedFlag(condition(form.when, self.problems), str(form.instruction), str(form.alert), urgency)
