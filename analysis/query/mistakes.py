"""What is wrong with a query: where, why, and what was probably meant."""

import difflib
import re
from collections.abc import Iterable

from lark import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken
from lark.exceptions import LarkError

from analysis.query.fields import FIELD_NICKNAMES, FIELDS

MAX_DEPTH = 12  # nested groups; arbitrary, keeps the SQL readable for the planner
QUOTES = '"“”'


class QueryError(Exception):
    """A mistake in the query, from `start` to `end`; `instead` is what should stand there, None if nobody knows.

    `suggestion` is the whole query with it, filled in by `parse_query`.
    """

    def __init__(self, message: str, start: int = 0, end: int = 0, instead: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start)
        self.instead = instead
        self.suggestion = ""

    def suggest(self, text: str) -> None:
        """Write out the corrected query."""
        if self.instead is not None:
            before, after = text[: self.start], text[self.end :]
            if not self.instead:  # something goes, and the blank beside it
                before, after = before.rstrip(), f" {after.lstrip()}" if before.strip() else after
            if self.instead.endswith(":"):  # a value stands right after its field
                after = after.lstrip()
            self.suggestion = (before + self.instead + after).strip()


def check_quotes(text: str) -> None:
    """An odd number of quotation marks means one is open."""
    places = [place for place, letter in enumerate(text) if letter in QUOTES]
    if len(places) % 2:
        start, end = places[-1], len(text.rstrip())
        rest = text[start + 1 : end]
        raise QueryError(
            "This quotation mark is never closed.", start, end, f'"{rest.strip()}"' if rest.strip() else ""
        )


def check_depth(text: str) -> None:
    """Groups must close, and not nest without end; minus signs count like groups."""
    open_at: list[int] = []
    quoted = False
    for place, letter in enumerate(text):
        quoted ^= letter in QUOTES
        if quoted or letter not in "()":
            continue
        if letter == "(":
            open_at.append(place)
        elif not open_at:
            raise QueryError("This bracket was never opened.", place, place + 1, "")
        elif not text[open_at.pop() + 1 : place].strip():
            start = text.rindex("(", 0, place)
            raise QueryError("There is nothing to search for between these brackets.", start, place + 1, "")
        if len(open_at) > MAX_DEPTH:
            raise QueryError(f"Groups nest at most {MAX_DEPTH} deep.", place, place + 1)
    check_closed(text, open_at)


def check_closed(text: str, open_at: list[int]) -> None:
    """No bracket is left open, and nothing is negated a dozen times."""
    if open_at:
        start, rest = open_at[-1], text[open_at[-1] + 1 :].strip()
        raise QueryError(
            "This bracket is never closed.", start, len(text.rstrip()), f"({rest})" if rest else ""
        )
    if run := re.search(rf"[-−]{{{MAX_DEPTH + 1},}}", text):
        raise QueryError("That is too many minus signs.", *run.span(), "-")


def explain(text: str, error: LarkError) -> QueryError:
    """What a parse error means to the person who typed it."""
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        start = error.token.start_pos or 0
        end = error.token.end_pos or start + 1
        if error.token.type == "_OR":
            return QueryError("OR needs something to search for on both sides.", start, end, "")
        if error.token.type == "RPAR":
            before = re.search(r"(\bOR|[-−])\s*$", text[:start])
            place = before.start() if before else start
            return QueryError("There is nothing to search for before this bracket.", place, start, "")
        return QueryError("This cannot stand here.", start, end, "")
    if isinstance(error, UnexpectedCharacters):
        start = error.pos_in_stream or 0
        return QueryError("This cannot be read.", start, start + 1, "")
    if isinstance(error, UnexpectedEOF | UnexpectedToken):
        end = len(text.rstrip())
        start = len(text[:end].rsplit(None, 1)[0]) + 1 if re.search(r"\s", text[:end].strip()) else 0
        return QueryError("The search stops in the middle: something must follow.", start, end, "")
    return QueryError("This search cannot be read.", 0, len(text))


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The known word most like this one, "" when none is near."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), "")


def unknown_field(typed: str, value: str, start: int, end: int) -> QueryError:
    """There is no such field; perhaps a near one was meant, else the words themselves."""
    near = nearest(typed, [*FIELDS, *FIELD_NICKNAMES])
    words = f'"{typed}:{value}"' if not value.startswith(tuple(QUOTES)) else f"{typed} {value}"
    instead = f"{FIELD_NICKNAMES.get(near, near)}:{value}" if near else words
    return QueryError(f"There is no field “{typed}”.", start, end, instead)
