"""CSV: one row per mention, so that every tag carries its proof; an article without tags keeps one row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from reports.exports.cells import guard
from reports.exports.types import Item, MentionPart, TagPart

COLUMNS = (
    "article_id", "version", "title", "url", "link", "source", "source_grade", "byline", "published", "submitted",
    "language", "status", "text_sha256", "page_sha256", "fetched", "pipeline_version",
    "tag_kind", "tag", "entity_id", "tag_score", "salience", "about", "implied", "role", "role_category", "affiliation",
    "evidence", "surface", "field", "start", "end", "mention_kind", "score", "method", "origin", "sentence", "reasons",
)  # fmt: skip


def write(items: Iterable[Item]) -> Iterator[bytes]:
    """Encoded chunks, the header first; UTF-8 with a byte-order mark because spreadsheet programs ask for one."""
    yield "\ufeff".encode() + _line(COLUMNS)
    for item in items:
        for row in _rows(item):
            yield _line([guard(cell) for cell in row])


def _rows(item: Item) -> Iterator[list[str]]:
    head = [
        str(item.id), str(item.version), item.title, item.url, item.link, item.source, item.source_grade, item.byline,
        item.published, item.submitted, item.language, item.status, item.text_sha256, item.page_sha256, item.fetched,
        item.pipeline_version,
    ]  # fmt: skip
    if not item.tags:
        yield head + [""] * (len(COLUMNS) - len(head))
    for tag in item.tags:
        for mention in tag.mentions or (None,):
            yield head + _tag_cells(tag) + _mention_cells(mention)


def _tag_cells(tag: TagPart) -> list[str]:
    return [
        tag.kind, tag.name, tag.entity_id, f"{tag.score:.3f}", f"{tag.salience:.3f}", _yes(value=tag.is_about),
        _yes(value=tag.is_implied), tag.role, tag.role_category, tag.affiliation, tag.evidence,
    ]  # fmt: skip


def _mention_cells(mention: MentionPart | None) -> list[str]:
    if mention is None:  # a tag an analyst put on the article as a whole
        return [""] * 10
    return [
        mention.surface, mention.field, str(mention.start), str(mention.end), mention.kind, f"{mention.score:.3f}",
        mention.method, mention.origin, mention.sentence, "; ".join(mention.reasons),
    ]  # fmt: skip


def _yes(*, value: bool) -> str:
    return "yes" if value else "no"


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()
