"""Words as Postgres understands them: stemmed, accents folded, marked in snippets."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_
from typing import TypeAlias, cast

from django.contrib.postgres.search import (
    CombinedSearchQuery,
    SearchHeadline,
    SearchQuery,
    SearchQueryCombinable,
    SearchQueryField,
)
from django.db.models import F, Func, TextField, Value
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from articles.services.index import Unaccent, bigrams, configuration

TextQuery: TypeAlias = SearchQuery | CombinedSearchQuery

CONFIG = "english"
# Names and titles are indexed word by word too ("simple"), so a query looks for both forms.
STOP_WORDS = frozenset(
    "a about after all also an and any are as at be been but by can did do for from had has have he her him his "
    "how i if in into is it its me more most my no nor not of on or our she so some such than that the their them "
    "then there these they this those to too under until up very was we were what when where which who whom why "
    "will with you your".split()
)  # of Postgres' english.stop: asking the titles for "the" would lose almost every hit
# Private-use characters around hits: the text is escaped first, then these become tags, so a text that
# contains markup, or these very characters, cannot smuggle any in.
START, STOP = "\ue000", "\ue001"


# Letters that tell the language well enough to stem by it.
SCRIPTS = (
    (re.compile("[\u0370-\u03ff]"), "greek"),
    (re.compile("[\u0400-\u04ff]"), "russian"),
    (re.compile("[\u0530-\u058f]"), "armenian"),
    (re.compile("[\u0600-\u06ff]"), "arabic"),
    (re.compile("[\u0900-\u097f]"), "hindi"),
    (re.compile("[\u0b80-\u0bff]"), "tamil"),
)
MOST_CONFIGS = 4


def configurations(words: str, languages: Iterable[str] = ()) -> tuple[str, ...]:
    """The text search configurations to look words up in: English, the languages asked for, those of the letters."""
    asked = [configuration(language) for language in languages]
    written = [name for letters, name in SCRIPTS if letters.search(words)]
    known = [name for name in (CONFIG, *asked, *written) if name != "simple"]
    return tuple(dict.fromkeys(known))[:MOST_CONFIGS]


def text_query(text: str, configs: Iterable[str] = (CONFIG,), *, is_phrase: bool = False) -> TextQuery:
    """Words that must all occur, in this order and side by side when `is_phrase`; in any form of any configuration."""
    prepared = bigrams(text)
    kind = "phrase" if is_phrase or prepared != text else "plain"
    forms: list[TextQuery] = [
        SearchQuery(Unaccent(Value(prepared)), config=config, search_type=kind) for config in configs
    ]
    if is_phrase or text.lower() not in STOP_WORDS:
        forms.append(SearchQuery(Unaccent(Value(prepared)), config="simple", search_type=kind))
    return reduce(or_, forms)


class Begun(Func):
    """A word that may go on, as `to_tsquery` wants it; in quotes, because `unaccent` turns some letters into signs."""

    template = "(quote_literal(%(expressions)s) || ':*')"
    output_field = TextField()


def begun(words: list[str]) -> TextQuery:
    """These words, the last one perhaps only begun."""
    *whole, last = words
    typed: list[TextQuery] = [SearchQuery(Unaccent(Value(word)), config="simple") for word in whole]
    return reduce(and_, typed, SearchQuery(Begun(Unaccent(Value(last))), config="simple", search_type="raw"))


def prefix_query(text: str) -> TextQuery:
    """Words beginning so; what is not a letter or digit separates words."""
    words = re.findall(r"\w+", text)
    return begun(words) if words else text_query(text)


def title_query(text: str) -> TextQuery | None:
    """The words of a title or its part, the last one perhaps only begun; None when they are not mere letters.

    Postgres has ideas of its own about where "F-35" or an address ends, and the titles' index knows no pairs of
    Chinese characters.
    """
    words = text.split()
    if not words or bigrams(text) != text or not all(word.isalpha() for word in words):
        return None
    return begun(words)


def negated(query: TextQuery) -> TextQuery:
    """What the query does not find. Django negates single queries only, so the parts are turned around."""
    if isinstance(query, SearchQuery):
        return ~query
    joined = or_ if query.connector == SearchQueryCombinable.BITAND else and_
    return cast(
        "TextQuery", joined(negated(cast("TextQuery", query.lhs)), negated(cast("TextQuery", query.rhs)))
    )


class Once(Func):
    """A text query that Postgres works out once for a statement.

    `unaccent` may change with its dictionary, so beside a column it is asked again for every row that is checked:
    of 8,000 articles with the words of a phrase that took more time than finding the phrase.
    """

    template = "(SELECT %(expressions)s)"
    output_field = SearchQueryField()


def snippet(query: TextQuery) -> SearchHeadline:
    """Up to two stretches of the current text around the hits."""
    plain = Func(
        F("version__text"), Value(START + STOP), Value(""), function="translate", output_field=TextField()
    )
    return SearchHeadline(
        plain,
        query,
        config=CONFIG,
        start_sel=START,
        stop_sel=STOP,
        max_words=26,
        min_words=12,
        max_fragments=2,
        fragment_delimiter=" … ",
    )


def marked(snippet_text: str) -> SafeString:
    """A snippet as HTML: everything escaped, the hits in <mark>."""
    html = escape(snippet_text).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(html)  # noqa: S308 (escaped one line above; only our own tags are added)
