"""Fetch and extract: a page's bytes become a snapshot, a snapshot becomes a version."""

import time
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from articles.addresses import BadAddress, canonical_address
from articles.extraction import extract
from articles.extraction.types import Extract, Page, Verdict
from articles.fetching import FetchFailed, FetchLimits, Robots, fetch_page, fetch_robots
from articles.isolation import IsolationFailed, run_isolated
from articles.leases import Lease, finish, give_back
from articles.models import Article, Snapshot, Source, Stage, Version
from articles.services.audit import record_audit
from articles.services.claims import fail_article, hold_row, postpone_article
from articles.services.snapshots import read_page, store_snapshot
from articles.services.sources import learn_source, source_at, source_named
from articles.services.texts import clean_line
from articles.services.turns import PATIENCE, take_turn
from articles.services.versions import NewText, current_copies, store_version
from articles.services.work import remember_address

ROBOTS_SECONDS = 24 * 3600  # RFC 9309, 2.4: a copy should not be used for longer than a day
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def fetch_limits(url: str) -> FetchLimits:
    """The limits of one fetch by the settings; this machine itself is allowed in tests only."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    is_allowed = settings.FETCH_ALLOW_LOOPBACK and parts.hostname in LOOPBACK
    return FetchLimits(
        ports=settings.FETCH_ALLOWED_PORTS,
        user_agent=settings.FETCH_USER_AGENT,
        allowed_loopback=frozenset({f"{parts.hostname}:{port}"} if is_allowed else ()),
    )


def fetch_and_store(lease: Lease) -> bool:
    """Ask for the page and keep it as a snapshot; False when it failed, has to wait, or the lease was lost."""
    article = Article.objects.get(pk=lease.id)
    url = article.canonical_url
    is_mine, wait = take_turn(urlsplit(url).netloc)
    if not is_mine:
        give_back(lease, retry_in=timedelta(seconds=max(wait, PATIENCE)), is_counted=False)
        return False
    time.sleep(wait)
    try:
        if article.origin == Article.Origin.FEED and not allowed_by_robots(url):
            return fail_article(lease, "The site asks robots not to read this page (robots.txt).") and False
        fetched = fetch_page(url, fetch_limits(url))
    except FetchFailed as failed:
        if failed.permanent:
            fail_article(lease, failed.reason)
        else:
            postpone_article(lease, failed.reason, at_least=failed.retry_after or 0)
        return False
    return _keep(lease, Page(**{name: getattr(fetched, name) for name in Page.__dataclass_fields__}))


def allowed_by_robots(url: str) -> bool:
    """Whether robots.txt lets us read the page; always when the setting says not to ask."""
    if not settings.FETCH_RESPECT_ROBOTS:
        return True
    parts = urlsplit(url)
    name = f"robots:{parts.scheme}://{parts.netloc}"
    robots = cache.get(name)
    if not isinstance(robots, Robots):
        robots = fetch_robots(url, fetch_limits(url))
        cache.set(name, robots, ROBOTS_SECONDS)
    return robots.allows(url)


def _keep(lease: Lease, page: Page) -> bool:
    with transaction.atomic():
        article = hold_row(lease)
        if article is None:
            return False
        snapshot = store_snapshot(article, page)
        record_audit("fetch", article, by=None, detail={"snapshot": snapshot.pk, "sha256": snapshot.sha256})
        return finish(lease, stage=Stage.FETCHED)


def extract_and_store(lease: Lease) -> bool:
    """Read the newest snapshot in a child that can be killed; False when it failed, is held, or the lease was lost."""
    snapshot = Snapshot.objects.filter(article_id=lease.id).order_by("-id").first()
    if snapshot is None:
        return fail_article(lease, "There is no captured page to read.") and False
    try:
        extracted = run_isolated(extract, read_page(snapshot))
    except IsolationFailed as failed:
        return fail_article(lease, f"The page could not be read: {failed.reason}") and False
    return store_extract(lease, extracted, snapshot)


def store_extract(lease: Lease, extracted: Extract, snapshot: Snapshot) -> bool:
    """Make the extract the article's text; what is no article waits for a person. True when analysis may go on."""
    new = new_text(extracted)
    with transaction.atomic():
        article = hold_row(lease)
        if article is None or article.snapshots.order_by("-id").first() != snapshot:
            return False
        version, is_new = store_version(article, new, snapshot=snapshot)
        current = article.version
        if new.verdict == Verdict.NOT_ARTICLE and current is not None and current != version:
            record_audit(
                "set aside", article, by=None, detail={"version": version.number, "doubts": version.doubts}
            )
            return finish(lease, stage=Stage.EXTRACTED)
        record_audit("extract", article, by=None, detail={"version": version.number, "is_new": is_new})
        hold = hold_reason(version)
        columns = current_copies(article, version) | {
            "hold_reason": hold,
            "source": source_for(article, snapshot.final_url or extracted.canonical_url, new),
        }
        _remember_addresses(article, snapshot, extracted)
        return finish(lease, stage=Stage.EXTRACTED, **columns) and not hold


def new_text(extracted: Extract) -> NewText:
    """The extract as the values of a version; lines too long for their columns are cut."""
    text = extracted.text.replace("\x00", "")
    has_text = bool(text.strip())
    return NewText(
        text=text,
        title=clean_line(extracted.title, 1000),
        blocks=tuple((block.kind, block.start, block.end, block.level) for block in extracted.blocks),
        authors=tuple(clean_line(author, 200) for author in extracted.authors),
        byline=clean_line(extracted.byline or ", ".join(extracted.authors), 500),
        published_at=extracted.published_at,
        modified_at=extracted.modified_at,
        site=clean_line(extracted.site, 200),
        language=extracted.language[:8],
        section=clean_line(extracted.section, 200),
        description=clean_line(extracted.description, 5000),
        is_paywalled=extracted.is_paywalled,
        verdict=extracted.verdict.value if has_text else Verdict.NOT_ARTICLE.value,
        doubts=tuple((doubt.code, doubt.reason) for doubt in extracted.doubts),
        findings={name: list(asdict(found).values()) for name, found in extracted.findings.items()},
        extractor_version=extracted.extractor_version,
    )


def hold_reason(version: Version) -> str:
    """Why tagging waits for a person; "" when it need not."""
    if version.verdict != Verdict.NOT_ARTICLE:
        return ""
    reasons = " ".join(reason for _, reason in version.doubts) or "No text was found on the page."
    return f"This does not look like an article. {reasons}"[:500]


def source_for(article: Article, address: str, new: NewText) -> Source | None:
    """The source at the page's address; a saved file is believed in what it says of its address or site."""
    source = article.source or _source_at(address, new)
    return learn_source(source, new.site, new.findings) if source is not None else None


def _source_at(address: str, new: NewText) -> Source | None:
    try:
        return source_at(canonical_address(address).host, name=new.site)
    except BadAddress:
        return source_named(new.site) if new.site else None


def _remember_addresses(article: Article, snapshot: Snapshot, extracted: Extract) -> None:
    """Later submissions of the redirect's target or the page's own canonical address lead to this article."""
    for url in (snapshot.final_url, extracted.canonical_url):
        if urlsplit(url).path.strip("/"):  # a front page named as canonical is a publisher's mistake
            try:
                remember_address(article, url)
            except BadAddress:
                continue
