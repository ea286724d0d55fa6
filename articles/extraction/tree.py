"""One tree for all readers of a page."""

import re

from lxml import etree
from lxml.html import (
    HtmlComment,
    HtmlElement,
    HtmlEntity,
    HTMLParser,
    HtmlProcessingInstruction,
    document_fromstring,
)

_EMPTY = "<html><head></head><body></body></html>"
_PROLOG = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# lxml.html asks Python for the class of every element it hands out, a few hundred thousand times for some pages.
_CLASSES = etree.ElementDefaultClassLookup(
    element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
)


def parse(html: str) -> HtmlElement:
    """The tree of a page, without comments; an unreadable page gives an empty tree."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_CLASSES)
    source = without_prolog(html).encode("utf-8", "replace")
    try:
        return document_fromstring(source or _EMPTY.encode(), parser=parser, ensure_head_body=True)
    except (etree.LxmlError, ValueError, AssertionError, IndexError):
        return document_fromstring(_EMPTY, parser=HTMLParser(), ensure_head_body=True)


def without_prolog(html: str) -> str:
    """A page without its XML declaration, whose character set was already honored."""
    return _PROLOG.sub("", html, count=1)


def is_hidden(element: HtmlElement) -> bool:
    """Hidden by its own attributes (style sheets are not read)."""
    style = element.get("style")
    if style and _HIDDEN.search(style):
        return True
    return element.get("hidden") is not None or element.get("aria-hidden") == "true"


def squeeze(text: str | None) -> str:
    """White space collapsed; soft hyphens and zero-width marks that no script needs removed."""
    return " ".join((text or "").translate(_INVISIBLE).split())


_INVISIBLE = {0xAD: None, 0x200B: None, 0xFEFF: None, 0x2060: None, 0x200E: None, 0x200F: None}
