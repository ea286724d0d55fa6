"""The visible text of a page cut into blocks: paragraphs, headings, list items, quotes, table rows."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from articles.extraction.tree import is_hidden, squeeze

_SKIPPED = frozenset(
    "script style noscript template svg math iframe object embed select option button textarea input head title "
    "canvas audio video map progress meter datalist link meta".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr img picture source o:p amp-img".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_FLAG_TAGS = {
    "nav": "nav", "aside": "aside", "footer": "footer", "header": "header", "form": "form",
    "figure": "figure", "figcaption": "caption", "dialog": "form", "fieldset": "form", "caption": "caption",
}  # fmt: skip
_FLAG_ROLES = {
    "navigation": "nav", "complementary": "aside", "contentinfo": "footer", "banner": "header",
    "dialog": "form", "search": "form", "alert": "form", "alertdialog": "form", "menu": "nav",
}  # fmt: skip
# Names that page builders give to parts beside the article; a hint among others, never a verdict.
_HINTS = (
    ("related", re.compile(r"relat|recommend|read-?more|more-?(?:news|stories|from)|also|teaser|trending|popular|outbrain|taboola|similar|weiterlesen|linkbox|verwandt|mehr-?zum", re.I)),
    ("share", re.compile(r"shar(?:e|ing)|social|follow|tool(?:bar|s)\b|print|sharedaddy|addthis", re.I)),
    ("meta", re.compile(r"byline|author|autor|meta(?:data)?\b|date|time(?:stamp)?\b|kicker|tags?\b|categor|breadcrumb|crumb|rubri|label", re.I)),
    ("comment", re.compile(r"comment|kommentar|disqus|respond|repl(?:y|ies)|discussion|forum", re.I)),
    ("promo", re.compile(r"promo|newsletter|subscri|signup|sign-up|paywall|advert|sponsor|banner|\bads?\b|anzeige|werbung|donat|cookie|consent|gdpr|privacy|abo\b", re.I)),
    ("caption", re.compile(r"caption|credit|legend|figure|bildunterschrift|copyright|image-?(?:text|desc)|wp-?caption|gallery|slide", re.I)),
    ("chrome", re.compile(r"nav|menu|sidebar|side-?bar|footer|header|widget|masthead|skip|modal|popup|overlay|hidden|sr-only|visually|screen-reader", re.I)),
    ("body", re.compile(r"article-?(?:body|text|content)|story-?(?:body|text|content)|post-?(?:body|text|content)|entry|content|\bbody\b|\btext\b|main|haupt", re.I)),
)  # fmt: skip

_WORD = re.compile(
    "[\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]|[^\\W\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff]+"
)


def words(text: str) -> list[str]:
    """Lower-case words; scripts written without spaces count each character as one."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


@dataclass(slots=True)
class PageBlock:
    """A run of text between two block-level borders of the page, in page order."""

    kind: str
    level: int
    text: str
    tag: str
    flags: frozenset[str]
    parent: HtmlElement
    link_characters: int = 0
    bold_characters: int = 0
    tokens: list[str] = field(default_factory=list)

    @property
    def link_share(self) -> float:
        return self.link_characters / max(1, len(self.text))


@dataclass(slots=True)
class _Place:
    """What the enclosing elements say about a text."""

    kind: str
    level: int
    tag: str
    flags: frozenset[str]
    element: HtmlElement


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[PageBlock] = []
        self.pieces: list[str] = []
        self.linked = 0
        self.bold = 0
        self.lines = 0

    def add(self, text: str | None, *, linked: bool, bold: bool) -> None:
        if not text:
            return
        self.pieces.append(text)
        size = len(text) - text.count(" ") - text.count("\n") - text.count("\t")
        if size:
            self.lines = 0
        if linked:
            self.linked += size
        if bold:
            self.bold += size

    def flush(self, place: _Place) -> None:
        if not self.pieces:
            return
        raw = "".join(self.pieces)
        text = squeeze(raw) if place.kind != "preformatted" else _keep_lines(raw)
        if text:
            self.blocks.append(
                PageBlock(
                    place.kind, place.level, text, place.tag, place.flags, place.element,
                    min(len(text), self.linked), min(len(text), self.bold),
                )
            )  # fmt: skip
        self.pieces, self.linked, self.bold, self.lines = [], 0, 0, 0

    def walk(self, element: HtmlElement, place: _Place, *, linked: bool, bold: bool) -> None:
        self.add(element.text, linked=linked, bold=bold)
        for child in element:
            self.step(child, place, linked=linked, bold=bold)
            self.add(child.tail, linked=linked, bold=bold)

    def step(self, child: HtmlElement, place: _Place, *, linked: bool, bold: bool) -> None:
        tag = child.tag
        if not isinstance(tag, str) or tag in _SKIPPED:
            return
        if tag == "br":
            self.line_break(place)
        elif is_hidden(child) and tag not in ("body", "html", "main", "article"):
            return
        elif tag in _INLINE:
            self.walk(child, place, linked=linked or tag == "a", bold=bold or tag in ("b", "strong"))
        elif tag == "tr" and (row := _data_row(child)):
            self.flush(place)
            self.add(row, linked=False, bold=False)
            self.linked = sum(len(squeeze(link.text_content())) for link in child.iter("a"))
            self.flush(_enter(child, place))
        else:
            self.flush(place)
            inner = _enter(child, place)
            self.walk(child, inner, linked=linked, bold=bold)
            self.flush(inner)

    def line_break(self, place: _Place) -> None:
        self.pieces.append("\n")
        self.lines += 1
        if self.lines >= 2 and place.kind != "preformatted":
            self.flush(place)


def _keep_lines(raw: str) -> str:
    return "\n".join(line.rstrip() for line in raw.strip("\n").splitlines() if line.strip())


def _data_row(row: HtmlElement) -> str:
    """The cells of a row of a data table on one line; "" for a table that only lays out the page."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or len(cells) > 40:
        return ""
    texts = [squeeze(cell.text_content()) for cell in cells]
    if max(map(len, texts)) > 200 or any(
        descendant.tag in ("table", "ul", "ol", "h1", "h2", "script", "style", "form", "input", "article")
        for descendant in row.iterdescendants()
    ):
        return ""
    return " | ".join(text for text in texts if text)


def _enter(element: HtmlElement, outer: _Place) -> _Place:
    tag = element.tag
    kind, level = outer.kind, outer.level
    if tag in _HEADINGS:
        kind, level = "heading", _HEADINGS[tag]
    elif tag in ("ul", "ol", "dl"):
        kind, level = outer.kind, (outer.level + 1 if outer.kind == "list-item" else 1)
        kind = "list-item" if kind != "quote" else kind
    elif tag == "blockquote":
        kind, level = "quote", 0
    elif tag == "pre":
        kind, level = "preformatted", 0
    elif tag == "tr":
        kind, level = "table-row", 0
    elif tag == "table":
        kind, level = "paragraph", 0
    return _Place(kind, level, tag, _flags(element, outer.flags), element)


def _flags(element: HtmlElement, outer: frozenset[str]) -> frozenset[str]:
    found = set()
    if flag := _FLAG_TAGS.get(element.tag):
        found.add(flag)
    if (role := element.get("role")) and (flag := _FLAG_ROLES.get(role)):
        found.add(flag)
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(names) > 1 and element.tag not in ("body", "html"):
        found |= _named(names[:300])
    if element.get("itemprop") == "articleBody":
        found.add("body")
    return outer | found if found - outer else outer


@lru_cache(maxsize=20_000)  # one page repeats few names many times
def _named(names: str) -> frozenset[str]:
    return frozenset(flag for flag, pattern in _HINTS if pattern.search(names))


def read_blocks(tree: HtmlElement) -> list[PageBlock]:
    """All visible text blocks of a page, each with its words."""
    body = tree.find("body")
    if body is None:
        return []
    reader = _Reader()
    place = _Place("paragraph", 0, "body", frozenset(), body)
    reader.walk(body, place, linked=False, bold=False)
    reader.flush(place)
    for block in reader.blocks:
        block.tokens = words(block.text)
    return reader.blocks


def repeated(blocks: list[PageBlock]) -> Counter[str]:
    """How often each text occurs on the page."""
    return Counter(block.text for block in blocks)
