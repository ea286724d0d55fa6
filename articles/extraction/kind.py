"""What kind of site a page belongs to, as far as the page or its host says so."""

import re
from urllib.parse import urlsplit

from articles.extraction.head import Head
from articles.extraction.structured import Structured
from articles.extraction.types import Finding

# schema.org types of the publisher; "Organization" alone says nothing.
_TYPES = (
    ("news", frozenset(("newsmediaorganization", "newsarticle", "reportagenewsarticle"))),
    ("government", frozenset(("governmentorganization", "governmentoffice"))),
    ("research", frozenset(("researchorganization", "collegeoruniversity", "scholarlyarticle"))),
    ("blog", frozenset(("blog", "blogposting"))),
)
# Endings reserved by their registries, and hosts on which anybody may open a blog.
_HOSTS = (
    (
        "government",
        re.compile(
            r"(?:^|\.)(?:gov|gob|gouv|govt|mil|gc)(?:\.[a-z]{2})?$|(?:^|\.)europa\.eu$|\.bund\.de$|\.admin\.ch$"
        ),
    ),
    ("research", re.compile(r"(?:^|\.)(?:edu|ac)(?:\.[a-z]{2})?$")),
    (
        "blog",
        re.compile(
            r"\.(?:blogspot|substack|wordpress|tumblr|medium|ghost|hashnode|livejournal|typepad)\.[a-z.]{2,6}$|^medium\.com$"
        ),
    ),
)


def find_kind(head: Head, structured: Structured, url: str) -> Finding:
    """The kind of the site ("news", "government", "research", "blog") with its evidence; empty when unsaid."""
    host = _host(url)
    for kind, pattern in _HOSTS:
        if pattern.search(host):
            return Finding(kind, "host", 0.9)
    for kind, names in _TYPES:
        if names & structured.types:
            return Finding(kind, "json-ld", 0.75)
    if head.get("news_keywords", "article:publisher"):
        return Finding("news", "news meta tags", 0.5)
    return Finding("", "none", 0.0)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
