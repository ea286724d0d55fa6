"""The text of the article: every block of the page is judged by what independent readers say about it."""

from dataclasses import dataclass

from lxml.html import HtmlElement

from articles.extraction.blocks import PageBlock, read_blocks, words
from articles.extraction.structured import Structured, body_paragraphs, state_paragraphs
from articles.extraction.teasers import is_teaser
from articles.extraction.types import Block
from articles.extraction.witnesses import ask_readability, ask_scorer, ask_trafilatura

_SHINGLE = 4
_RENDERED = 250  # characters; with less visible text a page was meant to be drawn by its scripts


@dataclass(frozen=True, slots=True)
class Text:
    """The chosen blocks as one text, with the blocks of the whole page for those who judge it."""

    text: str
    blocks: tuple[Block, ...]
    page: tuple[PageBlock, ...]
    from_state: bool = False


class Witness:
    """The paragraphs one reader takes for the article, ready to be asked about a block."""

    def __init__(self, paragraphs: list[str]) -> None:
        lists = [words(paragraph) for paragraph in paragraphs]
        flat = [word for tokens in lists for word in tokens]
        self.shingles = shingles(flat).union(*map(shingles, lists)) if lists else set()
        self.whole = {" ".join(tokens) for tokens in lists}

    def covers(self, tokens: list[str]) -> float:
        """The share of a block's shingles that the reader has, 0..1."""
        if len(tokens) < _SHINGLE:
            return float(bool(tokens) and " ".join(tokens) in self.whole)
        own = shingles(tokens)
        return len(own & self.shingles) / len(own)


def shingles(tokens: list[str]) -> set[tuple[str, ...]]:
    """Runs of four words; of all words when there are fewer."""
    if len(tokens) < _SHINGLE:
        return {tuple(tokens)} if tokens else set()
    return set(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))


def read_text(tree: HtmlElement, structured: Structured) -> Text:
    """The article's text of a page."""
    page = read_blocks(tree)
    stated = body_paragraphs(structured)
    kept = _vote(page, ask_trafilatura(tree), ask_readability(tree), stated)
    if sum(len(block.text) for block in kept) < _RENDERED:
        embedded = max(stated, state_paragraphs(tree), key=lambda lines: sum(map(len, lines)))
        if sum(map(len, embedded)) > _RENDERED:
            text, blocks = assemble([("paragraph", 0, line) for line in embedded])
            return Text(text, blocks, tuple(page), from_state=True)
    text, blocks = assemble([(block.kind, block.level, block.text) for block in kept])
    return Text(text, blocks, tuple(page))


def _vote(page: list[PageBlock], anchor: list[str], second: list[str], stated: list[str]) -> list[PageBlock]:
    first = Witness(anchor)
    others = [Witness(second), Witness(ask_scorer(page)), Witness(stated)]
    kept: list[PageBlock] = []
    seen: set[str] = set()
    for block in page:
        votes = sum(witness.covers(block.tokens) >= 0.6 for witness in others)
        if _keep(block, first.covers(block.tokens) >= 0.5, votes) and block.text not in seen:
            kept.append(block)
            if len(block.text) > 40:
                seen.add(block.text)
    return kept


def _keep(block: PageBlock, anchored: bool, votes: int) -> bool:  # noqa: FBT001
    short = len(block.text) < 220
    if short and (is_teaser(block.text) or (block.link_share > 0.8 and votes < 2)):
        return False
    if anchored:
        return votes > 0 or len(block.text) >= 120
    return votes >= 2 and len(block.text) >= 40 and block.link_share < 0.5


def assemble(parts: list[tuple[str, int, str]]) -> tuple[str, tuple[Block, ...]]:
    """One text from (kind, level, text) parts, separated by a line break, with the exact place of each."""
    blocks, position = [], 0
    for kind, level, text in parts:
        blocks.append(Block(kind, position, position + len(text), level))
        position += len(text) + 1
    return "\n".join(text for _, _, text in parts), tuple(blocks)
