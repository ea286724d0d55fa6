"""The grammar of the search box, and the way from its parse tree to nodes."""

import re
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, Tree

from analysis.query.dates import read_dates
from analysis.query.fields import (
    CHOICE_NICKNAMES,
    CHOICES,
    DATE_FIELDS,
    FIELD_NICKNAMES,
    FIELDS,
    LANGUAGES,
)
from analysis.query.mistakes import QUOTES, QueryError, nearest, unknown_field
from analysis.query.nodes import All, Any_, Exposure, FieldTerm, Node, Not, Part, Phrase, Prefix, Score, Word

GRAMMAR = r"""
start: either
?either: both (_OR both)*          -> either
?both: unit+                       -> both
?unit: MINUS unit                  -> minus
     | LPAR either RPAR            -> group
     | COMPARE                     -> compare
     | EXPOSURE                    -> exposure
     | FIELD value                 -> field
     | QUOTED                      -> phrase
     | PREFIX                      -> prefix
     | WORD                        -> word
value: QUOTED | WORD
LPAR: "("
RPAR: ")"
_OR.6: /OR(?=[\s()]|$)/
MINUS.5: /[-−](?=[^\s])/
COMPARE.4: /(?i:score)\s*(>=|<=|>|<|=)\s*\d+(\.\d+)?%?(?=[\s()]|$)/
EXPOSURE.4: /(?i:exposure):(["“”][^"“”]*["“”]|[^\s"“”()>]+)\s*>\s*(["“”][^"“”]*["“”]|[^\s"“”()]+)/
FIELD.3: /[A-Za-z]+:(?=[^\s\/)])/
QUOTED.3: /["“”][^"“”]*["“”]/
PREFIX.2: /[^\s"“”()*]+\*+/
WORD.1: /[^\s"“”()]+/
%ignore /\s+/
"""


@cache
def parser() -> Lark:
    """The grammar, compiled once."""
    return Lark(
        GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False, propagate_positions=True
    )


def read_parts(text: str) -> tuple[Part, ...]:
    """The parts that must all be met; raises lark's errors, and QueryError inside of its VisitError."""
    tree: Tree[Token] = parser().parse(text)
    either = tree.children[0]
    assert isinstance(either, Tree)  # noqa: S101  (the grammar's own shape)
    units = either.children[0].children if len(either.children) == 1 else [either]  # type: ignore[union-attr]
    return tuple(
        Part(Builder().transform(unit), unit.meta.start_pos, unit.meta.end_pos)  # type: ignore[union-attr,arg-type]
        for unit in units
    )


class Builder(Transformer[Token, Node]):
    """Parse tree to `Query` nodes."""

    def either(self, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def both(self, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def group(self, parts: list[Node]) -> Node:
        return parts[1]

    def minus(self, parts: list[Any]) -> Node:
        return parts[1].part if isinstance(parts[1], Not) else Not(parts[1])

    def word(self, parts: list[Token]) -> Node:
        text, (start, end) = str(parts[0]), place(parts[0])
        if text == "OR":
            raise QueryError("OR needs something to search for on both sides.", start, end, "")
        if text.endswith(":") and text[:-1].lower() in (*FIELDS, *FIELD_NICKNAMES):
            raise QueryError(f"Write the value right after {text}, without a space.", start, end, text)
        return Word(text)

    def prefix(self, parts: list[Token]) -> Node:
        return Prefix(parts[0].rstrip("*"))

    def phrase(self, parts: list[Token]) -> Node:
        return Phrase(unquoted(parts[0]))

    def value(self, parts: list[Token]) -> Token:
        return parts[0]

    def compare(self, parts: list[Token]) -> Node:
        found = re.fullmatch(r"\w+\s*([<>=]+)\s*([\d.]+)(%?)", parts[0])
        assert found is not None  # the grammar's own pattern  # noqa: S101
        number = float(found[2]) / (100 if found[3] else 1)
        if number > 1:
            instead = f"score{found[1]}{number / 100:g}" if number <= 100 else f"score{found[1]}1"
            raise QueryError("A score lies between 0 and 1.", *place(parts[0]), instead)
        return Score(operator=found[1], number=number)

    def exposure(self, parts: list[Token]) -> Node:
        start, end = place(parts[0])
        company, country = parts[0].partition(":")[2].split(">", 1)
        terms = [unquoted(company), unquoted(country)]
        if not all(terms):
            raise QueryError("Write exposure:company>country.", start, end)
        return Exposure(
            FieldTerm("company", terms[0], start, end), FieldTerm("country", terms[1], start, end)
        )

    def field(self, parts: list[Token]) -> Node:
        typed = parts[0][:-1].lower()
        name = FIELD_NICKNAMES.get(typed, typed)
        start, end = place(parts[0])[0], place(parts[1])[1]
        if name not in FIELDS:
            raise unknown_field(typed, str(parts[1]), start, end)
        value = unquoted(parts[1])
        if not value:
            raise QueryError(f"Say what {name}: should be.", start, end)
        if name in DATE_FIELDS:
            return read_dates(name, value, start, end)
        if value.endswith("*"):
            shorter = value.rstrip("*")
            instead = f"{name}:{quoted(shorter)}" if shorter else None
            raise QueryError("The value of a field cannot be shortened with *.", start, end, instead)
        return FieldTerm(name, checked(name, value, start, end), start, end)


def place(token: Token) -> tuple[int, int]:
    """Where it stands."""
    return token.start_pos or 0, token.end_pos or 0


def unquoted(value: str) -> str:
    """The value without quotation marks and blanks around it."""
    return value.strip().strip(QUOTES).strip()


def quoted(value: str) -> str:
    """The value as it must be typed: in quotation marks where it has blanks or brackets."""
    value = value.translate(dict.fromkeys(map(ord, QUOTES)))
    return f'"{value}"' if re.search(r"[\s()>*]", value) else value


def checked(name: str, value: str, start: int, end: int) -> str:
    """The value as the field wants it; raises QueryError where the field knows better."""
    if name == "exposure":
        raise QueryError("Write exposure:company>country.", start, end)
    if name == "score":
        number = value.strip("<>=")
        instead = f"score>={number}" if re.fullmatch(r"[01](\.\d+)?", number, re.ASCII) else None
        raise QueryError("Write score>0.8.", start, end, instead)
    if name == "story" and not (value.lower() == "none" or re.fullmatch(r"\d{1,15}", value, re.ASCII)):
        raise QueryError("A story is asked for by its number, or none.", start, end)
    if name == "lang":
        return LANGUAGES.get(value.lower(), value.lower())
    return choice(name, value, start, end) if name in CHOICES else value


def choice(name: str, value: str, start: int, end: int) -> str:
    """One of the field's values; raises QueryError with the nearest one."""
    said = value.lower().replace(" ", "_")
    said = CHOICE_NICKNAMES.get((name, said), said)
    if said in CHOICES[name]:
        return said
    near = nearest(said, CHOICES[name], cutoff=0.5)
    message = f"{name}: takes {', '.join(CHOICES[name])}."
    raise QueryError(message, start, end, f"{name}:{near}" if near else None)
