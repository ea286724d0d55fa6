"""Texts of an article: a new one becomes a version, and the current version is copied onto the article."""

from dataclasses import dataclass, field
from datetime import datetime
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


def store_version(
    article: Article, new: NewText, *, snapshot: Snapshot | None = None, by: User | None = None
) -> tuple[Version, bool]:
    """The version with this text and title, and whether it is new. The article's row must be locked."""
    digest = text_hash(new.text)
    same = article.versions.filter(text_hash=digest, title=new.title).first()
    if same is not None:
        return same, False
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
