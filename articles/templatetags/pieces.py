"""Cutting a text into blocks and segments, exactly, whatever overlaps; pure arithmetic on code points."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that becomes one block element."""

    kind: str
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch inside one sentence and under the same mentions and notes; the innermost comes first."""

    start: int
    end: int
    sentence: int | None
    mentions: tuple[Any, ...]
    notes: tuple[Any, ...] = ()


def paragraphs_of(text: str, blocks: Iterable[Sequence[Any]]) -> list[Piece]:
    """The blocks in order, cut to the text; what no block covers becomes paragraphs at its line breaks."""
    pieces: list[Piece] = []
    reached = 0
    for kind, start, end, *rest in sorted(blocks, key=lambda block: (block[1], block[2])):
        first, last = max(start, reached), min(end, len(text))
        if first >= last:
            continue
        pieces += _lines(text, reached, first)
        pieces.append(Piece(kind, first, last, rest[0] if rest else 0))
        reached = last
    return pieces + _lines(text, reached, len(text))


def _lines(text: str, start: int, end: int) -> list[Piece]:
    """Every line with something on it, as a paragraph."""
    pieces = []
    for line in text[start:end].split("\n"):
        if line.strip():
            pieces.append(Piece("paragraph", start, start + len(line)))
        start += len(line) + 1
    return pieces


def cut(
    start: int,
    end: int,
    mentions: Sequence[Any],
    sentences: Sequence[tuple[int, int, int]],
    notes: Sequence[Any] = (),
) -> list[Segment]:
    """Segments that together are exactly start..end."""
    here, noted = (
        [one for one in group if one.start < end and one.end > start] for group in (mentions, notes)
    )
    around = [sentence for sentence in sentences if sentence[1] < end and sentence[2] > start]
    edges = {start, end}
    for first, last in [(one.start, one.end) for one in [*here, *noted]] + [(s[1], s[2]) for s in around]:
        edges |= {min(max(first, start), end), min(max(last, start), end)}
    places = sorted(edges)
    return [
        Segment(
            first,
            last,
            _sentence(first, last, around),
            _covering(first, last, here),
            _covering(first, last, noted),
        )
        for first, last in pairwise(places)
    ]


def _sentence(start: int, end: int, sentences: Sequence[tuple[int, int, int]]) -> int | None:
    return next((number for number, first, last in sentences if first <= start and end <= last), None)


def _covering(start: int, end: int, mentions: Sequence[Any]) -> tuple[Any, ...]:
    found = [mention for mention in mentions if mention.start <= start and end <= mention.end]
    return tuple(sorted(found, key=lambda mention: (mention.end - mention.start, mention.start, mention.pk)))
