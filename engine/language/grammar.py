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
     | "days" "(" NAME COMPARISON [PLUS_MINUS] NUMBER "," window ")" -> days
name: NAME
window: "last" NUMBER
needs: "needs" NUMBER "recorded"
COMPARISON: "<=" | ">=" | "!=" | "<" | ">" | "="
FUNCTION.3: /(?:min|max|round|ln|exp|sqrt|count)(?=\s*\()/
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
