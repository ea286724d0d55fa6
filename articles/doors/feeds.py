"""Feeds and sitemaps: bytes → the articles they name."""

import calendar
import io
import json
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from time import struct_time
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeTree
from lxml import html as lxml_html

from articles.extraction.encoding import decode

from .text import one_line, read_time, without_tags
from .types import MEBIBYTE, Entry, Feed, FetchedBody, Sitemap, Skipped, UploadRefused

MOST_ENTRIES = 2_000  # of one feed; the largest that publishers serve have a few hundred
MOST_PAGES = 50_000  # of one sitemap, by its protocol
MOST_UNPACKED = 50 * MEBIBYTE  # of one sitemap, by its protocol
DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
PROLOG = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
DEFINITIONS = re.compile(r"<!DOCTYPE[^>\[]*+\[", re.IGNORECASE)
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def read_feed(fetched: FetchedBody) -> Feed:
    """The entries of an RSS, Atom or JSON feed; `UploadRefused` when it is none."""
    text, _ = decode(fetched.body, fetched.content_type)
    if text.lstrip("\ufeff \t\r\n")[:1] == "{":
        return _read_json_feed(text, fetched.url)
    return _read_xml_feed(text, fetched.url)


def _read_xml_feed(text: str, url: str) -> Feed:
    _refuse_entities(text)
    # The text is decoded already, so the character set its declaration names no longer holds.
    stream = io.BytesIO(DECLARATION.sub("", text.lstrip("\ufeff")).encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parsed = feedparser.parse(stream, response_headers=headers, sanitize_html=False)
    if not parsed.get("version"):
        raise UploadRefused("This is not a feed.")
    entries, skipped = _entries(parsed.entries[:MOST_ENTRIES], lambda raw: _xml_entry(raw, url))
    return Feed(
        kind="atom" if parsed.version.startswith("atom") else "rss",
        title=without_tags(_string(parsed.feed.get("title"))),
        url=_web_address(_string(parsed.feed.get("link")), url),
        language=one_line(_string(parsed.feed.get("language")), 8).lower(),
        entries=entries,
        skipped=skipped,
    )


def _refuse_entities(text: str) -> None:
    """A feed needs no definitions of its own; they serve to blow a parser up or to read files with it."""
    text = text.lstrip("\ufeff")
    if DEFINITIONS.match(text, PROLOG.match(text).end()):  # type: ignore[union-attr]  # it matches even nothing
        raise UploadRefused("The document defines entities of its own, which is not accepted.")


def _entries(
    raws: list[Any], read: Callable[[Any], Entry | None]
) -> tuple[tuple[Entry, ...], tuple[Skipped, ...]]:
    entries: dict[str, Entry] = {}
    skipped: list[Skipped] = []
    for number, raw in enumerate(raws, 1):
        entry = read(raw)
        if entry is None:
            skipped.append(Skipped(f"entry {number}", "It names no web address."))
        else:
            entries.setdefault(entry.url, entry)
    return tuple(entries.values()), tuple(skipped)


def _xml_entry(raw: Any, base: str) -> Entry | None:
    url = _web_address(_string(raw.get("link")), base)
    if not url and raw.get("guidislink", True):
        url = _web_address(_string(raw.get("id")), base)
    if not url:
        return None
    names = [_string(author.get("name")) for author in raw.get("authors", [])] or [_string(raw.get("author"))]
    # As a plain mapping: the library's own answers for a missing time with another one and a warning.
    published, updated = (_moment(dict.get(raw, f"{name}_parsed")) for name in ("published", "updated"))
    return Entry(
        url=url,
        title=without_tags(_string(raw.get("title"))),
        published_at=published or updated,
        modified_at=updated,
        summary=without_tags(_string(raw.get("summary"))[:20_000]),
        authors=tuple(name for name in map(one_line, names) if name),
        language=one_line(_string(raw.get("language")), 8).lower(),
    )


def _read_json_feed(text: str, url: str) -> Feed:
    try:
        raw = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        raise UploadRefused("This is not a feed.") from None
    if not str(raw.get("version", "")).startswith("https://jsonfeed.org/"):
        raise UploadRefused("This is not a feed.")
    items = [item for item in _list(raw.get("items")) if isinstance(item, dict)]
    entries, skipped = _entries(items[:MOST_ENTRIES], lambda item: _json_entry(item, url))
    return Feed(
        kind="json",
        title=without_tags(_string(raw.get("title"))),
        url=_web_address(_string(raw.get("home_page_url")), url),
        language=one_line(_string(raw.get("language")), 8).lower(),
        entries=entries,
        skipped=skipped,
    )


def _json_entry(item: dict[str, Any], base: str) -> Entry | None:
    url = _web_address(_string(item.get("url")) or _string(item.get("external_url")), base)
    if not url:
        return None
    authors = _list(item.get("authors")) or [item.get("author")]
    names = [_string(author.get("name")) for author in authors if isinstance(author, dict)]
    return Entry(
        url=url,
        title=without_tags(_string(item.get("title"))),
        published_at=read_time(_string(item.get("date_published"))),
        modified_at=read_time(_string(item.get("date_modified"))),
        summary=without_tags((_string(item.get("summary")) or _string(item.get("content_text")))[:20_000]),
        authors=tuple(name for name in map(one_line, names) if name),
        language=one_line(_string(item.get("language")), 8).lower(),
    )


def read_sitemap(fetched: FetchedBody) -> Sitemap:
    """The pages and further sitemaps of a sitemap (XML, gzip of XML, or one address a line)."""
    body = _unpacked(fetched.body) if fetched.body.startswith(b"\x1f\x8b") else fetched.body
    text, _ = decode(body, fetched.content_type)
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        addresses = [_web_address(line.strip(), "") for line in text.splitlines()[:MOST_PAGES]]
        if not any(addresses):
            raise UploadRefused("This is not a sitemap.")
        return Sitemap(entries=tuple(Entry(url) for url in dict.fromkeys(addresses) if url))
    return _read_xml_sitemap(text, fetched.url)


def _read_xml_sitemap(text: str, url: str) -> Sitemap:
    _refuse_entities(text)
    try:
        root = SafeTree.fromstring(DECLARATION.sub("", text.lstrip("\ufeff")), forbid_dtd=True)
    except (SafeTree.ParseError, DefusedXmlException, ValueError):
        raise UploadRefused("This is not a sitemap.") from None
    name = _bare(root.tag)
    if name not in ("urlset", "sitemapindex"):
        raise UploadRefused("This is not a sitemap.")
    found = [_sitemap_entry(element, url) for element in list(root)[:MOST_PAGES]]
    entries = tuple({entry.url: entry for entry in found if entry.url}.values())
    if name == "sitemapindex":
        return Sitemap(sitemaps=tuple(entry.url for entry in entries))
    return Sitemap(entries=entries)


def _sitemap_entry(element: Any, base: str) -> Entry:
    values = {_bare(child.tag): (child.text or "") for child in element}
    news = element.find(f"{NEWS}news")
    told = {_bare(child.tag): (child.text or "") for child in news.iter()} if news is not None else {}
    return Entry(
        url=_web_address(values.get("loc", ""), base),
        title=without_tags(told.get("title", "")),
        published_at=read_time(told.get("publication_date", "")),
        modified_at=read_time(values.get("lastmod", "")),
        language=one_line(told.get("language", ""), 8).lower(),
    )


def find_feeds(fetched: FetchedBody) -> tuple[str, ...]:
    """The addresses of the feeds a web page offers, in its own order."""
    text, _ = decode(fetched.body, fetched.content_type)
    head = re.split(r"<body[\s>]", text[:500_000], maxsplit=1, flags=re.IGNORECASE)[0]
    if not re.search(r"<link\b", head, re.IGNORECASE):
        return ()
    tree = lxml_html.document_fromstring(
        head.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8")
    )
    links = [
        _web_address(link.get("href") or "", fetched.url)
        for link in tree.iter("link")
        if "alternate" in (link.get("rel") or "").lower() and (link.get("type") or "").lower() in FEED_TYPES
    ]
    return tuple(dict.fromkeys(link for link in links if link))


def _unpacked(body: bytes) -> bytes:
    decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        content = decoder.decompress(body, MOST_UNPACKED + 1)
    except zlib.error:
        raise UploadRefused("The sitemap is compressed and its compression is broken.") from None
    if len(content) > MOST_UNPACKED:
        raise UploadRefused("The sitemap is larger than 50 MB.")
    return content


def _web_address(value: str, base: str) -> str:
    """An absolute http(s) address, or "". Whether it may be fetched is for fetching to say."""
    try:
        url = urljoin(base, value.strip()) if value.strip() else ""
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname and len(url) <= 2000 else ""
    except ValueError:
        return ""


def _moment(value: struct_time | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(value), UTC) if value else None
    except (ValueError, OverflowError, OSError):
        return None


def _bare(tag: Any) -> str:
    return str(tag).rpartition("}")[2].lower()


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
