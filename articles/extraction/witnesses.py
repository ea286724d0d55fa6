"""Independent readers of a page; each says which paragraphs it takes for the article."""

import logging

from lxml import etree
from lxml.html import HtmlElement, fromstring
from trafilatura import bare_extraction
from trafilatura.metadata import Document

from articles.extraction.blocks import PageBlock
from articles.extraction.readable import Readable
from articles.extraction.tree import squeeze

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("readability").setLevel(logging.CRITICAL)


def ask_trafilatura(tree: HtmlElement) -> list[str]:
    """Paragraphs of trafilatura in its balanced mode, without readers' comments; [] when it finds nothing."""
    try:
        document = bare_extraction(tree, include_comments=False, include_tables=True, with_metadata=False)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, etree.LxmlError, RecursionError):
        return []
    if not isinstance(document, Document) or document.body is None:
        return []
    return _leaves(document.body)


_UNITS = frozenset(("p", "head", "item", "quote", "row", "code", "ab", "lb"))


def _leaves(body: etree._Element) -> list[str]:
    found: list[str] = []
    pieces: list[str] = []

    def flush() -> None:
        if text := squeeze("".join(pieces)):
            found.append(text)
        pieces.clear()

    for event, element in etree.iterwalk(body, events=("start", "end")):
        unit = element.tag in _UNITS
        if unit:
            flush()
        if event == "start":
            if element.tag == "cell":
                pieces.append(" ")
            pieces.append(element.text or "")
        else:
            pieces.append(element.tail or "")
    flush()
    return found


def ask_readability(tree: HtmlElement) -> list[str]:
    """Paragraphs of readability-lxml; [] when it gives up."""
    try:
        summary = Readable(tree).summary(html_partial=True)
        root = fromstring(summary)
    except Exception:
        return []
    found: list[str] = []
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if isinstance(element.tag, str) and element.tag not in _INLINE_TAGS:
            if text := squeeze("".join(pieces)):
                found.append(text)
            pieces.clear()
        pieces.append((element.text if event == "start" else element.tail) or "")
    if text := squeeze("".join(pieces)):
        found.append(text)
    return found


_INLINE_TAGS = frozenset(
    "a abbr b cite code em font i ins mark q s small span strong sub sup time u br".split()
)
_SIBLING_SHARE = 0.2
_SCORED_MINIMUM = 25  # characters; shorter paragraphs are captions, buttons, labels
_BESIDE = frozenset(("nav", "footer", "aside"))


def ask_scorer(blocks: list[PageBlock]) -> list[str]:
    """Paragraphs inside the element whose nearby paragraphs weigh most (1, 1/2, 1/3 to the three ancestors)."""
    weights: dict[HtmlElement, float] = {}
    for block in blocks:
        if block.flags & _BESIDE or len(block.text) < _SCORED_MINIMUM or block.kind == "heading":
            continue
        weight = len(block.text) * (1 - min(1.0, block.link_share))
        for distance, ancestor in enumerate(_three_up(block), start=1):
            weights[ancestor] = weights.get(ancestor, 0.0) + weight / distance
    if not weights:
        return []
    best = max(weights, key=lambda element: weights[element])
    chosen = set(_same_shape(best, weights))
    inside = {element: _is_inside(element, chosen) for element in {block.parent for block in blocks}}
    return [
        block.text
        for block in blocks
        if inside[block.parent] and not block.flags & _BESIDE and block.link_share < 0.6
    ]


def _is_inside(element: HtmlElement, chosen: set[HtmlElement]) -> bool:
    return element in chosen or any(ancestor in chosen for ancestor in element.iterancestors())


def _same_shape(best: HtmlElement, weights: dict[HtmlElement, float]) -> list[HtmlElement]:
    """The best element and those of the same tag and class that carry text too: a body cut up by advertisements."""
    names = best.get("class")
    if not names:
        return [best]
    least = weights[best] * _SIBLING_SHARE
    return [
        element
        for element, weight in weights.items()
        if element is best or (element.tag == best.tag and element.get("class") == names and weight >= least)
    ]


def _three_up(block: PageBlock) -> list[HtmlElement]:
    start = block.parent
    chain = [start] if start.tag not in ("p", "li", "blockquote", "h2", "h3") else []
    while len(chain) < 3 and (parent := start.getparent()) is not None:
        chain.append(parent)
        start = parent
    return chain
