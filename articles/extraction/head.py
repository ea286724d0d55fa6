"""The head of a page: meta tags, links, title, language, read with BeautifulSoup."""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, SoupStrainer
from bs4.element import Tag

from articles.extraction.tree import squeeze, without_prolog

_WANTED = SoupStrainer(["html", "meta", "link", "title", "base"])
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style)\b", re.IGNORECASE)
_META = re.compile(r"<meta\b", re.IGNORECASE)
# Style sheets, icons, feeds: half the tags of a head, and BeautifulSoup takes as long for them as for the others.
_OTHER_LINK = re.compile(r"<link\b(?![^<>]{0,2000}canonical)[^<>]{0,2000}>", re.IGNORECASE)
_MAX_HEAD = 400_000
_MIN_TAGS = 3  # with fewer meta tags in the head the rest of the page is searched too


@dataclass(slots=True)
class Head:
    """Meta values by lower-case name (each a list, in page order), title, canonical address, language."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    title: str = ""
    canonical: str = ""
    language: str = ""
    feeds: list[str] = field(default_factory=list)
    refresh: str = ""

    def get(self, *names: str) -> str:
        """The first non-empty value under one of the names."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), "")


def read_head(html: str, url: str) -> Head:
    """The head of a page; `url` makes relative addresses absolute."""
    border = _BODY.search(html)
    part = html[: border.start() if border else _MAX_HEAD][:_MAX_HEAD]
    head = _read(part, url)
    if len(head.meta) < _MIN_TAGS and border and _META.search(html, border.start(), _MAX_HEAD):
        rest = _read(html[:_MAX_HEAD], url)
        head = rest if len(rest.meta) > len(head.meta) else head
    return head


def _read(part: str, url: str) -> Head:
    head = Head()
    markup = _OTHER_LINK.sub("", _without_scripts(without_prolog(part)))
    if "<" not in markup:
        return head
    soup = BeautifulSoup(markup, "lxml", parse_only=_WANTED)
    for tag in soup.find_all(True):
        if tag.name == "meta":
            _add_meta(head, tag)
        elif tag.name == "title" and not head.title:
            head.title = squeeze(tag.get_text())
        elif tag.name == "link":
            _add_link(head, tag, url)
        elif tag.name == "html":
            head.language = head.language or _text(tag, "lang") or _text(tag, "xml:lang")
    return head


def _without_scripts(part: str) -> str:
    """Scripts and styles cut out in one pass; an unclosed one ends the part."""
    kept, position = [], 0
    lower = part.lower()
    while match := _SCRIPT.search(part, position):
        kept.append(part[position : match.start()])
        end = lower.find("</" + match.group(1).lower(), match.end())
        if end < 0:
            return "".join(kept)
        position = end
    return "".join([*kept, part[position:]])


def _text(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return squeeze(" ".join(value) if isinstance(value, list) else value or "")


def _add_meta(head: Head, tag: Tag) -> None:
    content = _text(tag, "content")
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        name = _text(tag, attribute).lower()
        if name and content:
            head.meta.setdefault(name, []).append(content[:5000])


def _add_link(head: Head, tag: Tag, url: str) -> None:
    relation = _text(tag, "rel").lower().split()
    target = _text(tag, "href")
    if not target:
        return
    if "canonical" in relation and not head.canonical:
        head.canonical = absolute(target, url)


def absolute(target: str, url: str) -> str:
    """`target` against `url`; "" unless the result is an http address with a host."""
    try:
        joined = urljoin(url, target.strip())
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return joined if parts.scheme in ("http", "https") and parts.hostname else ""
