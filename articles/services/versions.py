"""Texts of an article: a new one becomes a version, and the current version is copied onto the article."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max
from django.db.models.functions import Now

from articles.models import Article, Snapshot, Stage, Version
from articles.services.texts import Block, count_words, text_hash


@dataclass(frozen=True, slots=True)
class NewText:
    """A text and what is known about it, ready to be stored as a version."""

    text: str
    title: str = ""
    blocks: tuple[Block, ...] = ()
    authors: tuple[str, ...] = ()
    byline: str = ""
    published_at: datetime | None = None
    modified_at: datetime | None = None
    site: str = ""
    language: str = ""
    section: str = ""
    description: str = ""
    is_paywalled: bool = False
    verdict: str = "article"
    doubts: tuple[tuple[str, str], ...] = ()
    findings: dict[str, list[Any]] = field(default_factory=dict)
    extractor_version: str = ""


# What of a version can be read better from the same bytes, beside its text and title.
DETAILS = (
    "blocks", "authors", "byline", "published_at", "modified_at", "site", "language", "section", "description",
    "is_paywalled", "verdict",
)  # fmt: skip
FOUND = ("canonical_url", "lead_image")  # metadata without a column of its own


def details_of(read: NewText | Version) -> dict[str, Any]:
    """Structure and metadata as plain values: what was found, not where and how surely."""
    values = {name: _plain(getattr(read, name)) for name in DETAILS}
    return values | {name: read.findings.get(name, [""])[0] for name in FOUND}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def details_hash(read: NewText | Version) -> str:
    """SHA-256 (hex) of `details_of` and the text to the letter."""
    told = json.dumps([read.text, details_of(read)], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()


def store_version(
    article: Article,
    new: NewText,
    *,
    snapshot: Snapshot | None = None,
    by: User | None = None,
    is_exact: bool = False,
) -> tuple[Version, bool]:
    """The version with this text and title, and whether it is new. The article's row must be locked.

    With `is_exact` structure and metadata must be the same too: another reading of the same words.
    """
    digest, details = text_hash(new.text), details_hash(new)
    same = article.versions.filter(text_hash=digest, title=new.title).order_by("-number")
    known = (same.filter(details_hash=details) if is_exact else same).first()
    if known is not None:
        return known, False
    last = article.versions.aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        article=article,
        number=last + 1,
        snapshot=snapshot,
        text_hash=digest,
        created_by=by,
        title=new.title,
        text=new.text,
        blocks=[list(block) for block in new.blocks],
        authors=list(new.authors),
        byline=new.byline,
        published_at=new.published_at,
        modified_at=new.modified_at,
        site=new.site,
        language=new.language,
        section=new.section,
        description=new.description,
        is_paywalled=new.is_paywalled,
        verdict=new.verdict,
        doubts=[list(doubt) for doubt in new.doubts],
        findings=new.findings,
        extractor_version=new.extractor_version,
        details_hash=details,
    )
    return version, True


def current_copies(article: Article, version: Version) -> dict[str, Any]:
    """The article's columns that repeat its current version, for an UPDATE."""
    return {
        "version": version,
        "title": version.title or article.title,
        "byline": version.byline,
        "site": version.site or article.site,
        "language": version.language,
        "published_at": version.published_at,
        "dated_at": version.published_at or article.submitted_at,
        "word_count": count_words(version.text),
    }


def adopt_version(article: Article, version: Version) -> None:
    """Make it the current text and open the article for analysis. The article's row must be locked."""
    for name, value in current_copies(article, version).items():
        setattr(article, name, value)
    Article.objects.filter(pk=article.pk).update(
        **current_copies(article, version),
        stage=Stage.EXTRACTED,
        stage_at=Now(),
        hold_reason="",
        failed_at=None,
        failure_reason="",
        attempts=0,
        retry_at=None,
        lease_token=None,
        lease_until=None,
    )
    article.refresh_from_db()
