"""The visible text of a page cut into blocks: paragraphs, headings, list items, quotes, table rows."""

import re
import unicodedata
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from articles.extraction.hints import flags_of
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
_MAX_CELL = 200  # characters; a longer cell belongs to a table that lays out the page
_LAYOUT = frozenset("table ul ol h1 h2 script style form input article".split())

# Scripts written without spaces: each character counts as a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f"  # Thai, Lao, Khmer, Burmese
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana, Han
)
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")


def words(text: str) -> list[str]:
    """Lower-case words; scripts written without spaces give one word for each character."""
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
    italic_characters: int = 0
    tokens: list[str] = field(default_factory=list)

    @property
    def link_share(self) -> float:
        """The share of the text that is inside links, 0..1."""
        return self.link_characters / max(1, len(self.text))


@dataclass(frozen=True, slots=True)
class _Place:
    """What the enclosing block-level element says about a text."""

    kind: str
    level: int
    flags: frozenset[str]
    element: HtmlElement


@dataclass(frozen=True, slots=True)
class _Style:
    """What the enclosing inline elements say about a text."""

    linked: bool = False
    bold: bool = False
    italic: bool = False

    def inside(self, tag: str) -> "_Style":
        if tag == "a":
            return _Style(True, self.bold, self.italic)
        if tag in ("b", "strong"):
            return _Style(self.linked, True, self.italic)
        if tag in ("i", "em", "cite"):
            return _Style(self.linked, self.bold, True)
        return self


_PLAIN = _Style()


class _Reader:
    """Walks the tree once and closes a block at every block-level border."""

    def __init__(self) -> None:
        self.blocks: list[PageBlock] = []
        self._restart()

    def _restart(self) -> None:
        self.pieces: list[str] = []
        self.linked = self.bold = self.italic = self.breaks = 0

    def add(self, text: str, style: _Style) -> None:
        self.pieces.append(text)
        if text.isspace():
            return
        self.breaks = 0
        if style is not _PLAIN:
            size = len(text)
            self.linked += size * style.linked
            self.bold += size * style.bold
            self.italic += size * style.italic

    def flush(self, place: _Place) -> None:
        if not self.pieces:
            return
        raw = "".join(self.pieces)
        text = _keep_lines(raw) if place.kind == "preformatted" else squeeze(raw)
        if text:
            most = len(text)
            self.blocks.append(
                PageBlock(
                    kind=place.kind,
                    level=place.level,
                    text=text,
                    tag=str(place.element.tag),
                    flags=place.flags,
                    parent=place.element,
                    link_characters=min(most, self.linked),
                    bold_characters=min(most, self.bold),
                    italic_characters=min(most, self.italic),
                )
            )
        self._restart()

    def walk(self, element: HtmlElement, place: _Place, style: _Style) -> None:
        if text := element.text:
            self.add(text, style)
        for child in element:
            tag = child.tag
            if tag in _INLINE:
                if not is_hidden(child):
                    self.walk(child, place, style.inside(tag))
            elif tag not in _SKIPPED and isinstance(tag, str):
                self.step(child, tag, place, style)
            if text := child.tail:
                self.add(text, style)

    def step(self, child: HtmlElement, tag: str, place: _Place, style: _Style) -> None:
        if tag == "br":
            self.line_break(place)
        elif tag in ("main", "article") or not is_hidden(child):
            self.enter(child, place, style)

    def enter(self, child: HtmlElement, place: _Place, style: _Style) -> None:
        self.flush(place)
        inner = _enter(child, place)
        if child.tag == "tr" and (row := _data_row(child)):
            self.add(row, style)
            self.linked = sum(len(squeeze(link.text_content())) for link in child.iter("a"))
        else:
            self.walk(child, inner, style)
        self.flush(inner)

    def line_break(self, place: _Place) -> None:
        self.pieces.append("\n")
        self.breaks += 1
        if self.breaks >= 2 and place.kind != "preformatted":
            self.flush(place)


def _keep_lines(raw: str) -> str:
    return "\n".join(line.rstrip() for line in raw.splitlines() if line.strip())


def _data_row(row: HtmlElement) -> str:
    """The cells of a row of a data table on one line; "" for a table that only lays out the page."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if not 2 <= len(cells) <= 40 or any(inner.tag in _LAYOUT for inner in row.iterdescendants()):
        return ""
    texts = [squeeze(cell.text_content()) for cell in cells]
    if max(map(len, texts)) > _MAX_CELL:
        return ""
    return " | ".join(text for text in texts if text)


def _enter(element: HtmlElement, outer: _Place) -> _Place:
    kind, level = _kind(str(element.tag), outer)
    return _Place(kind, level, flags_of(element, outer.flags), element)


def _kind(tag: str, outer: _Place) -> tuple[str, int]:
    if tag in _HEADINGS:
        return "heading", _HEADINGS[tag]
    if tag in ("ul", "ol", "dl"):
        return "list-item", outer.level + 1 if outer.kind == "list-item" else 1
    fixed = {"blockquote": "quote", "pre": "preformatted", "tr": "table-row", "table": "paragraph"}
    return (fixed[tag], 0) if tag in fixed else (outer.kind, outer.level)


def read_blocks(tree: HtmlElement) -> list[PageBlock]:
    """All visible text blocks of a page, each with its words."""
    body = tree.find("body")
    if body is None:
        return []
    reader = _Reader()
    place = _Place("paragraph", 0, frozenset(), body)
    reader.walk(body, place, _PLAIN)
    reader.flush(place)
    for block in reader.blocks:
        block.tokens = words(block.text)
    return reader.blocks
