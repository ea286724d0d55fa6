"""Text that people hand in: what is taken, what is refused and why, and its paragraphs."""

import hashlib
import re
import unicodedata
from datetime import UTC, date, datetime

from django.conf import settings

MAX_STRANGE = 0.01  # share of replacement or control characters from which a text counts as damaged
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\u200b\u2060\ufeff]")
_MARKDOWN_LINE = re.compile(r"^\s{0,3}(?:(#{1,6})\s+|([-*+]|\d{1,3}[.)])\s+|(>)\s?)")
_MARKDOWN_INLINE = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)|(\*\*|__)(?=\S)(.+?)(?<=\S)\2|`([^`\n]+)`")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")

Block = tuple[str, int, int, int]


class SubmissionRefused(Exception):
    """What was handed in cannot be taken; `reason` is a sentence for the person who handed it in."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean_text(given: str) -> str:
    """The text as it will be stored: NFC, "\\n" line ends, no control characters. Raises SubmissionRefused."""
    limit = settings.TEXT_MAX_CHARACTERS
    if len(given) > limit:
        raise SubmissionRefused(
            f"The text has {len(given):,} characters; at most {limit:,} are taken. Please split it."
        )
    if "\x00" in given:
        raise SubmissionRefused(
            "The text contains NUL characters: this looks like a binary file, not a text."
        )
    strange = given.count("\ufffd") + len(re.findall("[\x01-\x08\x0e-\x1f\x80-\x9f]", given))
    if strange > max(3, len(given) * MAX_STRANGE):
        raise SubmissionRefused(
            "Many characters cannot be read: the text was saved in another encoding. "
            "Please save it as UTF-8 and hand it in again."
        )
    text = unicodedata.normalize("NFC", given.replace("\r\n", "\n").replace("\r", "\n"))
    text = "\n".join(line.rstrip() for line in _CONTROL.sub("", text).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n").strip()
    if not text:
        raise SubmissionRefused("The text is empty.")
    if not any(character.isalpha() for character in text):
        raise SubmissionRefused("The text contains no words.")
    return text


def clean_line(given: str, length: int) -> str:
    """One line of at most `length` characters without control characters."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", given)).split())[:length].strip()


def text_hash(text: str) -> str:
    """SHA-256 (hex) of the words; two texts that differ in white space only are the same text."""
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def paragraphs(text: str) -> list[Block]:
    """Every line that is not blank as (kind, start, end, level), offsets in code points."""
    blocks: list[Block] = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(("paragraph", start, start + len(line), 0))
        start += len(line) + 1
    return blocks


def read_markdown(text: str) -> tuple[str, list[Block]]:
    """Plain text and its structure from Markdown: headings, list items, quotes; links become their words."""
    lines: list[str] = []
    blocks: list[Block] = []
    start = 0
    for raw in text.split("\n"):
        mark = _MARKDOWN_LINE.match(raw)
        line = _MARKDOWN_INLINE.sub(_words, raw[mark.end() :] if mark else raw).rstrip()
        if not line.strip():
            continue
        kind, level = _kind(mark)
        blocks.append((kind, start, start + len(line), level))
        lines.append(line)
        start += len(line) + 1
    return "\n".join(lines), blocks


def _words(found: re.Match[str]) -> str:
    return found[1] if found[1] is not None else found[3] or found[4] or ""


def _kind(mark: re.Match[str] | None) -> tuple[str, int]:
    """The block kind and level a Markdown line mark stands for."""
    if mark is None:
        return "paragraph", 0
    if mark[1]:
        return "heading", len(mark[1])
    return ("list-item", 1) if mark[2] else ("quote", 0)


def count_words(text: str) -> int:
    """Words; in scripts without spaces two characters count as one word."""
    dense = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + dense // 2


def read_day(given: str | date | datetime | None) -> datetime | None:
    """A day as midnight UTC; None when nothing was given. Raises SubmissionRefused for what is no date."""
    if not given:
        return None
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    if isinstance(given, date):
        return datetime(given.year, given.month, given.day, tzinfo=UTC)
    try:
        day = datetime.fromisoformat(given.strip())
    except ValueError:
        raise SubmissionRefused("The date must be written as YYYY-MM-DD.") from None
    return day if day.tzinfo else day.replace(tzinfo=UTC)
