"""Rules as sentences, for whoever does not read YAML: when, unless, what, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from engine.compiler import Program
from engine.conditions import Name
from engine.language.documents import PREFIX, Action, Parameter, Protocol, Rule
from engine.wording import Wording, measured
from webapp.plans.terms import Terms, days


class InForce(Wording):
    """Says a parameter of a protocol by its name and the value it has in this text."""

    def __init__(self, program: Program, language: str, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(program, language)
        self.parameters = {one.name: one for one in parameters.values()}

    def _name(self, name: Name) -> str:
        known = self.parameters.get(name.name) if name.kind == "parameter" else None
        if known is None:
            return super()._name(name)
        said = known.name.rpartition(".")[2].replace("_", " ")
        return (
            said if isinstance(known.value, (str, bool)) else f"{measured(known.value, known.unit, self.lang)} ({said})"
        )


@dataclass(frozen=True, slots=True)
class Sentence:
    """One rule in words; ``line`` is where it stands in the text."""

    rule: str
    line: int
    when: str
    exclude: str
    actions: Sequence[str]
    because: str
    guideline: str
    source: str
    evidence: str
    red_flag: bool
    review_needed: bool


def sentences_of(protocol: Protocol, program: Program, language: str) -> list[Sentence]:
    """Return every rule of a protocol in words, in the order of the text; conditions as the engine itself says them."""
    terms, wording = Terms(program.edition, language), InForce(program, language, protocol.parameters)
    return [_sentence(rule, terms, wording) for rule in protocol.rules.values()]


def _sentence(rule: Rule, terms: Terms, wording: Wording) -> Sentence:
    return Sentence(
        rule=rule.name.rpartition(".")[2],
        line=rule.place.line,
        when=wording.of(rule.when),
        exclude=wording.of(rule.exclude) if rule.exclude else "",
        actions=[_action(action, terms) for action in rule.actions],
        because=terms.say(rule.because),
        guideline=rule.sentence,
        source=rule.source,
        evidence=rule.evidence,
        red_flag=rule.red_flag,
        review_needed=rule.review_needed,
    )


def _action(action: Action, terms: Terms) -> str:
    if action.kind == "ask":
        return _("ask: %(what)s") % {"what": terms.question(action.code)}
    if action.kind not in PREFIX:
        return _("conclude: %(what)s") % {"what": action.code.replace("_", " ")}
    details = (action.dose or "", days(action.duration_days), _when(action))
    return ", ".join([terms.code(action.code), *(part for part in details if part)])


def _when(action: Action) -> str:
    if action.within_days:
        return _("within %(time)s") % {"time": days(action.within_days)}
    return _("in %(time)s") % {"time": days(action.after_days)} if action.after_days else ""
