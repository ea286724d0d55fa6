"""The query language: what stands in the search box becomes a `Query`, or an error that points at its place."""

from lark.exceptions import LarkError, VisitError

from analysis.query.completing import Completion, complete
from analysis.query.fields import (
    CHOICES,
    DATE_FIELDS,
    ENTITY_FIELDS,
    FIELD_HELP,
    FIELDS,
    GRAMMAR_HELP,
    LANGUAGES,
    OBSERVABLE_FIELDS,
    Help,
)
from analysis.query.grammar import quoted, read_parts
from analysis.query.mistakes import MAX_DEPTH, QueryError, check_depth, check_quotes, explain
from analysis.query.nodes import (
    All,
    Any_,
    Dates,
    Exposure,
    FieldTerm,
    Node,
    Not,
    Part,
    Phrase,
    Prefix,
    Query,
    Score,
    Word,
    describe,
    walk,
    wanted_fields,
    wanted_words,
)

MAX_LENGTH = 1000  # characters; arbitrary, far beyond what anybody types
MAX_TERMS = 60  # arbitrary; keeps every statement far below the planner's trouble

__all__ = [
    "CHOICES",
    "DATE_FIELDS",
    "ENTITY_FIELDS",
    "FIELDS",
    "FIELD_HELP",
    "GRAMMAR_HELP",
    "LANGUAGES",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_TERMS",
    "OBSERVABLE_FIELDS",
    "All",
    "Any_",
    "Completion",
    "Dates",
    "Exposure",
    "FieldTerm",
    "Help",
    "Node",
    "Not",
    "Part",
    "Phrase",
    "Prefix",
    "Query",
    "QueryError",
    "Score",
    "Word",
    "complete",
    "describe",
    "parse_query",
    "quoted",
    "walk",
    "wanted_fields",
    "wanted_words",
]


def parse_query(text: str) -> Query:
    """Understand what was typed; raises QueryError with the place of the mistake and the query meant instead."""
    text = text.replace("\x00", " ")
    try:
        return _parse(text)
    except QueryError as error:
        error.suggest(text)
        if not _is_better(error.suggestion, text, error):
            error.suggestion = ""
        raise


def _is_better(suggestion: str, text: str, error: QueryError) -> bool:
    """Whether it is another text, and one without this mistake in this place."""
    if not suggestion or suggestion == text.strip():
        return False
    try:
        _parse(suggestion)
    except QueryError as other:
        return (other.message, other.start) != (error.message, error.start)
    return True


def _parse(text: str) -> Query:
    if len(text) > MAX_LENGTH:
        raise QueryError(f"The search is longer than {MAX_LENGTH} characters.", MAX_LENGTH, len(text), "")
    if not text.strip():
        return Query(text=text)
    check_quotes(text)
    check_depth(text)
    try:
        parts = read_parts(text)
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from None
        raise
    except LarkError as error:
        raise explain(text, error) from None
    root = parts[0].node if len(parts) == 1 else All(tuple(part.node for part in parts))
    if len(walk(root)) > MAX_TERMS:
        raise QueryError(f"A search holds at most {MAX_TERMS} terms.", 0, len(text))
    return Query(text=text, root=root, parts=parts)
