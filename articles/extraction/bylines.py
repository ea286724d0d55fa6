"""Where a page prints who wrote it: elements marked as author or byline, and lines that read like one."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from articles.extraction.tree import squeeze

_MARKS = ("uthor", "yline", "utor", "erfasser", "riter", "reator", "ontributor")
_ID_MARKS = ("uthor", "yline", "utor")
_TEST_MARKS = ("uthor", "yline")
_NAMES = re.compile(
    r"(?:^|[\s_\-]|(?<=[a-z])(?=[A-Z]))(?:author|byline|autor(?:in|en|es)?|verfasser(?:in)?|writer|creator|contributor)"
    r"(?:s?$|[\s_\-]|name|info|link|[A-Z])",
    re.IGNORECASE,
)
# Parts of a page that name other people: readers, photographers, authors of other articles, biographies.
_OTHERS = re.compile(
    r"comment|kommentar|respond|repl(?:y|ies)|related|recommend|teaser|sidebar|widget|footer|popular|latest|listing|"
    r"site-title|photo|foto|image|caption|credit|gallery|avatar|more-?(?:from|posts|articles)|carousel|slider|promo|"
    r"newsletter|\bcard\b|article-card|mini-card|quote|testimonial|review(?:er)?|copyright|\bnav|menu|search|"
    r"count|listposts|further|next-?post|prev",
    re.IGNORECASE,
)
_BIOGRAPHY = re.compile(
    r"\bbio|about|box|desc|-text\b|__text|follow|social|profile|title|role|position|job", re.IGNORECASE
)
_LINE = re.compile(
    r"^(?i:by|von|par|por|door|texte?|autor(?:in)?|author|written by|escrito por|verfasst von|"
    r"ein (?:artikel|beitrag|gastbeitrag) von)\s*:?\s+([^\d.!?:\W][^\d!?:]{2,70})$"
)
_PARTICLES = frozenset(
    "de von van der den la le di da del dos du el al bin ibn y und and et e zu und for the".split()
)
_MAX_TEXT = 140  # characters of a byline element; longer ones are biographies
_MAX_ANCESTORS = 9
_MAX_MARKED = 120


@dataclass(frozen=True, slots=True)
class Printed:
    """A byline as printed: its text, how firmly the page marks it, and whether it reads "By …"."""

    text: str
    weight: float


def marked_bylines(tree: HtmlElement) -> list[Printed]:
    """Byline elements in page order, those of comments, other articles and pictures left out."""
    found = []
    whole = {holder for headline in tree.iter("h1") for holder in headline.iterancestors()}
    for element in islice(filter(_is_marked, tree.iter(etree.Element)), _MAX_MARKED):
        text = squeeze(" ".join(element.itertext()))
        if 2 <= len(text) <= _MAX_TEXT and (weight := _weight(element, whole)):
            found.append(Printed(text, weight))
    return found


def _is_marked(element: HtmlElement) -> bool:
    """A name, id, relation or address that may speak of an author; one XPath for it takes four times as long."""
    get = element.get
    return (
        _has(get("class", ""), _MARKS)
        or _has(get("id", ""), _ID_MARKS)
        or "author" in get("rel", "")
        or "author" in get("itemprop", "")
        or _has(get("data-testid", ""), _TEST_MARKS)
        or "/author/" in (address := get("href", ""))
        or "/autor/" in address
    )


@lru_cache(maxsize=20_000)  # one page repeats few names many times
def _has(value: str, parts: tuple[str, ...]) -> bool:
    return any(part in value for part in parts)


def _weight(element: HtmlElement, whole: set[HtmlElement]) -> float:
    """How firmly a byline is marked; `whole` are the elements that hold a headline."""
    own = _attributes(element)
    if _OTHERS.search(own) or element.tag in (
        "h1",
        "form",
        "img",
        "script",
        "style",
        "meta",
        "input",
        "label",
        "time",
    ):
        return 0.0
    for ancestor in _ancestors(element, whole):
        if ancestor.tag in ("footer", "nav", "form", "figure", "figcaption") or _OTHERS.search(
            _attributes(ancestor)
        ):
            return 0.0
    return _firmness(element, own)


def _firmness(element: HtmlElement, own: str) -> float:
    if "author" in (element.get("rel") or "") or "author" in (element.get("itemprop") or ""):
        return 0.9
    if _NAMES.search(own):
        return 0.4 if _BIOGRAPHY.search(own) else 0.8
    return (
        0.5 if element.tag == "a" and re.search(r"/(?:author|autor)/[^/]", element.get("href") or "") else 0.0
    )


def _ancestors(element: HtmlElement, whole: set[HtmlElement]) -> list[HtmlElement]:
    chain: list[HtmlElement] = []
    for ancestor in element.iterancestors():
        if ancestor.tag in ("body", "html") or len(chain) >= _MAX_ANCESTORS or ancestor in whole:
            break  # what holds the headline holds the whole article: its names say nothing about this line
        chain.append(ancestor)
    return chain


def _attributes(element: HtmlElement) -> str:
    return " ".join(element.get(name) or "" for name in ("class", "id", "data-testid"))[:300]


def written_byline(text: str) -> str:
    """The names of a short line such as "By Jane Doe"; "" when the line reads otherwise."""
    match = _LINE.match(text) if len(text) <= 90 else None
    if not match:
        return ""
    names = [word for word in re.findall(r"[^\W\d_][\w.'’-]*", match.group(1)) if word not in _PARTICLES]
    plausible = len(names) >= 2 and all(word[0].isupper() for word in names)
    return match.group(1) if plausible else ""
