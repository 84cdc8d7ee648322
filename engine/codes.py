"""Every code a problem may carry: what it is called and what to do. The manual page is made from this."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """``title`` completes "this means that ..."; ``what_to_do`` is advice to the author of the text."""

    title: str
    what_to_do: str


_CODES = {
    "P000": CodeInfo("the protocol files hold problems", "Mend each problem listed; all of them are shown at once."),
    "P001": CodeInfo("the text is not YAML at this place", "The rest of this file could not be read: mend this first."),
    "P002": CodeInfo("the file is too large", "Split it: a file holds one protocol, score, questionnaire or part."),
    "P003": CodeInfo("blocks are nested too deeply", "Give the inner condition a name under `define`."),
    "P004": CodeInfo("an anchor (&) or alias (*) is used", "Write the text out, or give it a name under `define`."),
    "P005": CodeInfo("a tag (!) is used", "Leave it out: the schema says what each value is."),
    "P006": CodeInfo("a merge key (<<) is used", "Write the keys out."),
    "P007": CodeInfo("the same key stands twice in one block", "Keep one; the other would be lost."),
    "P008": CodeInfo("the file is empty or holds more than one document", "One file holds one document, no `---`."),
    "P009": CodeInfo("the file holds characters that cannot be read", "Save it as UTF-8 without control characters."),
    "P010": CodeInfo("the kind of file is not known", "Start it with `protocol:`, `score:`, `questionnaire:`, ..."),
    "P011": CodeInfo("a key is not known here", "Correct it, or quote the text if it holds a comma."),
    "P012": CodeInfo("a key is missing", "Add it; the reference lists what each block needs."),
    "P013": CodeInfo("a value has the wrong shape", "Write a text, a list or a block of keys as the message says."),
    "P014": CodeInfo("a value is not one of those allowed", "Use one of the values named."),
    "P015": CodeInfo("the name of the file and what it says differ", "Name the file after its document and version."),
    "P016": CodeInfo("two files or blocks declare the same thing", "Rename or remove one of them."),
    "P017": CodeInfo("a key is not plain text", "Keys are single words before a colon."),
    "P018": CodeInfo("a date cannot be read or dates run backwards", "Write dates as 2026-01-31."),
    "P019": CodeInfo("a version cannot be read", "Write three numbers: 1.2.0."),
    "P020": CodeInfo("the library lacks a part it needs", "Add the vocabulary, or name the folder that holds it."),
    "P101": CodeInfo("an expression cannot be read", "Read on from the place named; the rest was not looked at."),
    "P102": CodeInfo("a number is written with a decimal comma", "Write 12.5; between arguments put comma and space."),
    "P103": CodeInfo("`and` and `or` are mixed", "Put parentheses around one of them."),
    "P104": CodeInfo("an operator is written in another way", "Use < <= = != >= > and or not."),
    "P105": CodeInfo("a name is not known", "Correct it, or declare it in the vocabulary or under `define`."),
    "P106": CodeInfo("a condition is needed here", "Compare the number or choice with something."),
    "P107": CodeInfo("two things of different kinds are compared", "Compare numbers with numbers, choices with codes."),
    "P108": CodeInfo("two units measure different things", "Use a unit of the fact, or declare one in the vocabulary."),
    "P109": CodeInfo("a number lacks its unit", "Write it: 130 g/L."),
    "P110": CodeInfo("a number or unit cannot be read", "Use a unit of the list in the reference."),
    "P111": CodeInfo("a choice or code is not one of those declared", "Use one of the choices of the fact."),
    "P112": CodeInfo("a number lies outside the range of the fact", "Correct the number or the declared range."),
    "P113": CodeInfo("known() or unknown() is not allowed here", "Use it only in rules that ask, test or advise."),
    "P114": CodeInfo("names depend on each other in a circle", "Break the loop the message prints."),
    "P115": CodeInfo("comparisons are chained", "Write x in [a .. b], or two comparisons joined by and."),
    "P116": CodeInfo("quotes stand in an expression", "Codes are bare words: sex = female."),
    "P117": CodeInfo("a backslash stands in an expression", "Leave it out; write the condition plainly."),
    "P118": CodeInfo("a set and a value are confused", "Sets are read with includes: medication includes warfarin."),
    "P119": CodeInfo("a series and a value are confused", "Read a series with latest, mean or days."),
    "P120": CodeInfo("`needs` stands where nothing is counted", "Put it after days(...) or mean(...)."),
    "P121": CodeInfo("an expression is too long or too deeply nested", "Name parts of it under `define`."),
    "P122": CodeInfo("a range runs backwards or is empty", "Write the lower end first."),
    "P123": CodeInfo("a block of conditions is not complete", "Use one of all, any, not, or at_least with of."),
    "P124": CodeInfo("at_least can never or always be reached", "Count between 1 and the number of conditions."),
    "P125": CodeInfo("a whole number is needed here", "Write a number without decimals or unit."),
    "P126": CodeInfo("a treatment is not in the formulary", "Name a medicine, class, brand or regimen."),
    "P127": CodeInfo("`both weeks` is compared from above", "Write >= or >: it holds if both weeks reach the number."),
    "P201": CodeInfo("a fact lacks what its type needs", "A quantity needs a unit, a choice its choices."),
    "P202": CodeInfo("a fact has something its type cannot have", "Remove it or change the type."),
    "P203": CodeInfo(
        "a unit cannot be used for this fact", "Use a unit of the list, with its factor to the canonical one."
    ),
    "P204": CodeInfo("a plausible range and the declared range contradict each other", "Correct one of them."),
    "P205": CodeInfo("a name is reserved by the expression language", "Choose another name."),
    "P206": CodeInfo("a list of a case points to no set", "Point it to a fact of type set."),
    "P207": CodeInfo("a grade points to no whole number", "Point it to a fact of type integer."),
    "P208": CodeInfo("a fact the engine computes is missing or of another type", "Declare it as the reference says."),
    "P209": CodeInfo("a kind of plan code is not known", "Use rx supp diet test ref alert advice plan fu dx monitor."),
    "P301": CodeInfo("a plan code is not declared", "Declare it under `codes` in the vocabulary."),
    "P302": CodeInfo("a medicine, class or regimen is not in the formulary", "Correct it or add it to the formulary."),
    "P303": CodeInfo("another rule is named that does not exist", "Name it as protocol.rule."),
    "P304": CodeInfo("a source is cited that is not listed", "List it under `sources`."),
    "P305": CodeInfo("a parameter lies outside its range", "Correct the value or the range."),
    "P306": CodeInfo("an action is not complete or not known", "See the actions in the reference."),
    "P307": CodeInfo("a test expects something that cannot be", "Correct the name or the code."),
    "P308": CodeInfo("a test gives a value that cannot be read", "Write it as in a case: 13 g/dL, yes, [warfarin]."),
    "P309": CodeInfo("a duration cannot be read", "Write 8 weeks, or the name of a parameter that is a duration."),
    "P310": CodeInfo("a questionnaire or score is named that does not exist", "Correct the name or add the file."),
    "P311": CodeInfo("a rule switches off a red flag", "A red flag cannot be overridden: remove it."),
    "P312": CodeInfo("a statement says neither or both of never and always", "Say one of them."),
    "P313": CodeInfo("a statement names what no plan can hold", "Use a code, a kind, drug: and a name, any_medicine."),
    "P314": CodeInfo("an invariant is named that nobody stated", "Name one of invariants.yaml."),
    "P320": CodeInfo("a decision table has a gap", "Add a row for these values, or `otherwise:`."),
    "P321": CodeInfo("two rows of a decision table fit the same values", "Part them, or use hit: first or priority."),
    "P322": CodeInfo("a decision table has a decimal hole", "Let one row begin where the other ends: < 25 and >= 25."),
    "P323": CodeInfo("a row or band can never be chosen", "An earlier one takes all its values: correct or remove it."),
    "P324": CodeInfo("a decision table is not complete", "Give each row `then:` or `do:`, as the reference says."),
    "P325": CodeInfo("a cell of a decision table cannot be read", 'Write yes, a code, ">= 5 g/L", "[5 .. 9)" or "-".'),
    "P326": CodeInfo("rows that fit together say different things", "With hit: any they must agree."),
    "P330": CodeInfo("a rule can never fire", "No patient meets its condition: correct the condition."),
    "P331": CodeInfo("a rule fires for everybody", "Say for whom it is: a comparison may be turned round."),
    "P332": CodeInfo("a rule is hidden by others", "Narrow the rule that silences it, or remove this."),
    "P333": CodeInfo("two items that say the opposite may be proposed together", "Exclude one where the other is due."),
    "P334": CodeInfo("a red flag can be kept out of the plan", "Give it an item that nothing blocks: an alert."),
    "P335": CodeInfo("two rules give doses nobody can compare", "Write both with amount, unit and frequency."),
    "P336": CodeInfo("the solver did not decide this within its limit", "Cover it by tests of the file."),
    "P337": CodeInfo("a value falls between two rules", "Let one begin where the other ends: < 25 and >= 25."),
    "P338": CodeInfo("a value falls into two rules that part elsewhere", "Let one end where the other begins."),
    "P339": CodeInfo("a limit that no value of a case can cross", "Correct the limit, or range and units of the fact."),
    "P340": CodeInfo(
        "units of one fact contradict each other", "Write limits in one unit; correct factor and plausible."
    ),
    "P341": CodeInfo("a daily maximum and a rule's limit differ", "Correct the maximum in the formulary, or the rule."),
    "P342": CodeInfo("a question's red flag is less urgent than the plan", "Give it the urgency of the rule's alert."),
    "P327": CodeInfo("a table or its part was not checked for gaps", "Cover its rows by tests of the file."),
    "P405": CodeInfo("the bands of a score leave values out", "Let one band begin where the other ends."),
    "P400": CodeInfo("a formula reads the record directly", "Bind an input to it and read the input."),
    "P402": CodeInfo("the value of a score and its declared type differ", "Correct value_type or the formula."),
    "P403": CodeInfo("a score has neither value nor bands", "Add one of them."),
    "P404": CodeInfo("a test of a score names something that does not exist", "Use the inputs and bands of the score."),
    "P406": CodeInfo("a danger of a score is none of its bands", "Name a band, or a value if it is a code."),
    "P501": CodeInfo("a question and its fact do not fit together", "Use the kind of question its fact needs."),
    "P502": CodeInfo("a question stands twice", "Give each question its own name."),
    "P503": CodeInfo("a red flag names an instruction that does not exist", "Write it under `instructions`."),
    "P504": CodeInfo("the options of a question and the choices of its fact differ", "Offer only declared choices."),
    "P601": CodeInfo("a class is not declared", "Declare it under `classes` in a formulary file."),
    "P602": CodeInfo("a dose cannot be read", "Write a number and a unit of mass: 80 mg."),
    "P603": CodeInfo("two medicines answer to the same name", "Keep the name with one of them."),
    "P604": CodeInfo("a safety condition with severity adjust lacks its dose or alert", "Say what to give instead."),
    "P605": CodeInfo(
        "a safety condition brings a medicine", "Add a test, an alert or advice; a medicine comes from a rule."
    ),
    "P701": CodeInfo("a phrase of the lexicon cannot be read", "Write words, `...`, `$group`, `vomit*`, `mucho?`."),
    "P702": CodeInfo("a mention means nothing the vocabulary knows", "Name a yes/no fact, or a code of the list."),
    "P703": CodeInfo("a word is one slip of the pen from a medicine", "Use a longer phrase, or list it as plain."),
    "P704": CodeInfo("a cue is not known", "Use the cues of the reference."),
    "P705": CodeInfo("a # stands behind a phrase", "Quote the phrase, or give the comment a line of its own."),
    "C001": CodeInfo(
        "the case is not an object with an id", "Send one JSON object with the sections of the reference."
    ),
    "C002": CodeInfo("a section or name is not known", "Use the names of the vocabulary; see the hint."),
    "C003": CodeInfo("a value is of the wrong kind", "Send what the fact expects."),
    "C004": CodeInfo("a number is NaN, infinite or out of all bounds", "Send a plain number, or null if unknown."),
    "C005": CodeInfo("a medicine, allergy or history is not known", "Use a known name, or send it as free text."),
    "C006": CodeInfo("a date cannot be read or lies after the day of the case", "Write dates as 2026-01-31."),
    "C007": CodeInfo("the diary cannot be read", "Send one list a day; null is a day not filled in."),
    "C008": CodeInfo("a choice is not one of those declared", "Use one of the choices of the fact."),
    "C009": CodeInfo("there is no such file", "Name a JSON file, or - to read standard input."),
    "C010": CodeInfo("the score or its inputs are missing or not known", "Use the names of the score's file."),
}
CODES: Mapping[str, CodeInfo] = MappingProxyType(_CODES)


def manual() -> str:
    """Return the manual page of all codes, in Markdown."""
    head = (
        "# Error codes\n\n"
        "Each problem is printed as `file:line:column: code message`, with a hint below. "
        "All problems of all files are shown at once; a syntax error hides the rest of its own file, "
        "and an expression shows its first error.\n\n"
        "This page is made from `engine/codes.py` by `pauta schema --error-codes`.\n\n"
        "| code | this means that | what to do |\n|---|---|---|\n"
    )
    return head + "".join(f"| {code} | {info.title} | {info.what_to_do} |\n" for code, info in sorted(_CODES.items()))
