"""Everything a page says about itself, each value with its origin and how far to trust it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from articles.extraction.authors import find_authors
from articles.extraction.blocks import PageBlock
from articles.extraction.dates import Dates, find_dates
from articles.extraction.head import Head, absolute
from articles.extraction.structured import Structured, plain
from articles.extraction.titles import find_title
from articles.extraction.types import Finding


@dataclass(frozen=True, slots=True)
class Metadata:
    """The values that `extract` copies into the Extract."""

    head: Head
    title: Finding
    authors: tuple[str, ...]
    author: Finding
    dates: Dates
    site: Finding
    canonical: Finding
    section: Finding
    description: Finding
    image: Finding
    free: bool | None
    paywall: Finding


def read_metadata(
    tree: HtmlElement, page: list[PageBlock], head: Head, structured: Structured, url: str, *, is_large: bool
) -> Metadata:
    """The metadata of a page at `url`; of a large page htmldate searches only the likely places."""
    site = _site(head, structured, url)
    names, author = find_authors(tree, page, head, structured, site.value)
    free, stated_by = _free(structured, head)
    return Metadata(
        head=head,
        title=find_title(tree, head, structured, site.value, url),
        authors=names,
        author=author,
        dates=find_dates(tree, head, structured, url, is_large=is_large),
        site=site,
        canonical=_canonical(head, url),
        section=_first(
            ("json-ld", structured.first("articleSection")),
            ("article:section", head.get("article:section", "section")),
        ),
        description=_first(
            ("og:description", head.get("og:description")),
            ("description", head.get("description", "twitter:description")),
            ("json-ld", structured.first("description")),
        ),
        image=_image(head, structured, url),
        free=free,
        paywall=_NOTHING if free is None else Finding("no" if free else "yes", stated_by, 0.9),
    )


_NOTHING = Finding("", "none", 0.0)


def _first(*candidates: tuple[str, str]) -> Finding:
    return next(
        (Finding(value, method, 0.8) for method, value in candidates if value), Finding("", "none", 0.0)
    )


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def _site(head: Head, structured: Structured, url: str) -> Finding:
    return _first(
        ("og:site_name", _no_address(head.get("og:site_name", "application-name"))),
        ("json-ld", _no_address(structured.first("publisher"))),
        ("address", _host(url)),
    )


def _no_address(name: str) -> str:
    return "" if "://" in name or name.startswith("#") else name


def _canonical(head: Head, url: str) -> Finding:
    """The address the page gives itself; one of another site is not believed."""
    for method, value in (
        ("canonical", head.canonical),
        ("og:url", absolute(head.get("og:url"), url) if head.get("og:url") else ""),
    ):
        if value and _same_site(value, url):
            return Finding(value, method, 0.9)
    return Finding("", "none", 0.0)


def _same_site(one: str, other: str) -> bool:
    left, right = _host(one), _host(other)
    return bool(left) and (left == right or left.endswith("." + right) or right.endswith("." + left))


def _image(head: Head, structured: Structured, url: str) -> Finding:
    for method, value in (
        ("og:image", head.get("og:image", "og:image:url", "twitter:image")),
        ("json-ld", structured.first("image")),
    ):
        if value and (target := absolute(value, url)):
            return Finding(target, method, 0.8)
    return Finding("", "none", 0.0)


def _free(structured: Structured, head: Head) -> tuple[bool | None, str]:
    """Whether the page says that it can be read for nothing, and where it says so; (None, "") when it does not."""
    for node in structured.articles:
        said = node.get("isAccessibleForFree")
        value = str(said).lower() if isinstance(said, bool) else plain(said).lower()
        if value in ("false", "no", "0"):
            return False, "json-ld"
        if value in ("true", "yes", "1"):
            return True, "json-ld"
    free = {"locked": False, "free": True}.get(head.get("article:content_tier").lower())
    return free, "article:content_tier" if free is not None else ""
