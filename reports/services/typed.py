"""Findings, statements and relations as plain rows for a spreadsheet, streamed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from analysis.models import Entity
from analysis.search.typed import with_words
from articles.models import Article

CHUNK = 500
PLACE = ("sentence", "article", "version", "field", "start", "end", "dated", "source", "link")
COLUMNS = {
    "findings": (
        "affected", "affected_key", "affected_text", "effect", "direction", "horizon", "certainty", "said_by",
        "said_by_key", "cue", *PLACE,
    ),
    "statements": ("speaker", "speaker_key", "speaker_text", "verb", "is_quote", "about", *PLACE),
    "relations": ("subject", "subject_key", "kind", "object", "object_key", "cue", *PLACE),
}  # fmt: skip


def typed_rows(name: str, rows: QuerySet[Any], *, site: str) -> Iterator[list[str]]:
    """The cells of each row in the order of `COLUMNS[name]`; texts are read in chunks."""
    cells = CELLS[name]
    joined = with_words(rows).select_related(*ENTITIES[name], "article__source", "version")
    slim = joined.defer("version__text", "version__blocks", "article__search", "article__lead")
    for row in slim.iterator(chunk_size=CHUNK):
        yield [*cells(row), *_place(row, site)]


def _place(row: Any, site: str) -> list[str]:
    article: Article = row.article
    return [
        " ".join(row.words.split()), article.headline, str(row.version.number), row.field, str(row.start),
        str(row.end), row.dated_at.date().isoformat(), article.source.name if article.source else article.site,
        f"{site}{article.get_absolute_url()}#s{row.sentence}",
    ]  # fmt: skip


def _named(entity: Entity | None) -> list[str]:
    return [entity.name, entity.key] if entity else ["", ""]


def _finding(row: Any) -> list[str]:
    return [
        *_named(row.affected), row.affected_text, row.effect, row.direction, row.horizon, row.certainty,
        row.said_by, row.speaker.key if row.speaker else "", row.cue,
    ]  # fmt: skip


def _statement(row: Any) -> list[str]:
    about = " ".join(str(pk) for pk in row.about)
    return [*_named(row.speaker), row.speaker_text, row.verb, "yes" if row.is_quote else "no", about]


def _relation(row: Any) -> list[str]:
    return [*_named(row.subject), row.kind, *_named(row.object), row.cue]


CELLS: dict[str, Callable[[Any], Sequence[str]]] = {
    "findings": _finding,
    "statements": _statement,
    "relations": _relation,
}
ENTITIES = {
    "findings": ("affected", "speaker"),
    "statements": ("speaker",),
    "relations": ("subject", "object"),
}
