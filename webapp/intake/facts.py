"""A response as the engine reads it, so that branching and red flags are decided by the one language there is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import cached_property

from engine.compiler import Program
from engine.conditions import Expr, facts_of
from engine.evaluator import truth
from engine.facts import CaseFacts, FactSpec
from engine.language.cases import read_case
from engine.language.documents import Edition, Group, Question, Questionnaire, RedFlag
from engine.plan import Truth
from engine.urgency import URGENCIES
from webapp.intake.answers import LISTS, TREATMENTS, Stored
from webapp.plans.case import DIARY, FREE_TEXT
from webapp.plans.treatments import named


@dataclass(frozen=True, slots=True)
class Book:
    """The pinned questionnaire of a response, and the library it is read with."""

    questionnaire: Questionnaire
    edition: Edition
    program: Program

    def question(self, item: str) -> Question | None:
        return next((one for group in self.questionnaire.groups for one in group.questions if one.item == item), None)

    def spec(self, question: Question) -> FactSpec | None:
        return self.edition.vocabulary.facts.get(question.fact) if question.fact else None


@dataclass(frozen=True)
class Sheet:
    """A questionnaire with what was answered so far, by item; ``person`` holds what the record says of the patient."""

    book: Book
    answers: Mapping[str, Stored]
    person: Mapping[str, Any]
    day: date

    @cached_property
    def case(self) -> CaseFacts:
        edition = self.book.edition
        return read_case(raw_case(self), edition.vocabulary, edition.formulary)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions that may be asked of this person: a condition shuts one only where it is known to be false."""
        return tuple(
            one
            for group in self.book.questionnaire.groups
            if self._applies(group.when)
            for one in group.questions
            if self._applies(one.when)
        )

    @cached_property
    def groups(self) -> tuple[tuple[Group, tuple[Question, ...]], ...]:
        """The groups to show with their questions; a follow-up waits until what it follows has been answered."""
        asked = {question.item for question in self.questions}
        shown = [
            (group, tuple(one for one in group.questions if one.item in asked and not self._waits(group, one)))
            for group in self.book.questionnaire.groups
        ]
        return tuple((group, questions) for group, questions in shown if questions)

    def _waits(self, group: Group, question: Question) -> bool:
        """Whether a question follows one still open. Red flags and pregnancy never wait."""
        if question.always_ask or question.red_flags or question.item in self.answers:
            return False
        unclear = [when for when in (group.when, question.when) if when is not None and self.truth(when) is None]
        return any(fact in self._open_facts for when in unclear for fact in facts_of(when))

    @cached_property
    def _open_facts(self) -> frozenset[str]:
        return frozenset(one.fact for one in self.questions if one.fact and one.item not in self.answers)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The items answered earlier whose question is not asked any more: their answers must not count."""
        asked = {one.item for one in self.questions}
        return frozenset(item for item in self.answers if item not in asked)

    @property
    def shown(self) -> tuple[Question, ...]:
        return tuple(one for _group, questions in self.groups for one in questions)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        return tuple(one for one in self.shown if one.item not in self.answers)

    @property
    def must_answer(self) -> tuple[Question, ...]:
        """Questions that cannot be left open, though "I don't know" answers them: red flags, pregnancy."""
        return tuple(one for one in self.open_questions if one.always_ask or one.red_flags)

    def red_flags(self) -> dict[tuple[str, str], tuple[Question, RedFlag]]:
        """Return the raised flags of the questions shown, by item and instruction, most urgent first."""
        raised = [
            (question, flag)
            for question in self.questions
            if question.item in self.answers
            for flag in question.red_flags
            if self.truth(flag.when) is True
        ]
        raised.sort(key=lambda pair: -URGENCIES.index(pair[1].urgency))
        return {(question.item, flag.instruction): (question, flag) for question, flag in raised}

    def having(self, item: str, said: Stored | None) -> "Sheet":
        """Return the sheet with another answer to one item; None for no answer."""
        others = {name: value for name, value in self.answers.items() if name != item}
        return replace(self, answers=others if said is None else {**others, item: said})

    def truth(self, condition: Expr) -> Truth:
        return truth(condition, self.case, self.book.program)

    def _applies(self, condition: Expr | None) -> bool:
        return condition is None or self.truth(condition) is not False


def raw_case(sheet: Sheet) -> dict[str, Any]:
    """Return the answers in the form of a case; what was not asked is absent, "I don't know" is null."""
    case: dict[str, Any] = {"id": "response", "as_of": sheet.day.isoformat(), "patient": dict(sheet.person)}
    for group in sheet.book.questionnaire.groups:
        for question in group.questions:
            if (stored := sheet.answers.get(question.item)) is not None:
                _place(case, question, stored, sheet.book.edition)
    return case


def _place(case: dict[str, Any], question: Question, stored: Stored, edition: Edition) -> None:
    if question.kind in LISTS:
        case[question.kind] = list_for_case(question.kind, stored, edition)
    elif code_of(question) in DIARY:
        diary = case.setdefault("diary", {"days": 1})
        diary[DIARY[code_of(question)]] = [plain_value(question, stored)]
    elif question.kind == "text":
        return  # no condition reads free words
    elif question.section == "labs":
        case.setdefault("labs", []).append({"name": question.fact, **_measured(question, stored)})
    elif question.fact:
        section = case.setdefault(question.section, {})
        section[question.fact] = _measured(question, stored) if "unit" in stored else plain_value(question, stored)


def code_of(question: Question) -> str:
    """Return the name under which an answer is kept: the fact it tells of."""
    if question.kind == "text" and question.fact is None:
        return question.item if question.item in FREE_TEXT else "other"
    return "diary_stools" if question.kind == "stools" else question.fact or question.item


def _measured(question: Question, stored: Stored) -> dict[str, Any]:
    return {"value": plain_value(question, stored), "unit": stored.get("unit")}


def plain_value(question: Question, stored: Stored) -> Any:
    """Return the value as the engine and the record take it: numbers as numbers, None for "I don't know"."""
    value = stored.get("value")
    if question.kind in ("decimal", "quantity") and value is not None:
        number = Decimal(value)
        return int(number) if number == number.to_integral_value() else float(number)
    return value


def list_for_case(kind: str, stored: Stored, edition: Edition) -> list[dict[str, Any]] | None:
    if stored.get("none"):
        return []
    if stored.get("unknown"):
        return None
    if kind == TREATMENTS:
        return [named(each, edition) for each in (_treatment(entry) for entry in stored["entries"])]
    key = "drug" if kind in ("allergies", "medications") else "code"
    return [
        {key: entry["code"]} if entry["code"] else {key: None, "text": entry["text"]} for entry in stored["entries"]
    ]


def _treatment(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": entry["code"], "text": entry["text"], "result": entry.get("result", "unknown")}
