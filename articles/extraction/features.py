"""What is known about a block of a page, as numbers: the input of the learned vote.

Nothing here names a site, and class names count only through a few general words (`blocks._HINTS`).
"""

import math
import re
from collections import defaultdict
from dataclasses import dataclass

from lxml.html import HtmlElement

from articles.extraction.blocks import PageBlock
from articles.extraction.hints import HINT_FLAGS, TAG_FLAGS
from articles.extraction.teasers import addresses_reader, is_credit, is_teaser

_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔][\"'”»“’)\]]*$")
_COMMA = re.compile("[,،、，;]")
_KINDS = ("heading", "list-item", "quote", "table-row", "preformatted")
_FLAGS = (*TAG_FLAGS, *HINT_FLAGS)
NAMES = (
    "anchor", "second", "scorer", "stated", "has_stated", "votes",
    "length", "words", "link_share", "bold_share", "italic_share", "sentence_end", "commas", "capitals", "digits",
    "colon_end",
    "is_p", "is_li", "level", "bracket",
    *(f"kind_{kind}" for kind in _KINDS),
    *(f"flag_{flag}" for flag in _FLAGS),
    "teaser", "credit", "reader", "repeated", "like_title", "like_description",
    "position", "text_position", "before_first", "after_last", "previous_anchor", "next_anchor",
    "previous_length", "next_length",
    "near_anchor", "gap_before", "gap_after",
    "parent_share", "grand_share", "shape_anchor", "shape_count", "shape_length", "shape_links",
    "page_blocks", "page_anchor", "agreement", "next_heading", "previous_heading",
    "anchor_is_whole", "second_is_whole",
)  # fmt: skip
_LONG = 80  # characters of a block that counts as running text


@dataclass(frozen=True, slots=True)
class Opinions:
    """For each block the share of it that every reader carries, 0..1."""

    anchor: list[float]
    second: list[float]
    scorer: list[float]
    stated: list[float]
    has_stated: bool
    anchor_whole: list[bool]
    second_whole: list[bool]


def describe(
    page: list[PageBlock], opinions: Opinions, title: str, description: str, wanted: list[int]
) -> list[list[float]]:
    """One row of numbers for each wanted block (by its index), in the order of `NAMES`."""
    around = _Around(page, opinions)
    titled, described = _bag(title), _bag(description)
    return [
        [
            *_said(opinions, index),
            *_written(page[index]),
            *_marked(page[index]),
            float(around.count[page[index].text] > 1),
            _overlap(page[index].tokens, titled),
            _overlap(page[index].tokens, described),
            *around.place(index),
            *around.company(index),
        ]
        for index in wanted
    ]  # fmt: skip


def _said(opinions: Opinions, index: int) -> list[float]:
    values = [opinions.anchor[index], opinions.second[index], opinions.scorer[index], opinions.stated[index]]
    return [*values, float(opinions.has_stated), float(sum(value >= 0.6 for value in values))]


def _written(block: PageBlock) -> list[float]:
    text = block.text
    size = max(1, len(text))
    return [
        math.log1p(len(text)),
        math.log1p(len(block.tokens)),
        block.link_share,
        block.bold_characters / size,
        block.italic_characters / size,
        float(bool(_SENTENCE_END.search(text[-6:]))),
        len(_COMMA.findall(text)) / size * 100,
        sum(map(str.isupper, text[:200])) / min(size, 200),
        sum(map(str.isdigit, text[:200])) / min(size, 200),
        float(text.endswith((":", "："))),
        float(block.tag == "p"),
        float(block.tag == "li"),
        float(block.level),
        float(text.startswith(("(", "[", "*", "–", "—", "-", "•", "|", ">", "»"))),
    ]


def _marked(block: PageBlock) -> list[float]:
    return [
        *(float(block.kind == kind) for kind in _KINDS),
        *(float(flag in block.flags) for flag in _FLAGS),
        float(is_teaser(block.text)),
        float(is_credit(block.text)),
        float(addresses_reader(block.text)),
    ]


def _bag(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _overlap(tokens: list[str], bag: set[str]) -> float:
    if not tokens or not bag:
        return 0.0
    own = set(tokens)
    return len(own & bag) / max(len(own), len(bag))


class _Around:
    """The page around a block: distances, neighbors, and blocks of the same shape."""

    def __init__(self, page: list[PageBlock], opinions: Opinions) -> None:
        self.page, self.opinions = page, opinions
        self.anchored = [value >= 0.5 for value in opinions.anchor]
        self.count: dict[str, int] = defaultdict(int)
        for block in page:
            self.count[block.text] += 1
        firm = [
            index
            for index, block in enumerate(page)
            if self.anchored[index] and len(block.text) >= _LONG and opinions.second[index] >= 0.5
        ] or [index for index, held in enumerate(self.anchored) if held]
        self.first, self.last = (firm[0], firm[-1]) if firm else (0, len(page) - 1)
        self._groups()
        self._distances()
        total = sum(len(block.text) for block in page) or 1
        self.anchor_characters = sum(len(b.text) for b, held in zip(page, self.anchored, strict=True) if held)
        both = sum(
            len(b.text)
            for b, held, value in zip(page, self.anchored, opinions.second, strict=True)
            if held and value >= 0.5
        )
        either = sum(
            len(b.text)
            for b, held, value in zip(page, self.anchored, opinions.second, strict=True)
            if held or value >= 0.5
        )
        self.overall = [math.log1p(len(page)), self.anchor_characters / total, both / max(1, either)]

    def _groups(self) -> None:
        self.parents: dict[HtmlElement | None, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.shapes: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
        self.keys: list[tuple[HtmlElement, HtmlElement | None, tuple[str, ...]]] = []
        for index, block in enumerate(self.page):
            holder = _holder(block)
            key = (
                holder,
                holder.getparent(),
                shape_of(block),
            )  # elements, not ids: lxml reuses those of dropped proxies
            self.keys.append(key)
            size = len(block.text)
            for group in {key[0], key[1]}:
                self.parents[group][0] += size * self.anchored[index]
                self.parents[group][1] += size
            shape = self.shapes[key[2]]
            shape[0] += size * self.opinions.anchor[index]
            shape[1] += size
            shape[2] += 1
            shape[3] += block.link_characters

    def _distances(self) -> None:
        size = len(self.page)
        self.text_before, characters = [], 0
        for block, held in zip(self.page, self.anchored, strict=True):
            self.text_before.append(characters)
            characters += len(block.text) * held
        self.gap_before, self.gap_after = [50.0] * size, [50.0] * size
        self.heading_before, self.heading_after = [0.0] * size, [0.0] * size
        for order, gaps in ((range(size), self.gap_before), (range(size - 1, -1, -1), self.gap_after)):
            gap = 50.0
            for index in order:
                gaps[index] = gap
                gap = (
                    0.0
                    if self.anchored[index] and len(self.page[index].text) >= _LONG
                    else min(50.0, gap + 1)
                )

    def place(self, index: int) -> list[float]:
        def held(position: int) -> float:
            return self.opinions.anchor[position] if 0 <= position < len(self.page) else 0.0

        def size(position: int) -> float:
            return math.log1p(len(self.page[position].text)) if 0 <= position < len(self.page) else 0.0

        near = sum(held(index + step) for step in (-3, -2, -1, 1, 2, 3)) / 6
        return [
            index / max(1, len(self.page)),
            self.text_before[index] / max(1, self.anchor_characters),
            float(max(0, self.first - index)),
            float(max(0, index - self.last)),
            held(index - 1), held(index + 1), size(index - 1), size(index + 1),
            near, self.gap_before[index], self.gap_after[index],
        ]  # fmt: skip

    def company(self, index: int) -> list[float]:
        parent, grand, shape_key = self.keys[index]
        shape = self.shapes[shape_key]
        kinds = [
            float(0 <= position < len(self.page) and self.page[position].kind == "heading")
            for position in (index + 1, index - 1)
        ]
        return [
            self.parents[parent][0] / max(1, self.anchor_characters),
            self.parents[grand][0] / max(1, self.anchor_characters),
            shape[0] / max(1, shape[1]),
            math.log1p(shape[2]),
            math.log1p(shape[1] / max(1, shape[2])),
            shape[3] / max(1, shape[1]),
            *self.overall,
            *kinds,
            float(self.opinions.anchor_whole[index]),
            float(self.opinions.second_whole[index]),
        ]  # fmt: skip


_LEAVES = frozenset(
    ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "tr", "td", "dd", "dt")
)


def _holder(block: PageBlock) -> HtmlElement:
    """The element around a block's own element."""
    above = block.parent.getparent() if block.tag in _LEAVES else None
    return block.parent if above is None else above


def shape_of(block: PageBlock) -> tuple[str, ...]:
    """Tag, and tag and class of the holder: blocks that share it were laid out by one template."""
    holder = _holder(block)
    return (block.tag, str(holder.tag), holder.get("class") or "")
