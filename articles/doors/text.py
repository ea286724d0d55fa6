"""Plain, clean text out of what other programs write."""

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
TAG = re.compile(r"<[a-zA-Z/!?][^<>]{0,2000}>")
BREAK = re.compile(r"</?(?:p|div|br|li|h[1-6]|tr)\b[^<>]{0,2000}>", re.IGNORECASE)
HIDDEN = re.compile(r"<(script|style)\b", re.IGNORECASE)
LONGEST_LINE = 1000


def clean(text: str) -> str:
    """Text without characters that a database or a page cannot hold, line ends made one kind."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str, limit: int = LONGEST_LINE) -> str:
    """One line, its blanks single."""
    return " ".join(clean(text).split())[:limit]


def paragraphs(lines: list[str]) -> str:
    """Non-empty lines, one newline between them: the form of every text in this product."""
    return "\n".join(line for line in (" ".join(clean(line).split()) for line in lines) if line)


def without_tags(markup: str) -> str:
    """The words of a small piece of markup, such as the title of a feed entry."""
    text = TAG.sub("", BREAK.sub(" ", _shown(markup)))
    return one_line(html.unescape(text), 5000)


def _shown(markup: str) -> str:
    """Markup without scripts and styles; a search from each to its end, so that unclosed ones cost no more."""
    pieces, place = [], 0
    while found := HIDDEN.search(markup, place):
        pieces.append(markup[place : found.start()])
        place = markup.lower().find(f"</{found.group(1).lower()}", found.end())
        if place < 0:
            return " ".join(pieces)
    return " ".join([*pieces, markup[place:]])


def read_time(value: str) -> datetime | None:
    """A time in ISO 8601 or the form of mails, in UTC; a day alone is its midnight. None when it is neither."""
    value = one_line(value, 100)
    for reader in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = reader(value)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
