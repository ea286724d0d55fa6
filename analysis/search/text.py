"""Words as Postgres understands them: stemmed, accents folded, marked in snippets."""

import re

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import F, Func, TextField, Value
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

CONFIG = "english"  # the configuration the stored vectors are made with
# Private-use characters around hits: the text is escaped first, then these become tags, so a text that
# contains markup, or these very characters, cannot smuggle any in.
START, STOP = "\ue000", "\ue001"


def text_query(text: str, *, is_phrase: bool = False) -> SearchQuery:
    """Words that must all occur, in this order and side by side when `is_phrase`."""
    return SearchQuery(folded(text), config=CONFIG, search_type="phrase" if is_phrase else "plain")


def prefix_query(text: str) -> SearchQuery:
    """Words beginning so; what is not a letter or digit separates words."""
    words = re.findall(r"\w+", text)
    if not words:
        return text_query(text)
    raw = " & ".join([*words[:-1], f"{words[-1]}:*"])
    return SearchQuery(folded(raw), config=CONFIG, search_type="raw")


def folded(text: str) -> Func:
    """The text without accents, the way the stored vectors are made."""
    return Func(Value(text), function="unaccent", output_field=TextField())


def snippet(query: SearchQuery) -> SearchHeadline:
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
