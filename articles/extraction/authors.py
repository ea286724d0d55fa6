"""Who wrote a page: names from JSON-LD, meta tags and byline elements, cleaned, with the strength of the evidence."""

import re
from collections.abc import Iterable

from articles.extraction.head import Head
from articles.extraction.structured import Structured, plain
from articles.extraction.tree import squeeze
from articles.extraction.types import Finding

_PREFIX = re.compile(
    r"^(?:(?:written |posted |published |story |text |article |reported )?by|von|par|por|di|od|door|av|af|yazan|автор|"
    r"text|autor(?:in|en|es|a)?|author|verfasst von|ein (?:artikel|beitrag|gastbeitrag|kommentar) von|redaktion|"
    r"propos recueillis par|texte)\s*[:|]?\s+",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\s\|\s|\s/\s|\s&\s|\s(?:and|und|et|y|e|och|en|oraz|и|with|mit)\s|,)\s*", re.IGNORECASE
)
_NOT_A_NAME = re.compile(r"https?://|www\.|@|\d{3,}|[<>{}\[\]]")


def split_names(text: str) -> list[str]:
    """A printed byline as names."""
    bare = _PREFIX.sub("", squeeze(text)).strip(" -–—|,;:·•.")
    return [name for piece in _SPLIT.split(bare) if (name := clean_name(piece))]


def clean_name(text: str) -> str:
    """One name without labels and punctuation around it; "" when it cannot be one."""
    name = _PREFIX.sub("", squeeze(text)).strip(" -–—|,;:·•\"'")
    if not 2 <= len(name) <= 60 or _NOT_A_NAME.search(name) or len(name.split()) > 6:
        return ""
    return name


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Names in order, each once."""
    return tuple(dict.fromkeys(names))


def find_authors(head: Head, structured: Structured) -> tuple[tuple[str, ...], Finding]:
    """The authors and the evidence for them."""
    names = unique(_stated(structured))
    if names:
        return names, Finding("; ".join(names), "json-ld", 0.9)
    names = unique(name for value in head.meta.get("author", [])[:5] for name in split_names(value))
    if names:
        return names, Finding("; ".join(names), "meta author", 0.6)
    return (), Finding("", "none", 0.0)


def _stated(structured: Structured) -> list[str]:
    for node in structured.articles:
        value = node.get("author") or node.get("creator")
        people = value if isinstance(value, list) else [value]
        names = []
        for person in people[:20]:
            if isinstance(person, dict) and set(person) <= {"@id", "@type"}:
                person = structured.by_id.get(str(person.get("@id")), {})
            names += split_names(plain(person))
        if names:
            return names
    return []
