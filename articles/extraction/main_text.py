"""The text of the article: every block of the page is judged by what independent readers say about it."""

from collections import Counter
from dataclasses import dataclass

from lxml.html import HtmlElement

from articles.extraction.blocks import PageBlock, words
from articles.extraction.bylines import written_byline
from articles.extraction.features import Opinions, describe, shape_of
from articles.extraction.structured import Structured, body_paragraphs, state_paragraphs
from articles.extraction.teasers import is_teaser
from articles.extraction.types import Block
from articles.extraction.vote import probabilities
from articles.extraction.witnesses import ask_readability, ask_scorer, ask_trafilatura

_SHINGLE = 4
_SHOWN = 0.5  # share of a text that the visible page must hold to count as shown
_KEEP = 0.5  # probability from which a block is kept
_SUPPORT = 0.2  # share of a block that some reader must carry; the rest (most of a page) needs no vote
_REPEATED = 40  # characters; shorter lines may stand in an article twice
_RUNNING = 80  # characters of a block that counts as running text
_STATED = 500  # characters from which a body in JSON-LD is worth comparing with
_RENDERED = 250  # characters; with less visible text a page was meant to be drawn by its scripts


@dataclass(frozen=True, slots=True)
class Text:
    """The chosen blocks as one text, with the blocks of the whole page for those who judge it."""

    text: str
    blocks: tuple[Block, ...]
    page: tuple[PageBlock, ...]
    kept: tuple[PageBlock, ...]
    from_state: bool = False


class Witness:
    """The paragraphs one reader takes for the article, ready to be asked about a block."""

    def __init__(self, paragraphs: list[str], known: dict[str, list[str]] | None = None) -> None:
        """`known` are the words of texts that were cut before, such as the blocks of the page."""
        before = known or {}
        lists = [before.get(paragraph) or words(paragraph) for paragraph in paragraphs]
        flat = [word for tokens in lists for word in tokens]
        self.shingles = shingles(flat) | {tuple(tokens) for tokens in lists if 0 < len(tokens) < _SHINGLE}
        self.whole = {" ".join(tokens) for tokens in lists}

    def covers(self, said: "Said") -> float:
        """The share of a block's shingles that the reader has, 0..1."""
        if said.is_short:
            return float(bool(said.whole) and self.has_whole(said))
        return len(said.shingles & self.shingles) / len(said.shingles)

    def has_whole(self, said: "Said") -> bool:
        """Whether the block is one of the reader's paragraphs as a whole."""
        return said.whole in self.whole


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a block, cut once for all readers."""

    shingles: set[tuple[str, ...]]
    whole: str
    is_short: bool

    @classmethod
    def of(cls, tokens: list[str]) -> "Said":
        return cls(shingles(tokens), " ".join(tokens), len(tokens) < _SHINGLE)


def shingles(tokens: list[str]) -> set[tuple[str, ...]]:
    """Runs of four words; of all words when there are fewer."""
    if len(tokens) < _SHINGLE:
        return {tuple(tokens)} if tokens else set()
    return set(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))


def read_text(
    tree: HtmlElement, page: list[PageBlock], structured: Structured, title: str, description: str
) -> Text:
    """The article's text of a page; title and description are what its head says."""
    stated = body_paragraphs(structured)
    readers = Readers(ask_trafilatura(tree), ask_readability(tree), stated)
    kept = choose(page, readers, title, description)
    if sum(len(block.text) for block in kept) < _RENDERED:
        embedded = max(stated, state_paragraphs(tree), key=_size)
        if _size(embedded) <= _RENDERED:
            embedded = _unseen(readers.anchor, page)
        if _size(embedded) > _RENDERED:
            text, blocks = assemble([("paragraph", 0, line) for line in embedded])
            return Text(text, blocks, tuple(page), (), from_state=True)
    text, blocks = assemble([(block.kind, block.level, block.text) for block in kept])
    return Text(text, blocks, tuple(page), tuple(kept))


def _size(lines: list[str]) -> int:
    return sum(map(len, lines))


def _unseen(paragraphs: list[str], page: list[PageBlock]) -> list[str]:
    """Paragraphs that trafilatura found where the page shows nothing yet (templates, embedded state); else none."""
    tokens = [word for paragraph in paragraphs for word in words(paragraph)]
    shown = Witness([block.text for block in page]).covers(Said.of(tokens)) if tokens else 1.0
    return paragraphs if shown < _SHOWN else []


@dataclass(frozen=True, slots=True)
class Readers:
    """The paragraphs of the independent readers of a page."""

    anchor: list[str]
    second: list[str]
    stated: list[str]


def choose(page: list[PageBlock], readers: Readers, title: str, description: str) -> list[PageBlock]:
    """The blocks of the page that belong to the article, in page order."""
    opinions = gather(page, readers)
    supported = [
        index
        for index, said in enumerate(
            zip(opinions.anchor, opinions.second, opinions.scorer, opinions.stated, strict=True)
        )
        if max(said) >= _SUPPORT
    ]
    rows = describe(page, opinions, title, description, supported)
    chances = [0.0] * len(page)
    for index, chance in zip(supported, probabilities(rows), strict=True):
        chances[index] = chance
    firm = _firm_shapes(page, opinions, chances)
    copies = Counter(readers.anchor)
    kept: list[PageBlock] = []
    for index, block in enumerate(page):
        if chances[index] < _KEEP and not (_carried(block, opinions, index) and shape_of(block) in firm):
            continue
        if (
            len(block.text) > _REPEATED
            and copies[block.text] <= 0
            and any(block.text == other.text for other in kept)
        ):
            continue  # a copy for another screen width, a pull quote
        if written_byline(block.text) and not any(len(other.text) >= _RUNNING for other in kept):
            continue  # the byline is metadata
        copies[block.text] -= 1
        kept.append(block)
    return kept


def gather(page: list[PageBlock], readers: Readers) -> Opinions:
    """What every reader says about every block."""
    known = {block.text: block.tokens for block in page}
    anchor, second = Witness(readers.anchor, known), Witness(readers.second, known)
    scorer, stated = Witness(ask_scorer(page), known), Witness(readers.stated, known)
    said = [Said.of(block.tokens) for block in page]
    lists = [[witness.covers(one) for one in said] for witness in (anchor, second, scorer, stated)]
    whole = [[witness.has_whole(one) for one in said] for witness in (anchor, second)]
    has_stated = sum(map(len, readers.stated)) > _STATED
    return Opinions(lists[0], lists[1], lists[2], lists[3], has_stated, whole[0], whole[1])


def _firm_shapes(page: list[PageBlock], opinions: Opinions, chances: list[float]) -> set[tuple[str, ...]]:
    """Shapes of which all readers took a good part for the article: a body cut in two keeps its second half."""
    return {
        shape_of(block)
        for block, chance, anchor in zip(page, chances, opinions.anchor, strict=True)
        if chance >= 0.8 and anchor >= 0.9 and len(block.text) >= _RUNNING
    }


def _carried(block: PageBlock, opinions: Opinions, index: int) -> bool:
    """Running text that both other readers carry in full."""
    return (
        min(opinions.second[index], opinions.scorer[index]) >= 0.9
        and len(block.text) >= _RUNNING
        and block.link_share < 0.4
        and block.text.rstrip("\"'”»“’)").endswith((".", "!", "?", "…", "。", "؟", "।"))
        and not is_teaser(block.text)
    )


def assemble(parts: list[tuple[str, int, str]]) -> tuple[str, tuple[Block, ...]]:
    """One text from (kind, level, text) parts, separated by a line break, with the exact place of each."""
    blocks, position = [], 0
    for kind, level, text in parts:
        blocks.append(Block(kind, position, position + len(text), level))
        position += len(text) + 1
    return "\n".join(text for _, _, text in parts), tuple(blocks)
