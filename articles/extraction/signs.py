"""The signs of a page that its verdict rests on."""

import re

from lxml.html import HtmlElement

from articles.extraction.blocks import PageBlock
from articles.extraction.main_text import Text
from articles.extraction.metadata import Metadata
from articles.extraction.quality import Signs
from articles.extraction.structured import Structured
from articles.extraction.types import Page

_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔:][\"'”»“’)\]]*$")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_PROSE = 80  # characters of a block that counts as running text, fewer in dense scripts
_HEADING = 15  # characters; shorter linked headings name sections
_PLAYERS = ("youtube", "vimeo", "player")
_AFTER = 8  # blocks behind the text in which a subscription prompt is looked for


def signs_of(page: Page, tree: HtmlElement, structured: Structured, metadata: Metadata, text: Text) -> Signs:
    """Everything `quality.judge` looks at, counted once."""
    dense = len(_DENSE.findall(text.text[:2000])) > 0.3 * len(text.text[:2000])
    prose = [block for block in text.kept if _is_prose(block, _PROSE // 3 if dense else _PROSE)]
    visible = sum(len(block.text) for block in text.page)
    headings = _linked_headings(text.page)
    return Signs(
        url=page.url,
        requested_url=page.requested_url,
        status=page.status,
        title=metadata.title.value,
        page_title=metadata.head.title,
        text=text.text,
        prose=len(text.text) if text.from_state else sum(len(block.text) for block in prose),
        prose_blocks=len(prose),
        kept_link_share=sum(b.link_characters for b in text.kept) / max(1, len(text.text)),
        page_text="\n".join(block.text for block in text.page)[:8000],
        page_characters=visible,
        linked_headings=len(headings),
        inner_headings=_inside(headings, prose, text.page),
        link_share=sum(block.link_characters for block in text.page) / max(1, visible),
        has_article_type=bool(structured.articles) or metadata.head.get("og:type").lower() == "article",
        article_nodes=sum(1 for node in structured.articles if node.get("headline") or node.get("url")),
        og_type=metadata.head.get("og:type").lower(),
        types=frozenset(structured.types),
        free=metadata.free,
        has_password=any(field.get("type") == "password" for field in tree.iter("input")),
        has_video=_has_video(tree),
        scripts=sum(1 for _ in tree.iter("script")),
        after_text=_after(text),
        dense=dense,
    )


def _has_video(tree: HtmlElement) -> bool:
    """Whether the page plays something, itself or in a frame."""
    if next(tree.iter("video", "audio"), None) is not None:
        return True
    return any(player in frame.get("src", "") for frame in tree.iter("iframe") for player in _PLAYERS)


def _is_prose(block: PageBlock, least: int) -> bool:
    return len(block.text) >= least and block.link_share < 0.5 and bool(_SENTENCE_END.search(block.text[-6:]))


def _linked_headings(page: tuple[PageBlock, ...]) -> list[int]:
    """Places of the headings that are links to other pages, outside of navigation."""
    return [
        index
        for index, block in enumerate(page)
        if block.kind == "heading"
        and block.link_share > 0.6
        and len(block.text) > _HEADING
        and not block.flags & {"nav", "footer", "aside"}
    ]


def _inside(headings: list[int], prose: list[PageBlock], page: tuple[PageBlock, ...]) -> int:
    kept = {id(block) for block in prose}
    places = [index for index, block in enumerate(page) if id(block) in kept]
    return sum(places[0] - 1 <= index <= places[-1] for index in headings) if places else 0


def _after(text: Text) -> str:
    if not text.kept:
        return ""
    last = text.kept[-1]
    place = next((index for index, block in enumerate(text.page) if block is last), len(text.page))
    return "\n".join(block.text[:300] for block in text.page[place + 1 : place + 1 + _AFTER])
