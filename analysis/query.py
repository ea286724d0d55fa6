"""The query language: what stands in the search box becomes a `Query`, or an error that points at its place."""

import difflib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedToken
from lark.exceptions import LarkError, VisitError

MAX_LENGTH = 1000  # characters; arbitrary, far beyond what anybody types
MAX_TERMS = 60  # arbitrary; keeps every statement far below the planner's trouble
MAX_DEPTH = 12  # nested groups; arbitrary, keeps the SQL readable for the planner

# field: which kinds of entity it names ("" = not an entity field)
ENTITY_FIELDS: dict[str, tuple[str, ...]] = {
    "country": ("country",),
    "company": ("company",),
    "researcher": ("researcher",),
    "person": ("person", "researcher"),
    "org": ("organization", "government", "igo", "media"),
    "place": ("place",),
    "threat": ("threat", "malware"),
    "product": ("product",),
    "tag": (),  # whatever kind
    "about": (),
    "implied": (),
}
OBSERVABLE_FIELDS = ("cve", "domain", "ip", "hash", "email", "url")
PLAIN_FIELDS = ("source", "kind", "lang", "title", "byline", "state", "status", "assignee", "origin", "is")
FIELDS = (*ENTITY_FIELDS, *OBSERVABLE_FIELDS, *PLAIN_FIELDS, "published", "submitted")
FIELD_NICKNAMES = {
    "organization": "org",
    "organisation": "org",
    "language": "lang",
    "author": "byline",
    "site": "source",
    "date": "published",
    "malware": "threat",
    "people": "person",
}

GRAMMAR = r"""
start: either
?either: both (_OR both)*          -> either
?both: unit+                       -> both
?unit: MINUS unit                  -> minus
     | "(" either ")"              -> group
     | COMPARE                     -> compare
     | FIELD value                 -> field
     | QUOTED                      -> phrase
     | PREFIX                      -> prefix
     | WORD                        -> word
value: QUOTED | WORD
_OR.6: /OR(?=[\s()]|$)/
MINUS.5: /[-−](?=[^\s])/
COMPARE.4: /(?i:score)\s*(>=|<=|>|<|=)\s*\d+(\.\d+)?%?/
FIELD.3: /[A-Za-z]+:(?=[^\s\/)])/
QUOTED.3: /["“”][^"“”]*["“”]/
PREFIX.2: /[^\s"“”()*]+\*+/
WORD.1: /[^\s"“”()]+/
%ignore /\s+/
"""


@dataclass(frozen=True, slots=True)
class Word:
    """One word, found in any of its forms."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str


@dataclass(frozen=True, slots=True)
class FieldTerm:
    """`name:value`; the value is as typed, `at` is its place in the query."""

    name: str
    value: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Dates:
    """A range of days, ISO dates, both ends included; `days` means the last so many days instead."""

    field: str  # "published" or "submitted"
    since: str = ""
    until: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """Entity terms count only with a tag whose score stands so to `number` (0..1)."""

    operator: str
    number: float


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that does not meet the part."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """What meets every part."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """What meets at least one part."""

    parts: tuple["Node", ...]


Node: TypeAlias = Word | Phrase | Prefix | FieldTerm | Dates | Score | Not | All | Any_


@dataclass(frozen=True, slots=True)
class Query:
    """What was understood. `root` is None for an empty box."""

    text: str = ""
    root: Node | None = None

    @property
    def fields(self) -> tuple[FieldTerm, ...]:
        """Every field term, from left to right."""
        return tuple(node for node in walk(self.root) if isinstance(node, FieldTerm))

    @property
    def words(self) -> tuple[str, ...]:
        """The words and phrases that are wanted (not those excluded), for marking them in a text."""
        return tuple(wanted_words(self.root))

    @property
    def has_text(self) -> bool:
        """Whether anything is looked up in the texts."""
        return bool(self.words)


class QueryError(Exception):
    """A mistake in the query: what, from where to where, and what was probably meant."""

    def __init__(self, message: str, start: int = 0, end: int = 0, suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start)
        self.suggestion = suggestion


def walk(node: Node | None) -> list[Node]:
    """The node and all below it, from left to right."""
    if node is None:
        return []
    if isinstance(node, Not):
        return [node, *walk(node.part)]
    if isinstance(node, All | Any_):
        return [node, *(below for part in node.parts for below in walk(part))]
    return [node]


def wanted_words(node: Node | None) -> list[str]:
    """Words, phrases and beginnings outside of negations."""
    if isinstance(node, All | Any_):
        return [word for part in node.parts for word in wanted_words(part)]
    if isinstance(node, Word | Phrase | Prefix):
        return [node.text]
    if isinstance(node, FieldTerm) and node.name == "title":
        return [node.value]
    return []


def parse_query(text: str) -> Query:
    """Understand what was typed; raises QueryError with the place of the mistake."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"The search is longer than {MAX_LENGTH} characters.", MAX_LENGTH, len(text))
    text = text.replace("\x00", " ")
    if not text.strip():
        return Query(text=text)
    check_quotes(text)
    check_depth(text)
    try:
        root = Builder().transform(parser().parse(text))
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from None
        raise
    except LarkError as error:
        raise explain(text, error) from None
    if len(walk(root)) > MAX_TERMS:
        raise QueryError(f"A search holds at most {MAX_TERMS} terms.", 0, len(text))
    return Query(text=text, root=root)


@cache
def parser() -> Lark:
    """The grammar, compiled once."""
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False)


def check_quotes(text: str) -> None:
    """An odd number of quotation marks means one is open."""
    places = [place for place, letter in enumerate(text) if letter in '"“”']
    if len(places) % 2:
        raise QueryError(
            "This quotation mark is never closed.", places[-1], places[-1] + 1, suggestion=text.rstrip() + '"'
        )


def check_depth(text: str) -> None:
    """Groups must close, and not nest without end; minus signs count like groups."""
    open_at: list[int] = []
    quoted = False
    for place, letter in enumerate(text):
        quoted ^= letter in '"“”'
        if quoted or letter not in "()":
            continue
        if letter == "(":
            open_at.append(place)
        elif open_at:
            open_at.pop()
        else:
            raise QueryError("This bracket was never opened.", place, place + 1)
        if len(open_at) > MAX_DEPTH:
            raise QueryError(f"Groups nest at most {MAX_DEPTH} deep.", place, place + 1)
    if open_at:
        raise QueryError(
            "This bracket is never closed.", open_at[-1], open_at[-1] + 1, suggestion=text.rstrip() + ")"
        )
    if run := re.search(rf"[-−]{{{MAX_DEPTH + 1},}}", text):
        raise QueryError("That is too many minus signs.", *run.span())


def explain(text: str, error: LarkError) -> QueryError:
    """What a parse error means to the person who typed it."""
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        start = error.token.start_pos or 0
        end = error.token.end_pos or start + 1
        if error.token.type == "_OR":
            return QueryError("OR needs something to search for on both sides.", start, end)
        if error.token.type == "RPAR":
            return QueryError("There is nothing to search for before this bracket.", start, end)
        return QueryError("This cannot stand here.", start, end)
    if isinstance(error, UnexpectedCharacters):
        start = error.pos_in_stream or 0
        return QueryError("This cannot be read.", start, start + 1)
    if isinstance(error, UnexpectedEOF | UnexpectedToken):
        end = len(text.rstrip())
        start = len(text[:end].rsplit(None, 1)[0]) + 1 if " " in text[:end] else 0
        return QueryError("The search stops in the middle: something must follow.", start, end)
    return QueryError("This search cannot be read.", 0, len(text))


class Builder(Transformer[Token, Node]):
    """Parse tree to `Query` nodes."""

    def start(self, parts: list[Node]) -> Node:
        return parts[0]

    def either(self, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def both(self, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def group(self, parts: list[Node]) -> Node:
        return parts[0]

    def minus(self, parts: list[Any]) -> Node:
        return parts[1].part if isinstance(parts[1], Not) else Not(parts[1])

    def word(self, parts: list[Token]) -> Node:
        text, start, end = str(parts[0]), parts[0].start_pos or 0, parts[0].end_pos or 0
        if text == "OR":
            raise QueryError("OR needs something to search for on both sides.", start, end)
        if text.endswith(":") and text[:-1].lower() in (*FIELDS, *FIELD_NICKNAMES):
            raise QueryError(f"Write the value right after {text}, without a space.", start, end)
        return Word(text)

    def prefix(self, parts: list[Token]) -> Node:
        return Prefix(parts[0].rstrip("*"))

    def phrase(self, parts: list[Token]) -> Node:
        return Phrase(parts[0][1:-1].strip())

    def value(self, parts: list[Token]) -> Token:
        return parts[0]

    def compare(self, parts: list[Token]) -> Node:
        found = re.fullmatch(r"\w+\s*([<>=]+)\s*([\d.]+)(%?)", parts[0])
        assert found is not None  # the grammar's own pattern  # noqa: S101
        number = float(found[2]) / (100 if found[3] else 1)
        if number > 1:
            raise QueryError("A score lies between 0 and 1.", parts[0].start_pos or 0, parts[0].end_pos or 0)
        return Score(operator=found[1], number=number)

    def field(self, parts: list[Token]) -> Node:
        typed = parts[0][:-1].lower()
        name = FIELD_NICKNAMES.get(typed, typed)
        start, end = parts[0].start_pos or 0, parts[1].end_pos or 0
        if name not in FIELDS:
            raise unknown_field(typed, str(parts[1]), start, start + len(typed))
        value = parts[1].strip('"“”').strip()
        if not value:
            raise QueryError(f"Say what {name}: should be.", start, end)
        if name in ("published", "submitted"):
            return read_dates(name, value, start, end)
        if value.endswith("*"):
            raise QueryError("The value of a field cannot be shortened with *.", start, end)
        return FieldTerm(name=name, value=value, at=start)


def unknown_field(typed: str, value: str, start: int, end: int) -> QueryError:
    """There is no such field; perhaps a near one was meant."""
    near = difflib.get_close_matches(typed, [*FIELDS, *FIELD_NICKNAMES], n=1)
    suggestion = f"{near[0]}:{value}" if near else f'"{typed}:{value}"'.replace('""', '"')
    return QueryError(f"There is no field “{typed}”.", start, end, suggestion=suggestion)


def read_dates(name: str, value: str, start: int, end: int) -> Dates:
    """`2026`, `2026-01`, `2026-01-31`, `A..B`, `A..`, `..B`, `-7d`; raises QueryError."""
    if ago := re.fullmatch(r"[-−]?(\d{1,4})([dwmy])", value.lower()):
        return Dates(field=name, days=int(ago[1]) * {"d": 1, "w": 7, "m": 30, "y": 365}[ago[2]])
    first, dots, last = value.partition("..")
    if not dots:
        last = first
    try:
        since, until = first_day(first), last_day(last)
    except ValueError:
        raise QueryError(
            "Write dates as 2026, 2026-03, 2026-03-31, 2026-01..2026-03 or -7d.", start, end
        ) from None
    if since and until and since > until:
        raise QueryError("The range ends before it begins.", start, end, suggestion=f"{name}:{last}..{first}")
    return Dates(field=name, since=since, until=until)


def date_parts(value: str) -> tuple[int, int, int]:
    """Year, month or 0, day or 0; raises ValueError."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", value, re.ASCII)
    if found is None or not 1 <= int(found[1]) <= 9998:
        raise ValueError(value)
    return int(found[1]), int(found[2] or 0), int(found[3] or 0)


def first_day(value: str) -> str:
    """The first day of a year, month or day, "" for an open end."""
    if not value:
        return ""
    year, month, day = date_parts(value)
    return date(year, month or 1, day or 1).isoformat()


def last_day(value: str) -> str:
    """The last day of a year, month or day, "" for an open end."""
    if not value:
        return ""
    year, month, day = date_parts(value)
    if day:
        return date(year, month, day).isoformat()
    following = date(year + 1, 1, 1) if month in (0, 12) else date(year, month + 1, 1)
    return (following - timedelta(days=1)).isoformat()
