"""The formulary out of its files: medicines, classes, brands, regimens, interactions, and the names of all of them."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Literal, cast

from engine import units
from engine.errors import Place
from engine.facts import fold
from engine.formulary import (
    Brand,
    Class,
    Formulary,
    Interaction,
    Medicine,
    Part,
    Regimen,
    SafetyCondition,
    Severity,
)
from engine.language.blocks import condition
from engine.language.forms_data import FormularyForm, InteractionForm, MedicineForm, RegimenForm, SafetyForm
from engine.language.reader import Word
from engine.language.shapes import Words, text_of
from engine.language.spelling import nearest
from engine.language.validation import Problems

MedicineKind = Literal["medicine", "supplement", "allergen"]
_GIVEN = ("rx", "supp")
_DOSED = ("mass", "volume", "activity", "count", "energy")


def formulary_of(forms: Iterable[FormularyForm], problems: Problems) -> Formulary:
    """Return the formulary of all its files, with every reference inside it checked."""
    maker = _Maker(problems)
    forms = tuple(forms)
    for form in forms:
        maker.add(form)
    formulary = maker.formulary()
    for form in forms:
        _check_references(form, formulary, problems)
    _check_class_loops(formulary, maker.places, problems)
    return formulary


class _Maker:
    """Gathers the parts of several files, each name once."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.medicines: dict[str, Medicine] = {}
        self.classes: dict[str, Class] = {}
        self.brands: dict[str, Brand] = {}
        self.regimens: dict[str, Regimen] = {}
        self.interactions: list[Interaction] = []
        self.names: dict[str, str] = {}
        self.places: dict[str, Place] = {}

    def add(self, form: FormularyForm) -> None:
        for code, shape in form.classes.items():
            self.claim(code, code, shape.place)
            parents = tuple(map(str, shape.in_))
            self.classes[code] = Class(code, shape.title.text(), parents, shape.cross_allergy)
            self.call(code, shape.names, shape.place)
            self.answer_to(code, shape.title)
        self.add_medicines(form.medicines, "medicine")
        self.add_medicines(form.supplements, "supplement")
        self.add_medicines(form.allergens, "allergen")
        for name, ingredients in form.brands.items():
            place = form.at("brands")
            self.claim(fold(name), name, place)
            self.brands[fold(name)] = Brand(name, tuple(map(str, ingredients)))
        for code, regimen in form.regimens.items():
            if code in self.regimens:
                self.problems.add(regimen.place, "P016", f'the regimen "{code}" is declared twice', "Keep one.")
            self.regimens[code] = self.regimen(code, regimen)
        self.interactions += [self.interaction(shape) for shape in form.interactions]

    def add_medicines(self, shapes: Mapping[str, MedicineForm], kind: MedicineKind) -> None:
        for code, shape in shapes.items():
            self.claim(code, code, shape.place)
            self.medicines[code] = self.medicine(code, shape, kind)
            self.call(code, shape.names, shape.place)
            self.answer_to(code, shape.title)

    def claim(self, folded: str, code: str, place: Place) -> None:
        """Take a name for a code; two owners of one name are a finding."""
        if folded in self.names:
            message = f'the name "{code}" is already that of "{self.names[folded]}"'
            self.problems.add(place, "P603", message, "Keep the name with one of them.")
        self.names[folded], self.places[folded] = folded, place

    def call(self, code: str, names: Iterable[str], place: Place) -> None:
        for name in dict.fromkeys(map(fold, names)):
            owner = self.names.setdefault(name, code)
            if owner != code:
                message = f'the name "{name}" belongs to "{owner}" and to "{code}"'
                self.problems.add(place, "P603", message, "Keep the name with one of them.")

    def answer_to(self, code: str, title: Words) -> None:
        """Let a title be understood too, unless it is already the name of something else."""
        for name in title.text().values():
            self.names.setdefault(fold(name), code)

    def medicine(self, code: str, form: MedicineForm, kind: MedicineKind) -> Medicine:
        return Medicine(
            code=code,
            title=form.title.text(),
            kind=kind,
            classes=tuple(map(str, form.classes)),
            names=tuple(form.names),
            max_daily=self.max_daily(form),
            alternatives=tuple(map(str, form.alternatives)),
            safety=tuple(self.safety(shape) for shape in form.safety),
            place=form.place,
        )

    def max_daily(self, form: MedicineForm) -> tuple[Fraction, str] | None:
        if form.max_daily is None:
            return None
        value, unit = form.max_daily
        if unit is None or units.dimension(unit) not in _DOSED or value <= 0:
            hint = "Write a number and a unit of mass: 80 mg."
            self.problems.add(form.at("max_daily"), "P602", "this is not a daily dose", hint)
            return None
        return value, unit

    def added(self, form: SafetyForm | InteractionForm) -> tuple[str, ...]:
        """Return what comes with a condition: no medicine, which would be given without its own safety being asked."""
        for code in form.add:
            if code.partition(":")[0] in _GIVEN:
                hint = "Add a test, an alert or advice; a medicine comes from a rule, and safety then judges it."
                self.problems.add(code.place, "P605", f'safety brings the medicine "{code}"', hint)
        return tuple(map(str, form.add))

    def safety(self, form: SafetyForm) -> SafetyCondition:
        if form.severity == "adjust" and form.dose is None and not form.add:
            hint = "Say what to give instead (dose:) or which alert comes with it (add:)."
            self.problems.add(form.place, "P604", "the condition adjusts nothing", hint)
        return SafetyCondition(
            when=condition(form.when, self.problems),
            severity=cast("Severity", form.severity),
            because=form.because.text(),
            add=self.added(form),
            ask=tuple(map(str, form.ask)),
            dose=form.dose,
            source=str(form.source or ""),
            review_needed=form.review is not None,
            place=form.place,
        )

    def regimen(self, code: str, form: RegimenForm) -> Regimen:
        parts = tuple(
            Part(str(part.medicine), part.dose, part.frequency, part.route, text_of(part.timing), part.duration)
            for part in form.parts
        )
        return Regimen(
            code=code,
            title=form.title.text(),
            parts=parts,
            patient=text_of(form.patient),
            alternatives=tuple(map(str, form.alternatives)),
            safety=tuple(self.safety(shape) for shape in form.safety),
            review_needed=form.review is not None,
            place=form.place,
        )

    def interaction(self, form: InteractionForm) -> Interaction:
        sides = tuple(map(str, form.between))
        if form.dose and form.severity != "adjust":
            self.problems.add(form.at("dose"), "P604", "only severity: adjust changes a dose", "Leave dose: out.")
        if len(sides) != 2:
            self.problems.add(form.at("between"), "P013", "an interaction has two sides", "Write two names.")
            sides = (*sides, "", "")[:2]
        return Interaction(
            sides=(sides[0], sides[1]),
            severity=cast("Severity", form.severity),
            because=form.because.text(),
            add=self.added(form),
            ask=tuple(map(str, form.ask)),
            source=str(form.source or ""),
            dose=dict(form.dose),
            intended_in=tuple(map(str, form.intended_in)),
            review_needed=form.review is not None,
            place=form.place,
        )

    def formulary(self) -> Formulary:
        return Formulary(
            self.medicines, self.classes, self.brands, self.regimens, tuple(self.interactions), dict(self.names)
        )


def ancestors(formulary: Formulary, classes: Iterable[str]) -> frozenset[str]:
    """Return the classes named and all above them."""
    found: set[str] = set()
    waiting = list(classes)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting += formulary.classes[code].parents if code in formulary.classes else ()
    return frozenset(found)


def _check_references(form: FormularyForm, formulary: Formulary, problems: Problems) -> None:
    for shape in (*form.medicines.values(), *form.supplements.values(), *form.allergens.values()):
        _known(shape.classes, formulary.classes, "class", problems)
    for kind in form.classes.values():
        _known(kind.in_, formulary.classes, "class", problems)
    for ingredients in form.brands.values():
        _known(ingredients, formulary.medicines, "medicine", problems)
    either = {*formulary.medicines, *formulary.classes}
    for regimen in form.regimens.values():
        _known([part.medicine for part in regimen.parts], either, "medicine", problems)
    for interaction in form.interactions:
        _known(interaction.between, either, "medicine or class", problems)
        _known(interaction.intended_in, formulary.regimens, "regimen", problems)
        for drug in interaction.dose:
            if drug not in formulary.medicines:
                hint = nearest(drug, formulary.medicines) or "Declare the medicine in a formulary file."
                problems.add(interaction.at("dose"), "P302", f'the medicine "{drug}" is not in the formulary', hint)
    for source in _sources(form):
        if source is not None and source not in form.sources:
            hint = nearest(str(source), form.sources) or "List it under sources:."
            problems.add(source.place, "P304", f'the source "{source}" is not listed', hint)


def _sources(form: FormularyForm) -> Iterator[Word | None]:
    for medicine in (*form.medicines.values(), *form.supplements.values(), *form.allergens.values()):
        yield medicine.source
        yield from (safety.source for safety in medicine.safety)
    for regimen in form.regimens.values():
        yield regimen.source
        yield from (safety.source for safety in regimen.safety)
    yield from (interaction.source for interaction in form.interactions)


def _known(words: Iterable[Word], known: Iterable[str], what: str, problems: Problems) -> None:
    options = set(known)
    code = "P601" if what == "class" else "P302"
    for word in words:
        if word not in options:
            hint = nearest(str(word), options) or f"Declare the {what} in a formulary file."
            problems.add(word.place, code, f'the {what} "{word}" is not in the formulary', hint)


def _check_class_loops(formulary: Formulary, places: Mapping[str, Place], problems: Problems) -> None:
    for code in formulary.classes:
        if code in ancestors(formulary, formulary.classes[code].parents):
            message = f'the class "{code}" stands above itself'
            problems.add(places.get(code, Place("")), "P114", message, "Remove one of the classes under in:.")
