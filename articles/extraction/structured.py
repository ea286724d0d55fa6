"""Facts that a page states for machines: JSON-LD and the state that script frameworks embed."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from articles.extraction.tree import squeeze

MAX_SCRIPT = 1_000_000  # characters of one embedded document
MAX_DEPTH = 12
MAX_NODES = 20_000
ARTICLE_TYPES = frozenset(
    "article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle backgroundnewsarticle "
    "reviewnewsarticle advertisercontentarticle satiricalarticle scholarlyarticle techarticle blogposting "
    "liveblogposting socialmediaposting discussionforumposting report review recipe medicalscholarlyarticle "
    "askpublicnewsarticle".split()
)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_STATE_IDS = ("__NEXT_DATA__", "__NUXT_DATA__", "serverApp-state", "ng-state")
_TAG = re.compile(r"<[^<>]{1,400}>")
_BREAK = re.compile(r"<(?:/p|br|/div|/li|/h[1-6]|/blockquote)\b[^<>]{0,200}>", re.IGNORECASE)
_BODY_KEYS = (
    "articleBody",
    "body",
    "content",
    "html",
    "bodyHtml",
    "contentHtml",
    "text",
    "renderedContent",
    "articleText",
)

Json = dict[str, Any]


@dataclass(slots=True)
class Structured:
    """What the JSON-LD of a page says, article nodes apart from the rest."""

    articles: list[Json] = field(default_factory=list)
    nodes: list[Json] = field(default_factory=list)
    by_id: dict[str, Json] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)

    def first(self, *keys: str) -> str:
        """The first non-empty text under one of the keys, article nodes in order."""
        for node in self.articles:
            for key in keys:
                if text := plain(node.get(key)):
                    return text
        return ""


def plain(value: object) -> str:
    """A JSON value as one line of text; lists give their first text, objects their name or address."""
    if isinstance(value, str):
        return squeeze(_TAG.sub(" ", unescape(value)))
    if isinstance(value, list):
        return next((text for item in value[:5] if not isinstance(item, list) and (text := plain(item))), "")
    if isinstance(value, dict):
        inner = value.get("name") or value.get("@value") or value.get("url") or value.get("@id")
        return plain(inner) if isinstance(inner, str) else ""
    return ""


def unescape(text: str) -> str:
    """Character references resolved, twice when a page escaped them twice."""
    once = html.unescape(text)
    return html.unescape(once) if "&" in once and ";" in once else once


def load(text: str) -> Any:
    """JSON as pages write it (comments around, raw line breaks, a trailing comma); None when unreadable."""
    if len(text) > MAX_SCRIPT:
        return None
    bare = _WRAPPING.sub("", text).strip()
    for attempt in (bare, _TRAILING_COMMA.sub(r"\1", bare)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def walk(value: Any) -> Iterator[Json]:
    """All objects inside a JSON value, nearest first, within fixed limits of depth and number."""
    level, seen = [value], 0
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            seen += 1
            if seen > MAX_NODES:
                return
            if isinstance(item, dict):
                yield item
                below.extend(inner for inner in item.values() if isinstance(inner, dict | list))
            elif isinstance(item, list):
                below.extend(inner for inner in item if isinstance(inner, dict | list))
        level = below


def types_of(node: Json) -> set[str]:
    """The lower-case schema.org type names of a node."""
    kind = node.get("@type")
    names = kind if isinstance(kind, list) else [kind]
    return {name.rsplit("/", 1)[-1].lower() for name in names if isinstance(name, str)}


def read_structured(tree: HtmlElement) -> Structured:
    """The JSON-LD of a page; broken or oversized parts are left out."""
    found = Structured()
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        for node in walk(load(script.text)):
            _add(found, node)
    return found


def _add(found: Structured, node: Json) -> None:
    if len(found.nodes) >= MAX_NODES:
        return
    kinds = types_of(node)
    if kinds:
        found.types |= kinds
        found.nodes.append(node)
        if kinds & ARTICLE_TYPES:
            found.articles.append(node)
    if isinstance(identity := node.get("@id"), str) and len(node) > 2:
        found.by_id.setdefault(identity, node)


def body_paragraphs(structured: Structured) -> list[str]:
    """The article body that JSON-LD carries, cut into paragraphs; [] when it carries none."""
    bodies = [body for node in structured.articles if isinstance(body := node.get("articleBody"), str)]
    return to_paragraphs(max(bodies, key=len, default=""))


def to_paragraphs(value: str) -> list[str]:
    """Text or markup inside a JSON string as plain paragraphs."""
    marked = _BREAK.sub("\n", unescape(value[:MAX_SCRIPT]))
    return [line for raw in _TAG.sub(" ", marked).splitlines() if (line := squeeze(raw))]


def state_paragraphs(tree: HtmlElement) -> list[str]:
    """The longest article-like text inside the state a script framework embeds; [] when there is none."""
    best: list[str] = []
    for script in tree.iter("script"):
        if not script.text or not (
            script.get("id") in _STATE_IDS or script.get("type") == "application/json"
        ):
            continue
        for node in walk(load(script.text)):
            candidate = _node_body(node)
            if sum(map(len, candidate)) > sum(map(len, best)):
                best = candidate
    return best


def _node_body(node: Json) -> list[str]:
    best: list[str] = []
    for key in _BODY_KEYS:
        value = node.get(key)
        if isinstance(value, str) and len(value) > 200:
            candidate = to_paragraphs(value)
        elif isinstance(value, list):
            candidate = _block_list(value)
        else:
            continue
        if sum(map(len, candidate)) > sum(map(len, best)):
            best = candidate
    return best


def _block_list(blocks: list[Any]) -> list[str]:
    """Editors' block lists: strings, or objects holding text, html, content or value."""
    found: list[str] = []
    for block in blocks[:2000]:
        text = block
        if isinstance(block, dict):
            text = next(
                (
                    block[k]
                    for k in ("text", "html", "content", "value", "markup")
                    if isinstance(block.get(k), str)
                ),
                "",
            )
        if isinstance(text, str):
            found += to_paragraphs(text)
    return found
