"""The dose grammar: what "20 mg daily", "1 g tid" or "40 mg/12 h" comes to in a day. What does not parse is unknown."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.units import comparable, convert, dimension, spelled, written

_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_WORDS: Mapping[str, int] = {
    "once": 1, "one": 1, "una": 1, "un": 1, "twice": 2, "two": 2, "dos": 2, "three": 3, "tres": 3, "thrice": 3,
    "four": 4, "cuatro": 4, "five": 5, "cinco": 5, "six": 6, "seis": 6,
}  # fmt: skip
_TIMES = rf"(?:(?:{_NUMBER}\s*-\s*)?({_NUMBER}|{'|'.join(_WORDS)})\s*(?:times|time|veces|vez|x)?)"
_DAY = r"(?:\s*(?:daily|a day|per day|/\s*day|/\s*d|al dia|por dia|cada dia|each day|every day|/\s*dia))"
_WEEK = r"(?:\s*(?:weekly|a week|per week|/\s*week|a la semana|por semana|each week|every week|/\s*semana))"
_HOURS = r"\s*(?:h|hs|hr|hrs|hour|hours|hora|horas)\b"
_FIXED: tuple[tuple[str, Fraction], ...] = (
    (r"\b(?:q\.?i\.?d\.?|qds)\b", Fraction(4)),
    (r"\b(?:t\.?i\.?d\.?|tds)\b", Fraction(3)),
    (r"\b(?:b\.?i\.?d\.?|bd|twice daily)\b", Fraction(2)),
    (r"\b(?:alternate days|every other day|every second day|(?:en )?dias alternos)\b", Fraction(1, 2)),
    (r"\b(?:weekly|semanal|(?:every|per|a) week|(?:cada|por) semana|a la semana)\b", Fraction(1, 7)),
    (r"\b(?:monthly|mensual|every month|cada mes)\b", Fraction(16, 487)),
    (r"\b(?:o\.?d\.?|q\.?d\.?|daily|a day|per day|al dia|cada dia|every day|diario|diaria|diariamente)\b", Fraction(1)),
    (r"/\s*(?:day|dia|d)\b", Fraction(1)),
    (r"/\s*(?:week|semana)\b", Fraction(1, 7)),
    (r"\b(?:at night|at bedtime|nocte|por la noche|in the morning|por la manana|each morning)\b", Fraction(1)),
)
_NEEDED = re.compile(r"\b(?:p\.?r\.?n\.?|as needed|when needed|on demand|si precisa|a demanda|si hace falta)\b")
_MOST = r"\b(?:max(?:imum|imo)?\.?(?: of| de)?|up to|at most|not more than|no more than|hasta|como mucho|no mas de)\s*"
_MOST_TIMES = re.compile(rf"{_MOST}{_TIMES}{_DAY}")
_MOST_AMOUNT = re.compile(rf"{_MOST}({_NUMBER})\s*([a-z%]+){_DAY}")
_FILLERS = re.compile(
    r"\b(?:of|de|oral|orally|by mouth|via|vo|po|self medicated|tablets?|comprimidos?|capsules?|capsulas?|with food"
    r"|before (?:meals|breakfast)|antes de (?:comer|desayunar)|en ayunas|x)\b|[-.,;:]"
)


@dataclass(frozen=True, slots=True)
class DoseText:
    """One dose as written. ``per_day``: how many a day; None if the text does not say."""

    amount: Fraction | None
    unit: str | None
    per_day: Fraction | None

    @property
    def daily(self) -> tuple[Fraction, str] | None:
        """Return amount and unit of a whole day, None if either is not known."""
        if self.amount is None or self.unit is None or self.per_day is None:
            return None
        return self.amount * self.per_day, self.unit


def read_dose(text: str, frequency: str = "") -> DoseText:
    """Return what a dose and its frequency say; a part nobody understands leaves that part unknown."""
    rest = _folded(text)
    amount, unit, rest = _amount(rest)
    whole = f"{rest} {_folded(frequency)}".strip()
    if _NEEDED.search(whole):
        return DoseText(amount, unit, _most(whole, amount, unit))
    times, rest = _frequency(whole)
    if re.search(r"[a-z0-9/%]", _FILLERS.sub(" ", rest)):
        times = None  # words that were not understood may change the frequency
    return DoseText(amount, unit, times)


def is_as_needed(dose: str, frequency: str = "") -> bool:
    """Return whether a dose is taken only when it is needed."""
    return _NEEDED.search(_folded(f"{dose} {frequency}")) is not None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().replace("µ", "u").replace("μ", "u"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", re.sub(r"\([^)]*\)", " ", plain)).strip()


def _amount(text: str) -> tuple[Fraction | None, str | None, str]:
    """Return amount, unit and the rest; of a span (20-40 mg) the higher end."""
    found = re.match(rf"(?:{_NUMBER}\s*(?:-|a|to)\s*)?({_NUMBER})\s*([a-z%]+)\b", text)
    if found is None:
        return None, None, text
    unit = _unit(found[2])
    if unit is None:
        return None, None, text
    return Fraction(found[1].replace(",", ".")), unit, text[found.end() :]


def _unit(word: str) -> str | None:
    names = {"mcg": "ug", "ml": "mL", "l": "L", "iu": "U", "ui": "U", "u": "U", "units": "U", "unidades": "U"}
    if word in {"sachet", "sachets", "sobre", "sobres"}:
        return "sachet"
    unit = spelled(names.get(word, word))
    return unit if unit is not None and dimension(unit) in {"mass", "volume", "activity"} else None


def _most(text: str, amount: Fraction | None, unit: str | None) -> Fraction | None:
    """Return how many a day a dose taken as needed may come to: "max 3 a day", "up to 16 mg daily"; None if unsaid."""
    times = _MOST_TIMES.search(text)
    if times:
        return _positive(_count(times[1]))
    limit = _MOST_AMOUNT.search(text)
    if limit is None or not amount or unit is None:
        return None
    own = _unit(limit[2])
    most = None if own is None else in_unit((Fraction(limit[1].replace(",", ".")), own), unit)
    return None if most is None else most / amount


def _frequency(text: str) -> tuple[Fraction | None, str]:
    scheme = re.search(r"\b([0-9])-([0-9])-([0-9])(?:-([0-9]))?\b", text)
    if scheme:
        return _positive(Fraction(sum(int(part or 0) for part in scheme.groups()))), _without(text, scheme)
    hours = re.search(rf"(?:/|\bcada|\bevery|\bq)\s*({_NUMBER}){_HOURS}", text)
    if hours:
        span = Fraction(hours[1].replace(",", "."))
        return (24 / span if span else None), _without(text, hours)
    for period, days in ((_DAY, 1), (_WEEK, 7)):
        times = re.search(rf"\b{_TIMES}{period}", text)
        if times:
            return _positive(Fraction(_count(times[1])) / days), _without(text, times)
    return _fixed(text)


def _fixed(text: str) -> tuple[Fraction | None, str]:
    for pattern, times in _FIXED:
        found = re.search(pattern, text)
        if found:
            rest = _without(text, found)
            for other, same in _FIXED:
                rest = re.sub(other, " ", rest) if same == 1 == times else rest
            return times, rest
    return None, text


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _count(word: str) -> Fraction:
    return Fraction(_WORDS[word]) if word in _WORDS else Fraction(word.replace(",", "."))


def _positive(times: Fraction) -> Fraction | None:
    return times if times > 0 else None


def in_unit(amount: tuple[Fraction, str], unit: str) -> Fraction | None:
    """Return an amount in another unit, None if they measure different things."""
    value, own = amount
    if own == unit:
        return value
    known = spelled(own) is not None and spelled(unit) is not None
    return convert(value, own, unit) if known and comparable(own, unit) else None


def shown(amount: tuple[Fraction, str]) -> str:
    return f"{written(amount[0])} {amount[1]}"
