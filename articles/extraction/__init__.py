"""Page → Extract: the right text, its metadata with evidence, and a verdict. Pure: no network, no database."""

from articles.extraction.blocks import read_blocks
from articles.extraction.dates import load_locales
from articles.extraction.encoding import decode
from articles.extraction.guard import refusal
from articles.extraction.head import read_head
from articles.extraction.language import find_language
from articles.extraction.main_text import Text, read_text
from articles.extraction.metadata import Metadata, read_metadata
from articles.extraction.quality import Signs, judge
from articles.extraction.signs import signs_of
from articles.extraction.structured import read_structured
from articles.extraction.tree import parse
from articles.extraction.types import Block, Doubt, Extract, Finding, Page, Verdict

__all__ = ["VERSION", "Block", "Doubt", "Extract", "Finding", "Page", "Verdict", "extract", "warm_up"]

_LARGE = 500_000  # characters from which htmldate searches only the likely places: the rest can take seconds
VERSION = "1"  # raised whenever the same bytes may give another extract


def extract(page: Page) -> Extract:
    """Read a page; whatever it contains, nothing is raised: what cannot be read safely becomes a doubt."""
    html, charset = decode(page.body, page.content_type)
    if refused := refusal(html):
        return Extract(
            title="",
            text="",
            verdict=Verdict.NOT_ARTICLE,
            doubts=(Doubt(*refused),),
            extractor_version=VERSION,
        )
    tree = parse(html)
    structured = read_structured(tree)
    head = read_head(html, page.url)
    blocks = read_blocks(tree)
    metadata = read_metadata(tree, blocks, head, structured, page.url, is_large=len(html) > _LARGE)
    text = read_text(tree, blocks, structured, head.get("og:title") or head.title, metadata.description.value)
    return _compose(page, charset, metadata, text, signs_of(page, tree, structured, metadata, text))


def warm_up() -> None:
    """Load what is loaded on first use, so that processes forked from this one share it."""
    load_locales()
    words = b"The ministry said on Monday that the new rules will apply to every company in the country. "
    extract(Page(url="https://example.org/", body=b"<article><p>" + words * 10 + b"</p></article>"))


def _compose(page: Page, charset: str, metadata: Metadata, text: Text, signs: Signs) -> Extract:
    verdict, doubts = judge(signs)
    language = find_language(text.text, metadata.head.language)
    findings = {
        "title": metadata.title,
        "authors": metadata.author,
        "published": metadata.dates.published,
        "site": metadata.site,
        "canonical_url": metadata.canonical,
        "section": metadata.section,
        "description": metadata.description,
        "lead_image": metadata.image,
        "language": language,
        "charset": Finding(charset, "bytes", 1.0),
    }
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
        language=language.value,
        canonical_url=metadata.canonical.value,
        section=metadata.section.value,
        description=metadata.description.value,
        lead_image=metadata.image.value,
        is_paywalled=metadata.free is False,
        verdict=verdict,
        doubts=doubts,
        findings={name: finding for name, finding in findings.items() if finding.value},
        extractor_version=VERSION,
    )
