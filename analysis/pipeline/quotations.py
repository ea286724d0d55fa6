"""Where a text quotes: pairs of marks inside a paragraph, and quotations that run on over paragraphs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile("[“”„«»\"]|''|``")
_LINE = re.compile(r"[^\n\r]+")
_OPENING, _CLOSING = "“„«", "”»"
MIN_WORDS = 4  # fewer quoted words are a title or a way of speaking, not a statement
_LONGEST = 3000  # code points: a mark left open further than this closes nothing


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words between the marks, which stand outside `start` and `end`."""

    start: int
    end: int
    is_open: bool = False  # the paragraph ends before the closing mark; the next one goes on


def find_quotations(text: str) -> tuple[Quotation, ...]:
    """Quotations of at least four words, in order, none overlapping."""
    lines = list(_LINE.finditer(text))
    found: list[Quotation] = []
    for number, line in enumerate(lines):
        following = lines[number + 1].group().lstrip()[:1] if number + 1 < len(lines) else ""
        found += _in_line(text, line.start(), line.end(), goes_on=_MARK.match(following) is not None)
    return tuple(one for one in found if len(text[one.start : one.end].split()) >= MIN_WORDS)


def _in_line(text: str, first: int, last: int, *, goes_on: bool) -> Iterator[Quotation]:
    opened: int | None = None
    for mark in _MARK.finditer(text, first, last):
        if opened is not None and _closes(text, mark, last):
            if mark.start() - opened < _LONGEST:
                yield Quotation(opened, mark.start())
            opened = None
        elif _opens(text, mark, first):
            opened = mark.end()
    if opened is not None and goes_on and last - opened < _LONGEST:
        yield Quotation(opened, last, is_open=True)


def _opens(text: str, mark: re.Match[str], first: int) -> bool:
    if mark.group() in _CLOSING:
        return False
    before = text[mark.start() - 1] if mark.start() > first else " "
    return mark.group() in _OPENING or before.isspace() or before in "([—–-:‘'"


def _closes(text: str, mark: re.Match[str], last: int) -> bool:
    if mark.group() in _OPENING:
        return False
    after = text[mark.end()] if mark.end() < last else " "
    return mark.group() in _CLOSING or not after.isalnum()


def mask(string: str, offset: int, quotations: tuple[Quotation, ...]) -> str:
    """The stretch of text that begins at `offset`, quoted words replaced by spaces, same length."""
    for one in quotations:
        start, end = max(0, one.start - offset), min(len(string), one.end - offset)
        if start < end:
            string = string[:start] + " " * (end - start) + string[end:]
    return string
