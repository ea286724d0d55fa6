"""The headline of a page: the visible one when the machine-readable ones agree with it."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from articles.extraction.head import Head
from articles.extraction.structured import Structured
from articles.extraction.tree import squeeze
from articles.extraction.types import Finding

_SEPARATOR = re.compile(
    r"\s+[|\u2013\u2014\u00b7\u2022\u00bb\u00ab:\u2502/<>*~-]{1,2}\s+|\s*\|+\s*|\s*::\s*|\s*\u00bb\s*"
)
_WORD = re.compile(r"\w+")
_MAX_TITLE = 400
_MAX_HEADINGS = 30
_AGREES = 0.75
_KICKER_REST = 0.5  # share of a headline that must remain when a topic line is taken off


@lru_cache(maxsize=2000)  # each title of a page is compared with every other
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
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    likely = matcher.real_quick_ratio() >= _AGREES and matcher.quick_ratio() >= _AGREES
    return matcher.ratio() if likely else 0.0  # below agreement the exact figure does not matter


@dataclass(frozen=True, slots=True)
class Headline:
    """A visible heading: tag, text, and the texts of its child elements."""

    tag: str
    text: str
    parts: tuple[str, ...] = ()


def find_title(tree: HtmlElement, head: Head, structured: Structured, site: str, url: str) -> Finding:
    """The headline with its origin; an empty value when the page names none."""
    return choose_title(headlines(tree), head, structured, site, url)


def choose_title(visible: list[Headline], head: Head, structured: Structured, site: str, url: str) -> Finding:
    """The best of the visible headlines and of those the page states for machines."""
    stated = [
        (name, strip_site(value, site))
        for name, value in (
            ("og:title", head.get("og:title")),
            ("json-ld", structured.first("headline", "name")),
            ("twitter:title", head.get("twitter:title")),
            ("title", head.title),
        )
        if value
    ]
    names = {fold(site), fold(_host_name(url))} - {""}
    shown = [headline for headline in visible if fold(headline.text) not in names]
    best, score = _best_agreeing(shown, [value for _, value in stated])
    if best and score >= _AGREES:
        return Finding(
            _without_kicker(best, [value for _, value in stated]), "h1", min(0.98, 0.6 + 0.4 * score)
        )
    return _lone_heading(shown) or _stated(stated) or Finding(shown[0].text if shown else "", "h2", 0.2)


def _best_agreeing(shown: list[Headline], values: list[str]) -> tuple[Headline | None, float]:
    """The visible headline most like what the page states; the tag decides between equals."""
    best, best_score, best_rank = None, 0.0, 0.0
    for order, headline in enumerate(shown):
        score = max((similarity(headline.text, value) for value in values), default=0.0)
        rank = score + (0.12 if headline.tag == "h1" else 0.0) - 0.001 * order
        if score >= _AGREES and rank > best_rank:
            best, best_score, best_rank = headline, score, rank
    return best, best_score


def _without_kicker(headline: Headline, values: list[str]) -> str:
    """The headline without the topic line that some pages print inside the same element."""
    whole = fold(headline.text)
    for part in sorted({*values, *headline.parts}, key=len, reverse=True):
        inner = fold(part)
        if inner != whole and len(inner) >= _KICKER_REST * len(whole) and whole.endswith(" " + inner):
            start = headline.text.find(part[:12])
            return headline.text[start:].strip() if start > 0 else part
    return strip_bars(headline.text)


def strip_bars(text: str) -> str:
    """A visible headline without a section or site name behind a bar."""
    pieces = [piece.strip() for piece in text.split(" | ")]
    longest = max(pieces, key=len)
    return longest if len(pieces) > 1 and len(longest) >= _KICKER_REST * len(text) else text


def _lone_heading(shown: list[Headline]) -> Finding | None:
    """The only first-level heading of a page is its headline even when the head says something else."""
    first = list(dict.fromkeys(headline.text for headline in shown if headline.tag == "h1"))
    return Finding(strip_bars(first[0]), "h1", 0.55) if len(first) == 1 and len(first[0]) > 3 else None


def _stated(stated: list[tuple[str, str]]) -> Finding | None:
    if not stated:
        return None
    agreeing = sum(similarity(stated[0][1], value) >= _AGREES for _, value in stated)
    return Finding(stated[0][1], stated[0][0], min(0.9, 0.5 + 0.12 * agreeing))


def _host_name(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rsplit(".", 1)[0]


def headlines(tree: HtmlElement) -> list[Headline]:
    """The first headings of a page, hidden ones and those of navigation aside."""
    found: list[Headline] = []
    for element in tree.iter("h1", "h2", "h3"):
        text = squeeze(
            " ".join(element.xpath(".//text()[not(ancestor::style or ancestor::script or ancestor::svg)]"))
        )
        if 2 < len(text) <= _MAX_TITLE and next(element.iterancestors("nav", "footer"), None) is None:
            parts = tuple(part for child in element if (part := squeeze(" ".join(child.itertext()))))
            found.append(Headline(str(element.tag), text, parts))
        if len(found) >= _MAX_HEADINGS:
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
        elif name and first and (first in name or name in first) and len(pieces[0]) <= len(pieces[1]):
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
