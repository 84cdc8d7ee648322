"""The grammar of conditions and formulas. Units are compiled into the number token, longest first."""

import re

from engine.units import NUMBER, unit_words

_UNIT = "|".join(re.escape(word) for word in unit_words() if word != "1")
# A unit ends where no further letter, digit or bracket follows: `5 min` is minutes, `5 / min(a, b)` a
# division, and `5 g/XL` no unit at all rather than grams over something.
NUMBER_TOKEN = rf"{NUMBER}(?:\s*(?:{_UNIT})(?![\w(^%]|/[A-Za-z]))?(?![\w])"
KEYWORDS = (
    "and", "or", "not", "in", "if", "then", "else", "includes", "known", "unknown", "band", "latest", "mean", "days",
    "last", "needs", "recorded", "yes", "no", "min", "max", "round", "ln", "exp", "sqrt", "count",
)  # fmt: skip
SERIES_WORDS = ("times", "highest", "lowest", "first", "change", "trend", "over", "both weeks", "since start of")

GRAMMAR = rf"""
?start: expr
?expr: unary | and_ | or_ | choose
and_: unary ("and" unary)+
or_: unary ("or" unary)+
choose: "if" expr "then" expr "else" expr
?unary: "not" unary -> not_
      | relation
?relation: sum
         | sum COMPARISON sum [needs] -> compare
         | sum "in" range -> within
         | sum "in" "(" name ("," name)+ ")" -> one_of
         | sum "in" "(" name ")" -> one_of
         | NAME "includes" NAME -> includes
range: (SQUARE | ROUND) sum ".." sum (SQUARE_END | ROUND_END)
?sum: product
    | sum PLUS_MINUS product -> arithmetic
?product: signed
        | product TIMES_OVER signed -> arithmetic
?signed: atom
       | PLUS_MINUS atom -> negative
?atom: NUMBER -> number
     | "yes" -> yes
     | "no" -> no
     | name
     | "(" expr ")"
     | FUNCTION "(" expr ("," expr)* ")" -> call
     | "band" "(" NAME ")" -> band
     | "known" "(" NAME ")" -> known
     | "unknown" "(" NAME ")" -> unknown
     | "latest" "(" NAME ")" -> latest
     | "mean" "(" NAME ["," window] ")" [needs] -> mean
     | SUMMARY "(" NAME ["," window] ")" -> summary
     | TIMES "(" NAME [COMPARISON [PLUS_MINUS] NUMBER] ["," window] ")" -> times
     | "days" "(" NAME COMPARISON [PLUS_MINUS] NUMBER ["," window] ")" -> days
name: NAME
?window: ("last" | "over") NUMBER -> window_days
       | "both" "weeks" -> both_weeks
       | "since" "start" "of" NAME -> since
       | NAME COMPARISON [PLUS_MINUS] NUMBER -> beside
needs: "needs" NUMBER "recorded"
COMPARISON: "<=" | ">=" | "!=" | "<" | ">" | "="
FUNCTION.3: /(?:min|max|round|ln|exp|sqrt|count)(?=\s*\()/
SUMMARY.3: /(?:highest|lowest|first|recorded|change|trend)(?=\s*\()/
TIMES.3: /times(?=\s*\()/
PLUS_MINUS: "+" | "-"
TIMES_OVER: "*" | "/"
SQUARE: "["
ROUND: "("
SQUARE_END: "]"
ROUND_END: ")"
NAME: /[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?/
NUMBER.2: /{NUMBER_TOKEN.replace("/", chr(92) + "/")}/
%ignore /[ \t\n]+/
"""
