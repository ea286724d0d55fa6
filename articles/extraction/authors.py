"""Who wrote a page: JSON-LD, printed bylines, meta tags; names cleaned, weak evidence kept back."""

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from articles.extraction.blocks import PageBlock
from articles.extraction.bylines import Printed, marked_bylines, written_byline
from articles.extraction.head import Head
from articles.extraction.structured import Structured, plain, types_of
from articles.extraction.tree import squeeze
from articles.extraction.types import Finding

_PREFIX = re.compile(
    r"^(?:(?:(?:written|posted|published|geschrieben|verfasst|erstellt|veröffentlicht|veroeffentlicht|text|story|"
    r"article|reported|publié|escrito|scritto|gepostet|eingestellt)\s+)?"
    r"(?:by|von|par|por|di|de|del|door|av|af|vom)|text|texte|autor(?:in|en|es|a)?|auteur|autore|author|authors|"
    r"автор|yazan|redakteur(?:in)?|ein (?:artikel|beitrag|gastbeitrag|kommentar) von|eine kolumne von|"
    r"propos recueillis par|"
    r"artikel von|autor/in|autor:in|byline)\b\s*[:|]?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\s\|\s|\s/\s|\s&\s|\s\+\s|\s(?:and|und|et|y|e|och|en|oraz|и|with|mit)\s|,)\s*", re.IGNORECASE
)
_TAIL = re.compile(
    r"\s*(?:[·•|–—]|\s-\s|\bon\b|\bam\b|\bum\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:montag|dienstag|mittwoch|"
    r"donnerstag|freitag|samstag|sonntag)\b|\bpublished\b|\bposted\b|\bupdated\b|\bstand\b|\bveröffentlicht\b|\d).*$",
    re.IGNORECASE | re.DOTALL,
)
_NOT_A_NAME = re.compile(
    r"https?://|www\.|@|\w\.[a-z]{2,4}$|\d{3,}|[<>{}\[\]=]|\b(?:admin|administrator|webmaster|editor|redaktion|redaction|redacción|redazione|"
    r"unknown|unbekannt|anonymous|gast|guest|staff|user|login|follow|folgen|mehr|more|articles?|artikel|posts?|beiträge|all|"
    r"alle|view|read|share|profil|profile|kontakt|contact|e-?mail|facebook|twitter|instagram|über|about|autoren|"
    r"authors?|contributors?|kommentare?|comments?|search|suche|veröffentlicht|published|posted|filed|last|übersetzung|translation|"
    r"gmbh|inc|ltd|llc|verband|verlag|agentur|media group)\b|\be\.\s?v\b",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"(?:[\s,/(]+(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|jan|feb|m[aä]r|apr|may|mai|ju[nl]|aug|sept?|o[ck]t|nov|de[cz]"
    r"|janu[a-z]+|febr[a-z]+|mär[a-z]+|march|april|jun[ei]|jul[iy]|august|sept[a-z]+|o[ck]tob[a-z]+|nov[a-z]+|de[cz]em[a-z]+)\.?)+[\s,/]*$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[^:]{2,24}:\s+(?=\S)")
_MAX_PRINTED = 6  # different marked names from which a page lists many people


def split_names(text: str) -> list[str]:
    """A printed byline as names, without the day and the places printed beside them."""
    bare = strip_label(text)
    bare = _CALENDAR.sub("", _TAIL.sub("", bare))
    return [name for piece in _SPLIT.split(bare) if (name := clean_name(piece))]


def strip_label(text: str) -> str:
    """A byline without "By", "Von", "Author:" in front."""
    bare = squeeze(text).strip(" -–—|,;:·•")
    return _LABEL.sub("", _PREFIX.sub("", bare))


def clean_name(text: str) -> str:
    """One name without labels and punctuation around it; "" when it cannot be a person's."""
    name = strip_label(text).strip(" -–—|,;:·•\"'()")
    if not 2 <= len(name) <= 50 or len(name.split()) > 5 or ":" in name or _NOT_A_NAME.search(name):
        return ""
    return name if any(map(str.isalpha, name)) else ""


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Names in order, each once, whatever its case."""
    return tuple({name.casefold(): name for name in reversed(list(names))}.values())[::-1]


def find_authors(
    tree: HtmlElement, page: list[PageBlock], head: Head, structured: Structured, site: str
) -> tuple[tuple[str, ...], Finding]:
    """The authors of a page and the evidence for them."""
    lines = [line for block in page if (line := written_byline(block.text))]
    return choose_authors(head, structured, marked_bylines(tree), lines, site)


def choose_authors(
    head: Head, structured: Structured, printed: list[Printed], lines: list[str], site: str
) -> tuple[tuple[str, ...], Finding]:
    """The best supported names: stated as persons, printed and marked, printed after "By", in a meta tag."""
    own = _letters(site.rsplit(".", 1)[0]) if "." in site else _letters(site)
    stated = _not_site(_stated(structured), own)
    shown = unique(_shown(printed))  # a marked byline is believed even when it names the site
    meta = _not_site((name for value in head.meta.get("author", [])[:4] for name in split_names(value)), own)
    meta = meta if all(_NAME.fullmatch(name) for name in meta) else ()  # often a login, a company, an agency
    written = _not_site(split_names(lines[0]) if lines else (), own)
    if stated:
        fuller = shown if _is_fuller(shown, stated) else stated
        return fuller, _finding(fuller, "json-ld", 0.95 if shown and set(shown) & set(stated) else 0.85)
    for names, method, confidence in (
        (shown, "byline", 0.75),
        (written, "by line", 0.6),
        (meta, "meta author", 0.5),
    ):
        if names:
            return names, _finding(names, method, confidence)
    return (), Finding("", "none", 0.0)


def _finding(names: tuple[str, ...], method: str, confidence: float) -> Finding:
    return Finding("; ".join(names), method, confidence)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _not_site(names: Iterable[str], own: str) -> tuple[str, ...]:
    """Names without that of the site itself, which is no evidence of a writer."""
    return unique(name for name in names if _letters(name) != own)


def _is_fuller(shown: tuple[str, ...], stated: tuple[str, ...]) -> bool:
    """Does the printed byline hold all stated names, or longer forms of them, and nothing but names?"""
    if not shown or len(shown) > 4 or not all(_NAME.fullmatch(name) for name in shown):
        return False
    return all(any(f" {name.casefold()} " in f" {other.casefold()} " for other in shown) for name in stated)


_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*\s?){2,4}")


def _shown(printed: list[Printed]) -> list[str]:
    """The names of the firmest bylines; none when the page marks many different people."""
    for least in (0.7, 0.45):
        lists = [names for line in printed if line.weight >= least and (names := split_names(line.text))]
        if lists and len({name for names in lists for name in names}) <= _MAX_PRINTED:
            first = lists[0]
            longer = [names for names in lists[:3] if len(names) > len(first) and set(first) <= set(names)]
            return longer[0] if longer else first
        if lists:
            return lists[0]
    return []


def _stated(structured: Structured) -> list[str]:
    for node in structured.articles:
        value = node.get("author") or node.get("creator")
        people = value if isinstance(value, list) else [value]
        names: list[str] = []
        for person in people[:20]:
            names += _person(person, structured)
        if names:
            return names
    return []


def _person(value: object, structured: Structured) -> list[str]:
    if isinstance(value, dict) and "name" not in value:
        value = structured.by_id.get(str(value.get("@id")), {})
    if isinstance(value, dict) and types_of(value) & {"organization", "newsmediaorganization", "corporation"}:
        return []
    return split_names(plain(value))
