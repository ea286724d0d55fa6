"""Page → Extract: the right text, its metadata with evidence, and a verdict. Pure: no network, no database."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from articles.extraction.blocks import read_blocks
from articles.extraction.country import find_country
from articles.extraction.dates import load_locales
from articles.extraction.encoding import decode
from articles.extraction.guard import refusal
from articles.extraction.head import read_head
from articles.extraction.kind import find_kind
from articles.extraction.language import find_language
from articles.extraction.main_text import Text, read_text
from articles.extraction.metadata import Metadata, read_metadata
from articles.extraction.quality import judge
from articles.extraction.signs import signs_of
from articles.extraction.structured import read_structured
from articles.extraction.tree import parse
from articles.extraction.types import Block, Doubt, Extract, Finding, Page, Verdict

__all__ = [
    "EXTRACTOR_VERSION",
    "Block",
    "Doubt",
    "Extract",
    "Finding",
    "Page",
    "Verdict",
    "extract",
    "warm_up",
]

_LARGE = 500_000  # characters from which htmldate searches only the likely places: the rest can take seconds
EXTRACTOR_VERSION = "2"  # raised whenever the same bytes may give another extract


def extract(page: Page) -> Extract:
    """Read a page; whatever it contains, nothing is raised: what cannot be read safely becomes a doubt."""
    html, charset = decode(page.body, page.content_type)
    if refused := refusal(html):
        return Extract(
            title="",
            text="",
            verdict=Verdict.NOT_ARTICLE,
            doubts=(Doubt(*refused),),
            extractor_version=EXTRACTOR_VERSION,
        )
    with _no_collection():
        return _read(page, html, charset)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector of reference cycles out of one page: it walks through every living tree a dozen times."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(page: Page, html: str, charset: str) -> Extract:
    tree = parse(html)
    structured = read_structured(tree)
    head = read_head(html, page.url)
    blocks = read_blocks(tree)
    metadata = read_metadata(tree, blocks, head, structured, page.url, is_large=len(html) > _LARGE)
    text = read_text(tree, blocks, structured, head.get("og:title") or head.title, metadata.description.value)
    verdict, doubts = judge(signs_of(page, tree, structured, metadata, text))
    language = find_language(text.text, metadata.head.language)
    country = find_country(metadata.head, structured, page.url or metadata.canonical.value, language.value)
    findings = {
        "charset": Finding(charset, "bytes", 1.0),
        "language": language,
        "country": country,
        "site_kind": find_kind(metadata.head, structured, page.url or metadata.canonical.value),
        **_findings(metadata),
    }
    return _compose(metadata, text, findings, verdict, doubts)


def warm_up() -> None:
    """Load what is loaded on first use, so that processes forked from this one share it."""
    load_locales()
    words = b"The ministry said on Monday that the new rules will apply to every company in the country. "
    extract(Page(url="https://example.org/", body=b"<article><p>" + words * 10 + b"</p></article>"))


def _findings(metadata: Metadata) -> dict[str, Finding]:
    """Every fact of the page by name; moments with the time zone they were written in."""
    dates = metadata.dates
    return {
        "title": metadata.title,
        "authors": metadata.author,
        "published": dates.published,
        "published_at": dates.moment,
        "modified": dates.modified,
        "site": metadata.site,
        "canonical_url": metadata.canonical,
        "section": metadata.section,
        "description": metadata.description,
        "lead_image": metadata.image,
        "paywall": metadata.paywall,
    }


def _compose(
    metadata: Metadata,
    text: Text,
    findings: dict[str, Finding],
    verdict: Verdict,
    doubts: tuple[Doubt, ...],
) -> Extract:
    return Extract(
        title=metadata.title.value,
        text=text.text,
        blocks=text.blocks,
        authors=metadata.authors,
        byline=", ".join(metadata.authors),
        published_at=metadata.dates.published_at,
        published_on=metadata.dates.published.value,
        modified_at=metadata.dates.modified_at,
        site=metadata.site.value,
        language=findings["language"].value,
        country=findings["country"].value,
        site_kind=findings["site_kind"].value,
        canonical_url=metadata.canonical.value,
        section=metadata.section.value,
        description=metadata.description.value,
        lead_image=metadata.image.value,
        is_paywalled=metadata.free is False,
        verdict=verdict,
        doubts=doubts,
        findings={name: finding for name, finding in findings.items() if finding.value},
        extractor_version=EXTRACTOR_VERSION,
    )
