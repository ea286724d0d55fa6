"""The headline of a page: the visible one when the machine-readable ones agree with it."""

import re
from difflib import SequenceMatcher

from lxml.html import HtmlElement

from articles.extraction.head import Head
from articles.extraction.structured import Structured
from articles.extraction.tree import squeeze
from articles.extraction.types import Finding

_SEPARATOR = re.compile(
    r"\s+[|\u2013\u2014\u00b7\u2022\u00bb\u00ab:\u2502/<>*~-]{1,2}\s+|\s*\|+\s*|\s*::\s*|\s*\u00bb\s*|:\s+"
)
_WORD = re.compile(r"\w+")
_MAX_TITLE = 400
_AGREES = 0.75


def fold(text: str) -> str:
    """Words of a title, lower case, punctuation aside: what two titles are compared by."""
    return " ".join(_WORD.findall(text.casefold()))


def similarity(one: str, other: str) -> float:
    """How alike two titles are, 0..1; a title inside the other one counts by the share it covers, at least 0.8."""
    left, right = fold(one), fold(other)
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    if (f" {left} " in f" {right} " or f" {right} " in f" {left} ") and min(len(left), len(right)) >= 12:
        return max(0.8, min(len(left), len(right)) / max(len(left), len(right)))
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def find_title(tree: HtmlElement, head: Head, structured: Structured, site: str) -> Finding:
    """The headline with its origin; an empty value when the page names none."""
    stated = [
        ("og:title", head.get("og:title")),
        ("json-ld", structured.first("headline", "name")),
        ("twitter:title", head.get("twitter:title")),
        ("title", head.title),
    ]
    stated = [(name, strip_site(value, site)) for name, value in stated if value]
    visible = _headlines(tree)
    for element_title in visible:
        score = max((similarity(element_title, value) for _, value in stated), default=0.0)
        if score >= _AGREES:
            return Finding(element_title, "h1", min(0.98, 0.6 + 0.4 * score))
    if stated:
        agreeing = sum(similarity(stated[0][1], value) >= _AGREES for _, value in stated)
        return Finding(stated[0][1], stated[0][0], min(0.9, 0.5 + 0.12 * agreeing))
    if visible:
        return Finding(visible[0], "h1", 0.5)
    return Finding("", "none", 0.0)


def _headlines(tree: HtmlElement) -> list[str]:
    found = []
    for element in tree.iter("h1", "h2"):
        text = squeeze(" ".join(element.itertext()))
        if 2 < len(text) <= _MAX_TITLE and text not in found:
            found.append(text)
        if len(found) >= 12:
            break
    return found


def strip_site(title: str, site: str) -> str:
    """A title without the name of the site, section or slogan that pages add at its ends."""
    text = squeeze(title)[:_MAX_TITLE]
    name = fold(site).replace(" ", "")
    pieces = _split(text)
    while len(pieces) > 1:
        last, first = fold(pieces[-1]).replace(" ", ""), fold(pieces[0]).replace(" ", "")
        if name and last and (last in name or name in last):
            pieces.pop()
        elif name and first and (first in name or name in first) and len(pieces[0]) < len(pieces[1]):
            pieces.pop(0)
        else:
            break
    return _join(text, pieces)


def _split(text: str) -> list[str]:
    return [piece for piece in _SEPARATOR.split(text) if piece and piece.strip()]


def _join(text: str, pieces: list[str]) -> str:
    """The stretch of the original text from the first to the last kept piece."""
    if not pieces:
        return text
    start = text.find(pieces[0])
    end = text.rfind(pieces[-1]) + len(pieces[-1])
    return text[start:end].strip() or text
