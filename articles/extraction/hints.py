"""What the elements around a text say about its part on the page: tags, roles, and general words in names."""

import re
from functools import lru_cache

from lxml.html import HtmlElement

_TAGS = {
    "nav": "nav", "aside": "aside", "footer": "footer", "header": "header", "form": "form",
    "figure": "figure", "figcaption": "legend", "dialog": "form", "fieldset": "form", "caption": "legend",
    "article": "article", "main": "article",
}  # fmt: skip
_ROLES = {
    "navigation": "nav", "complementary": "aside", "contentinfo": "footer", "banner": "header",
    "dialog": "form", "search": "form", "alert": "form", "alertdialog": "form", "menu": "nav",
    "main": "article", "article": "article",
}  # fmt: skip
TAG_FLAGS = tuple(sorted({*_TAGS.values(), *_ROLES.values()}))

# General words that page builders put into class names and ids. A hint among others, never a verdict:
# the learned vote is trained on pages with and without them.
_WORDS = {
    "related": "relat recommend readmore read-more more-news more-stories morefrom more-from also teaser trending "
    "popular outbrain taboola similar weiterlesen linkbox verwandt mehr-zum",
    "share": "share sharing social follow toolbar tools addthis print",
    "meta": "byline author autor metadata meta date timestamp kicker tags category breadcrumb crumb rubri label",
    "comment": "comment kommentar disqus respond reply replies discussion forum",
    "promo": "promo newsletter subscri signup sign-up paywall advert sponsor banner anzeige werbung donat cookie "
    "consent gdpr privacy",
    "caption": "caption credit legend figure bildunterschrift copyright image-text gallery slide",
    "chrome": "nav menu sidebar side-bar footer header widget masthead skip modal popup overlay hidden sr-only "
    "visually screen-reader",
    "body": "article-body articlebody article-text article-content articlecontent story-body story-text "
    "story-content post-body post-text post-content entry content body text main haupt",
}
HINT_FLAGS = tuple(_WORDS)
_PATTERNS = {
    flag: re.compile("|".join(re.escape(word) for word in words.split())) for flag, words in _WORDS.items()
}
_MAX_NAMES = 300  # characters of class and id that are looked at


@lru_cache(maxsize=20_000)  # one page repeats few names many times
def _named(names: str) -> frozenset[str]:
    lower = names.lower()
    return frozenset(flag for flag, pattern in _PATTERNS.items() if pattern.search(lower))


def flags_of(element: HtmlElement, outer: frozenset[str]) -> frozenset[str]:
    """The flags of an element together with those of everything around it."""
    found = set()
    if flag := _TAGS.get(str(element.tag)):
        found.add(flag)
    if (role := element.get("role")) and (flag := _ROLES.get(role)):
        found.add(flag)
    if element.tag not in ("body", "html"):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(names) > 1:
            found |= _named(names[:_MAX_NAMES])
    if element.get("itemprop") == "articleBody":
        found.add("body")
    return outer | found if found - outer else outer
