"""Is what was captured an article? Reasons against, in sentences a reader understands."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from articles.extraction.types import Doubt, Verdict
from articles.extraction.walls import CONSENT_WORDS, PATTERNS, PAYWALLED

MIN_TEXT = 140  # characters; below, hardly anything was captured (a brief has more)
_WALL_TEXT = 1500  # characters of text up to which a wall phrase decides
_WALL_PAGE = 6000  # characters of the whole page up to which it is searched for wall phrases
_PROSE_LINE = 80  # characters: less than one sentence of running text
_PLAYED = frozenset(("videoobject", "audioobject", "podcastepisode"))
_TEASER = 110  # characters of running text that each entry of a listing brings along
_LISTS = frozenset(("itemlist", "collectionpage", "searchresultspage", "blog", "productcollection"))


@dataclass(frozen=True, slots=True)
class Signs:
    """What the verdict looks at."""

    url: str
    requested_url: str = ""
    status: int = 200
    title: str = ""
    page_title: str = ""
    text: str = ""
    prose: int = (
        0  # characters of kept running text: unlinked blocks of 80 characters or more that end a sentence
    )
    prose_blocks: int = 0
    kept_link_share: float = 0.0
    page_text: str = ""  # the visible text of the whole page, its beginning
    page_characters: int = 0
    linked_headings: int = 0  # headings that are links, and teasers: what listings are made of
    inner_headings: int = 0  # those of them between the first and the last kept running text
    link_share: float = 0.0  # of the visible text of the page
    has_article_type: bool = False
    article_nodes: int = 0  # articles described in JSON-LD
    og_type: str = ""
    types: frozenset[str] = field(default_factory=frozenset)
    free: bool | None = None
    has_password: bool = False
    has_video: bool = False
    scripts: int = 0
    after_text: str = ""  # what the page says just after the last kept block
    dense: bool = False  # a script whose characters say about as much as a Latin word


_SENTENCES = {
    "bot-check": "The site answered with a check for robots instead of the article.",
    "cookie-wall": "The site showed its cookie question instead of the article.",
    "error-page": "The site answered with an error page.",
    "login": "The site asks for a login.",
    "short": "The page holds too little text for an article.",
    "empty": "The page holds no text: its scripts draw it. Paste the text to capture it.",
    "listing": "The page lists other pages; it is not one article.",
    "video": "The page is about a video or a sound; it holds hardly any text of its own.",
    "wrong-page": "The address led to the front page of the site, not to the article.",
    "paywall": "The text ends at a paywall; only the beginning was captured.",
}


def judge(signs: Signs) -> tuple[Verdict, tuple[Doubt, ...]]:
    """The verdict with its reasons; a paywall alone makes a page partial, anything else no article."""
    code = next((found for check in _CHECKS if (found := check(signs))), "")
    if code:
        return Verdict.NOT_ARTICLE, (Doubt(code, _SENTENCES[code]),)
    if _is_partial(signs):
        return Verdict.PARTIAL, (Doubt("paywall", _SENTENCES["paywall"]),)
    return Verdict.ARTICLE, ()


def _size(signs: Signs) -> int:
    """Length of the text, counted in characters of a Latin script."""
    return len(signs.text) * (3 if signs.dense else 1)


def _prose(signs: Signs) -> int:
    return signs.prose * (3 if signs.dense else 1)


def _by_status(signs: Signs) -> str:
    if signs.status < 400 or _prose(signs) > 2 * _WALL_TEXT:
        return ""
    said = f"{signs.page_title}\n{signs.page_text[:3000]}"
    if signs.status in (401, 403, 429, 503) and PATTERNS["bot-check"].search(said):
        return "bot-check"
    return "login" if signs.status == 401 else "error-page"


def _by_words(signs: Signs) -> str:
    """A wall phrase in the title decides for a short text, one in the page for a page that is short as a whole."""
    if _prose(signs) > _WALL_TEXT:
        return ""
    heads = f"{signs.page_title}\n{signs.title}"
    for code in ("bot-check", "error-page"):
        if PATTERNS[code].search(heads) and _prose(signs) < _WALL_TEXT / 2:
            return code
    if _prose(signs) > 600 or signs.page_characters > _WALL_PAGE:
        return ""
    said = signs.page_text[:3000]
    counts = {
        code: len({match.group().lower() for match in pattern.finditer(said)})
        for code, pattern in PATTERNS.items()
    }
    return _strongest(signs, counts)


def _strongest(signs: Signs, counts: dict[str, int]) -> str:
    if counts["bot-check"] >= 2 or (
        counts["bot-check"] and _prose(signs) < 300 and not signs.has_article_type
    ):
        return "bot-check"
    if counts["error-page"] and _prose(signs) < 300 and not signs.has_article_type:
        return "error-page"
    if counts["cookie-wall"] >= 2 and _prose(signs) < 300 and signs.page_characters < 3000:
        return "cookie-wall"
    return ""


def _by_consent(signs: Signs) -> str:
    """Most kept lines speak of cookies, partners and consent."""
    lines = [line for line in signs.text.splitlines() if len(line) > 30]
    other, half = 0, 0.5 * sum(map(len, lines))
    for line in lines:
        if len(set(map(str.lower, CONSENT_WORDS.findall(line)))) < 2:
            other += len(line)
            if other >= half:
                return ""
    return "cookie-wall" if lines and PATTERNS["cookie-wall"].search(signs.page_text) else ""


def _by_form(signs: Signs) -> str:
    """A password field where the text should be; many articles carry one in their header too."""
    if not signs.has_password or signs.has_article_type or _prose(signs) >= 300:
        return ""
    named = PATTERNS["login"].search(f"{signs.page_title}\n{signs.title}")
    return "login" if named or _prose(signs) < _PROSE_LINE else ""


def _by_redirect(signs: Signs) -> str:
    """A deep address that ends at the front page."""
    asked, got = _path(signs.requested_url), _path(signs.url)
    return "wrong-page" if signs.requested_url and len(asked) > 8 and len(got) <= 3 else ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.strip("/")
    except ValueError:
        return ""


def _by_shape(signs: Signs) -> str:
    """Listings are made of linked headings and teasers; an article has running text of its own."""
    if signs.has_article_type and signs.article_nodes <= 3 and _prose(signs) > 300:
        return ""
    listed = bool(signs.types & _LISTS) or signs.article_nodes > 3
    room = signs.inner_headings * _TEASER * (2 if listed else 1)
    if signs.inner_headings >= 5 and _prose(signs) < room and signs.og_type != "article":
        return "listing"
    own = len(signs.text) > _WALL_TEXT and signs.kept_link_share < 0.3  # lists and tables of its own
    if signs.linked_headings >= 5 and _prose(signs) < 4 * _TEASER and not own:
        return "listing"
    return (
        "listing" if _is_front(signs.url) and signs.linked_headings >= 4 and _prose(signs) < 2 * room else ""
    )


def _is_front(url: str) -> bool:
    return url.startswith("http") and len(_path(url)) <= 3 and "?" not in url


def _by_video(signs: Signs) -> str:
    stated = signs.og_type.startswith(("video", "music")) or bool(signs.types & _PLAYED)
    if signs.has_article_type and _prose(signs) > 300:
        return ""
    least = 600 if stated else 150 if signs.has_video else 0
    return "video" if _prose(signs) < least else ""


def _by_length(signs: Signs) -> str:
    if _size(signs) >= MIN_TEXT:
        return ""
    return "empty" if signs.page_characters < 200 and signs.scripts else "short"


_CHECKS: tuple[Callable[[Signs], str], ...] = (
    _by_status, _by_words, _by_consent, _by_form, _by_redirect, _by_shape, _by_video, _by_length,
)  # fmt: skip


def _is_partial(signs: Signs) -> bool:
    """A stated paywall with a short text, or a text that a subscription prompt follows."""
    ends = f"{signs.text[-400:]}\n{signs.after_text}"
    prompted = bool(PAYWALLED.search(ends))
    cut = bool(re.search(r"(?:…|\.\.\.|\[…\])\s*$", signs.text))
    if signs.free is False:
        return _size(signs) < 2000 or prompted
    return (prompted and _size(signs) < 2000) or (cut and prompted)
