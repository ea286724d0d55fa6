"""Analyzed articles, made row by row so that these tests depend on no model."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from analysis.models import Analysis, Entity, Mention, Tag
from articles.models import Article, Source, Stage, Submission, Version
from articles.services.index import store_index

TEXT = "Files of Acme Streaming lay open in Freedonia. Ann Roe, a security researcher, found them."


def make_tagged(title: str, *, by: User, text: str = TEXT) -> Article:
    """A ready article about Acme Streaming with one mention, its evidence and provenance."""
    source, _ = Source.objects.get_or_create(
        host="wire.example", defaults={"name": "Example Wire", "reliability": "B"}
    )
    article = Article.objects.create(origin="text", stage=Stage.SUBMITTED, title=title, source=source)
    version = Version.objects.create(
        article=article, number=1, title=title, text=text, text_hash=hashlib.sha256(text.encode()).hexdigest(),
        published_at=datetime(2026, 1, 2, tzinfo=UTC), language="en",
    )  # fmt: skip
    ends = text.index(".") + 1
    Analysis.objects.create(
        version=version, pipeline_version="test-1", lexicon_version="l1", language="en",
        sentences=[["body", 0, ends], ["body", ends + 1, len(text)]],
        summary=[{"text": text[:ends], "sentences": [0]}], takeaways=[],
    )  # fmt: skip
    entity, _ = Entity.objects.get_or_create(
        key="company:acme", defaults={"kind": "company", "name": "Acme Streaming"}
    )
    start = text.index("Acme Streaming")
    Mention.objects.create(
        version=version, entity=entity, field="body", start=start, end=start + 14, surface="Acme Streaming",
        kind="company", score=0.9, method="table", reasons=["known company"], sentence=0,
    )  # fmt: skip
    Tag.objects.create(
        article=article, entity=entity, kind="company", score=0.9, salience=0.5, mention_count=1
    )
    Article.objects.filter(pk=article.pk).update(
        stage=Stage.GROUPED,
        version=version,
        entity_ids=[entity.pk],
        word_count=15,
        published_at=version.published_at,
    )
    Submission.objects.create(article=article, by=by)
    article.refresh_from_db()
    store_index(article, text, names=[entity.name])
    return article


@pytest.fixture
def tagged(analyst: User) -> Article:
    return make_tagged("=Open files of Acme", by=analyst)
