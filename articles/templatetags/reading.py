"""What reading needs: text with its mentions marked, ages, icons, small charts. Everything else is escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from analysis.search.facts import countries
from articles.templatetags.pieces import Piece, Segment, cut, paragraphs_of

register = template.Library()

ELEMENTS = {"quote": "blockquote", "preformatted": "pre"}
CLASSES = {"list-item": "item", "table-row": "cells"}


class Marked(Protocol):
    """What the marks need to know of a mention."""

    pk: int
    start: int
    end: int
    kind: str
    entity_id: int | None
    is_implied: bool
    is_ambiguous: bool


class Noted(Protocol):
    """What the marks need to know of an analyst's note on a passage; `label` is "Note by lee"."""

    @property
    def pk(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Marks:
    """The spans to mark in one string: mentions, sentences as (number, start, end), passages with notes."""

    mentions: Sequence[Marked]
    sentences: Sequence[tuple[int, int, int]]
    notes: Sequence[Noted] = ()


@register.simple_tag
def marked_text(text: str, blocks: Iterable[Sequence[Any]], marks: Marks) -> SafeString:
    """The article's text as blocks, each sentence addressable (#s3), each mention a link to its card.

    Offsets are code points of `text`. `data-start` on a block is where its text begins, and a block's text
    content is exactly that stretch, so that a selection in the browser can be turned into offsets again.
    """
    seen: set[int] = set()
    parts = [_block(text, piece, marks, seen) for piece in paragraphs_of(text, blocks)]
    return mark_safe("\n".join(parts))  # noqa: S308 (built from escaped parts only)


@register.simple_tag
def marked_line(text: str, marks: Marks) -> SafeString:
    """A single line, the title, with its mentions marked."""
    return mark_safe(_inline(text, Piece("line", 0, len(text)), marks, set()))  # noqa: S308 (escaped parts)


def _block(text: str, piece: Piece, marks: Marks, seen: set[int]) -> SafeString:
    element = ELEMENTS.get(piece.kind, "p")
    if piece.kind == "heading":
        element = f"h{min(max(piece.level, 2), 4)}"
    elif piece.kind in CLASSES:
        element = "div"
    inner = mark_safe(_inline(text, piece, marks, seen))  # noqa: S308 (escaped parts)
    name = CLASSES.get(piece.kind, "")
    return format_html(
        '<{} class="block {}" data-start="{}">{}</{}>',
        element,
        name,
        piece.start,
        inner,
        element,
    )


def _inline(text: str, piece: Piece, marks: Marks, seen: set[int]) -> str:
    """Sentences as spans, mentions as links inside them; a mention over a sentence's end is shown in two links."""
    parts: list[str] = []
    now: int | None = None
    for segment in cut(piece.start, piece.end, marks.mentions, marks.sentences, marks.notes):
        if segment.sentence != now:
            parts.append("</span>" if now is not None else "")
            parts.append(_sentence_start(segment.sentence, seen))
            now = segment.sentence
        words = text[segment.start : segment.end]
        inner = _link(words, segment.mentions) if segment.mentions else format_html("{}", words)
        parts.append(_noted(inner, segment) if segment.notes else inner)
    if now is not None:
        parts.append("</span>")
    return "".join(parts)


def _sentence_start(number: int | None, seen: set[int]) -> str:
    if number is None:
        return ""
    if number in seen:
        return format_html('<span class="s" data-sentence="{}">', number)
    seen.add(number)
    return format_html('<span class="s" id="s{}" data-sentence="{}">', number, number)


def _noted(inner: str, segment: Segment) -> str:
    """A passage with notes; where one ends, a link without text leads to it, so the text's offsets stay as they are."""
    refs = [
        format_html(
            '<a class="note-ref no-print" id="passage-{}" href="#note-{}" aria-label="{}"></a>',
            one.pk,
            one.pk,
            one.label,
        )
        for one in segment.notes
        if one.end == segment.end
    ]
    return format_html('<mark class="noted">{}</mark>', inner) + "".join(refs)


def _link(words: str, mentions: Sequence[Marked]) -> str:
    """The innermost mention decides color and link; the card of the others is reached through its own page."""
    first, *others = mentions
    return format_html(
        '<a class="m kind-{}{}" href="{}" data-mention="{}"{}>{}</a>',
        first.kind,
        _manner(first),
        reverse("analysis:mention_detail", args=[first.pk]),
        first.pk,
        format_html(' data-also="{}"', " ".join(str(other.pk) for other in others)) if others else "",
        words,
    )


def _manner(mention: Marked) -> str:
    if mention.is_ambiguous:
        return " m-ambiguous"
    if mention.is_implied:
        return " m-implied"
    return "" if mention.entity_id else " m-unlinked"


@register.simple_tag
@cache
def icon(name: str, label: str = "") -> SafeString:
    """One of the vendored icons; decorative unless it has a label (one of the few words of our templates)."""
    address = f"{static('vendor/lucide/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, address
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.filter
def age(moment: datetime | None) -> str:
    """How long ago, in one unit: "now", "5 min", "3 h", "2 d", then the day."""
    if moment is None:
        return ""
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 0 or seconds >= 7 * 86400:
        return moment.strftime("%Y-%m-%d")
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {name} ago"
    return "just now"


@register.filter
def day(moment: datetime | None) -> str:
    """ISO day in UTC."""
    return moment.strftime("%Y-%m-%d") if moment else ""


@register.filter
def moment(value: datetime | None) -> str:
    """ISO day and time in UTC, to the second."""
    return value.strftime("%Y-%m-%d %H:%M:%S UTC") if value else ""


@register.filter
def country_name(code: str) -> str:
    """The English short name of a country (ISO 3166-1 alpha-2), or what was given when it is no known code."""
    found = countries().get(code)
    return found.name if found else code


@register.filter
def percent(score: float | None) -> str:
    """A score between 0 and 1 as whole percent."""
    return f"{round((score or 0) * 100)} %"


@register.filter
def short(text: str, length: int) -> str:
    """The text, or its beginning and a sign that more follows; never more than `length` characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


@register.filter
def thousands(number: int) -> str:
    """1,234,567."""
    return f"{number:,}"


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value at a key, or nothing."""
    return mapping.get(key)


@register.filter
def split_words(text: str) -> list[str]:
    """The words of a constant in a template."""
    return text.split()


@register.filter
def without_start(text: str, start: str) -> str:
    """The text without the words it begins with."""
    return text.removeprefix(start)


@register.filter
def slice_to(text: str, end: int) -> str:
    """The text before a place."""
    return text[:end]


@register.filter
def slice_from(text: str, start: int) -> str:
    """The text from a place on."""
    return text[start:]


@register.filter
def slice_between(text: str, span: Any) -> str:
    """The text between a span's start and end."""
    return text[span.start : span.end]
