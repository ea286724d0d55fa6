"""The values extraction takes and gives. Frozen, free of any framework."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """Is what was captured an article at all?"""

    ARTICLE = "article"
    PARTIAL = "partial"  # a paywall or a teaser: the first paragraphs only
    NOT_ARTICLE = "not_article"  # cookie wall, bot check, login, listing, error page, video page …


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched snapshot in memory: the bytes as received and what the server said about them."""

    url: str  # the final address, after redirects
    body: bytes  # decoded from transfer and content encoding, never from its character set
    content_type: str = "text/html"  # the raw header value, "" when the server sent none
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    requested_url: str = ""
    redirects: tuple[str, ...] = ()
    fetched_at: datetime | None = None  # UTC


@dataclass(frozen=True, slots=True)
class Finding:
    """One metadata value with where it was read and how far to trust it."""

    value: str
    method: str  # "json-ld", "h1", "og:title", "htmldate" …
    confidence: float  # 0..1


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason not to take the extract at its word."""

    code: str  # "cookie-wall", "bot-check", "login", "listing", "short", "paywall" …
    reason: str  # a sentence a reader understands


@dataclass(frozen=True, slots=True)
class Block:
    """A structural piece of the text; `start`–`end` are code points in `Extract.text`."""

    kind: str  # "paragraph", "heading", "list-item", "quote", "table-row", "preformatted"
    start: int
    end: int
    level: int = 0  # heading level or list depth


@dataclass(frozen=True, slots=True)
class Extract:
    """What was read from a page. `text` separates its blocks by one newline ("\\n")."""

    title: str
    text: str
    blocks: tuple[Block, ...] = ()
    authors: tuple[str, ...] = ()
    byline: str = ""  # the author line as printed or joined from `authors`
    published_at: datetime | None = None  # time zone aware; midnight UTC when only a day is known
    published_on: str = ""  # YYYY-MM-DD, "" when none was found
    modified_at: datetime | None = None
    site: str = ""
    country: str = ""  # of the site, ISO 3166-1 alpha-2, "" when nothing points to one
    site_kind: str = ""  # "news", "government", "research", "blog", "" when the page does not say
    language: str = ""  # ISO 639-1 of the text, "" when undecidable
    canonical_url: str = ""  # absolute; "" when the page names none or one of another site
    section: str = ""
    description: str = ""
    lead_image: str = ""
    is_paywalled: bool = False
    verdict: Verdict = Verdict.ARTICLE
    doubts: tuple[Doubt, ...] = ()
    findings: dict[str, Finding] = field(
        default_factory=dict
    )  # title, authors, published, site … -> evidence
    extractor_version: str = ""
