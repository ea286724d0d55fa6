"""The copies of what analysis found that lists, facets and full-text search read from the article's row."""

import re
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import OperationalError, connection, transaction
from django.db.models import Func, Value
from django.db.models.functions import Coalesce

from articles.models import Article

# Postgres' own text search configurations by ISO 639-1; everything else is indexed word by word ("simple").
CONFIGURATIONS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
    "yi": "yiddish",
}  # fmt: skip
SAFE_LENGTH = 200_000  # characters whose vector stays below Postgres' limit of 1 MB whatever they are
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")


def configuration(language: str) -> str:
    """The text search configuration for a language (ISO 639-1)."""
    return CONFIGURATIONS.get(language[:2].lower(), "simple")


def bigrams(text: str) -> str:
    """The text with each run of Chinese, Japanese or Korean characters as overlapping pairs, blank separated.

    Postgres knows no words there; a query treated the same way finds a run as a phrase of pairs.
    """

    def pairs(found: re.Match[str]) -> str:
        run = found[0]
        return " " + (" ".join(run[place : place + 2] for place in range(len(run) - 1)) or run) + " "

    return _CJK.sub(pairs, text)


class Unaccent(Func):
    """Postgres' unaccent()."""

    function = "unaccent"


def store_index(article: Article, text: str, *, names: list[str], **columns: Any) -> None:
    """Write the search vector and other copies: title A, names B (with byline and source), text C."""
    with_search = {**columns, "search": _vector(article, text, names)}
    try:
        with transaction.atomic():
            Article.objects.filter(pk=article.pk).update(**with_search)
    except OperationalError:  # "string is too long for tsvector": a text of a million different words
        with_search["search"] = _vector(article, text[:SAFE_LENGTH], names)
        Article.objects.filter(pk=article.pk).update(**with_search)


def _vector(article: Article, text: str, names: list[str]) -> Any:
    config = configuration(article.language)
    source = article.source.name if article.source else ""
    title = _part(article.title, config, "A") + _part(article.title, "simple", "A")
    named = _part("\n".join(names), "simple", "B") + _part(
        f"{article.byline}\n{article.site}\n{source}", "simple", "B"
    )
    return title + named + _part(text, config, "C")


def _part(text: str, config: str, weight: str) -> SearchVector:
    folded = Unaccent(Coalesce(Value(bigrams(text)), Value("")))
    return SearchVector(folded, config=config, weight=weight)


def explain_vector(words: str, language: str = "en") -> str:
    """The vector Postgres makes of some words, for tests and for looking into a surprising search result."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_tsvector(%s::regconfig, unaccent(%s))::text", [configuration(language), bigrams(words)]
        )
        return str(cursor.fetchone()[0])
