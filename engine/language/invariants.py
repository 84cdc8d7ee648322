"""Statements about every plan, out of their file, and checked against what the library knows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.language.blocks import condition
from engine.language.checker import Checker
from engine.language.documents import PREFIX, Invariant
from engine.language.forms import InvariantForm, InvariantsForm
from engine.language.names import Scope, World
from engine.language.spelling import nearest
from engine.language.validation import Problems

ANY_MEDICINE = "any_medicine"
KINDS = tuple(PREFIX.values())
PROTOCOL = "protocol:"  # with a name: what any rule of it says


def invariants_of(form: InvariantsForm, problems: Problems) -> Iterator[Invariant]:
    """Yield the statements of a file as written."""
    for name, shape in form.statements.items():
        if bool(shape.never) == bool(shape.always):
            hint = "Name what is `never` proposed, or what is `always` there."
            problems.add(shape.place, "P312", f'"{name}" says neither or both of never and always', hint)
            continue
        if shape.source is not None and shape.source not in form.sources:
            hint = nearest(str(shape.source), form.sources) or "List it under sources:."
            problems.add(shape.source.place, "P304", f'the source "{shape.source}" is not listed', hint)
        yield _invariant(name, shape, problems)


def _invariant(name: str, shape: InvariantForm, problems: Problems) -> Invariant:
    return Invariant(
        name=name,
        kind="never" if shape.never else "always",
        names=tuple(map(str, shape.never or shape.always)),
        when=condition(shape.when, problems),
        because=shape.because.text(),
        but=tuple(map(str, shape.but)),
        source=str(shape.source or ""),
        place=shape.place,
    )


def resolved_invariant(invariant: Invariant, checker: Checker, problems: Problems) -> Invariant:
    """Return a statement with its condition resolved; names that nothing in the library bears are noted."""
    protocols = {f"{PROTOCOL}{name}" for name in checker.world.protocols} if invariant.kind == "always" else set()
    for name in _unknown((*(name for name in invariant.names if name not in protocols), *invariant.but), checker.world):
        hint = f"Use a code, a kind ({', '.join(KINDS)}), drug: with an ingredient or class, any_medicine."
        hint += " What is always there may be protocol: with its name: whatever it says."
        problems.add(invariant.place, "P313", f'no plan can hold "{name}"', hint)
    return replace(invariant, when=checker.resolver(Scope(checker.world, None)).condition(invariant.when))


def _unknown(names: Iterable[str], world: World) -> Iterator[str]:
    formulary = world.formulary
    drugs = {f"drug:{code}" for code in (*formulary.medicines, *formulary.classes)}
    doses = {f"{kind}:{code}" for kind in ("rx", "supp") for code in (*formulary.medicines, *formulary.regimens)}
    known = {*world.vocabulary.codes, *KINDS, ANY_MEDICINE, *drugs, *doses}
    yield from (name for name in names if name not in known)
