"""What is said of a score once its inputs are known as far as they are: the printed result, and what it waits for."""

from fractions import Fraction

from engine.compiler.program import Analysis, Scope, ScoreProgram, ScoreState
from engine.compiler.reading import is_known
from engine.compiler.scoring import printed
from engine.conditions import Expr, Name
from engine.facts import Series
from engine.language.documents import ScoreInput
from engine.plan import ScoreResult


def settled(program: ScoreProgram, known: Analysis, title: str, scope: Scope) -> ScoreState:
    """Return the state of a score, with the facts behind what is missing; a diary with gaps is asked for again."""
    facts = [fact for name in known.missing for fact in bound_facts(program, name) if _is_open(fact, scope)]
    return ScoreState(
        score_result(program, known, title), known.value, known.codes, known.bands, tuple(dict.fromkeys(facts))
    )


def _is_open(fact: str, scope: Scope) -> bool:
    return not is_known(fact, scope) or isinstance(scope.values.get(fact), Series)


def score_result(program: ScoreProgram, known: Analysis, title: str) -> ScoreResult:
    """Return the printed result: incomplete while an unknown input can change it, its range if it is bounded."""
    value, band = known.outcome
    if not known.missing:
        return ScoreResult(title, printed(value, program.score), band, "ok")
    bounded = program.score.range is not None and program.score.value_type == "integer"
    limits = (int(known.value.low), int(known.value.high)) if bounded else None
    return ScoreResult(title, None, known.band, "incomplete", known.named or known.missing, possible_range=limits)


def bound_facts(program: ScoreProgram, name: str) -> tuple[str, ...]:
    """Return the facts an input of a score is bound to."""
    return program.reads[name]


def unit_factor(item: ScoreInput, bind: Expr, scope: Scope) -> Fraction:
    """Return what a value of the bound fact is multiplied by to be in the unit of the score."""
    unit = None
    if isinstance(bind, Name) and bind.kind == "fact":
        unit = scope.program.edition.vocabulary.facts[bind.name].unit
    return Fraction(1) if unit is None or unit == item.unit else item.units.get(unit, Fraction(1))
