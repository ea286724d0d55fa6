"""Short makers of rows for tests. Everything goes through the services, as in the product."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from analysis.models import Entity
from analysis.pipeline.types import Field, Kind, KnownEntity, Point, Resolved, Result, Sentence, Tag
from analysis.services import store_result
from analysis.services.storing import replace_analysis
from articles.extraction.types import Page
from articles.models import Article, Snapshot, Source, Stage
from articles.services import claim_article, submit_text, submit_url
from articles.services.snapshots import store_snapshot

TEXT = (
    "Amazon opened an office in Chad. Nick Roy, a researcher at 38 North, was there.\n"
    "Officials in Chad said Amazon would hire 200 people."
)
NAMED: tuple[tuple[str, str, str], ...] = (
    ("Amazon", "company", "company:amazon"),
    ("Chad", "country", "country:TD"),
    ("Nick Roy", "researcher", "person:x-nick-roy"),
)


def make_article(
    text: str = TEXT,
    *,
    title: str = "",
    by: User | None = None,
    named: Iterable[tuple[str, str, str]] | None = None,
    **more: Any,
) -> Article:
    """A pasted article; with `named` ((surface, kind, entity key), …) it is analyzed and ready."""
    article = submit_text(text, by=by, title=title, **more).article
    return article if named is None else analyze_as(article, named)


def make_ready_article(text: str = TEXT, **more: Any) -> Article:
    """A pasted article in which Amazon, Chad and Nick Roy were found."""
    return make_article(text, named=NAMED, **more)


def make_url_article(url: str = "https://example.org/news/1", *, by: User | None = None) -> Article:
    """An article that waits to be fetched."""
    return submit_url(url, by=by).article


def make_source(name: str = "Example", host: str = "example.org", **more: Any) -> Source:
    """A publisher."""
    return Source.objects.get_or_create(host=host, defaults={"name": name, **more})[0]


def make_entity(key: str = "company:amazon", **more: Any) -> Entity:
    """An entity by its key; kind and name follow from it."""
    kind, _, name = key.partition(":")
    values = {"kind": kind, "name": name.removeprefix("x-").replace("-", " ").title(), **more}
    return Entity.objects.get_or_create(key=key, defaults=values)[0]


def make_page(
    body: str | bytes = "<p>Hello</p>", url: str = "https://example.org/news/1", **more: Any
) -> Page:
    """A fetched page in memory."""
    data = body.encode() if isinstance(body, str) else body
    return Page(url=url, body=data, fetched_at=datetime(2026, 5, 1, 12, tzinfo=UTC), **more)


def make_snapshot(article: Article, body: str | bytes = "<p>Hello</p>", **more: Any) -> Snapshot:
    """A page kept as evidence."""
    with transaction.atomic():
        return store_snapshot(article, make_page(body, **more))


def analyze_as(article: Article, named: Iterable[tuple[str, str, str]] = NAMED, **more: Any) -> Article:
    """Store a result in which these names were found; the article moves on if it was waiting for that."""
    article.refresh_from_db()
    result = make_result(article, named, **more)
    if article.stage == Stage.EXTRACTED:
        lease = claim_article(article.pk, stage=Stage.EXTRACTED)
        assert lease is not None
        assert store_result(article, result, lease)
    else:
        with transaction.atomic():
            replace_analysis(Article.objects.select_for_update(of=("self",)).get(pk=article.pk), result)
    article.refresh_from_db()
    return article


def make_result(article: Article, named: Iterable[tuple[str, str, str]] = NAMED, **more: Any) -> Result:
    """A pipeline result by hand: every occurrence of each name, in title and text, with one tag per entity.

    An empty key makes unlinked mentions.
    """
    assert article.version is not None
    title, text = article.version.title, article.version.text
    sentences = _sentences(title, text)
    mentions = [
        _mention(field, found, kind, key, sentences)
        for surface, kind, key in named
        for field, string in ((Field.TITLE, title), (Field.BODY, text))
        for found in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", string)
    ]
    keys = dict.fromkeys(mention.entity for mention in mentions if mention.entity)
    return Result(
        language="en",
        pipeline_version=more.get("pipeline_version", "test"),
        lexicon_version="test",
        sentences=sentences,
        mentions=tuple(mentions),
        tags=tuple(_tag(key, mentions) for key in keys),
        entities=tuple(_known(key, mentions) for key in keys),
        summary=(Point(text.split("\n")[0], (0,)),),
        **{name: tuple(more.get(name, ())) for name in ("impacts", "claims", "relationships")},
    )


def _sentences(title: str, text: str) -> tuple[Sentence, ...]:
    places = [(Field.TITLE, 0, len(title))] if title else []
    places += [(Field.BODY, found.start(), found.end()) for found in re.finditer(r"[^.\n]+\.?", text)]
    return tuple(Sentence(number, *place) for number, place in enumerate(places))


def _mention(
    field: Field, found: re.Match[str], kind: str, key: str, sentences: Sequence[Sentence]
) -> Resolved:
    inside = [one.number for one in sentences if one.field is field and one.start <= found.start()]
    return Resolved(
        field=field,
        start=found.start(),
        end=found.end(),
        surface=found[0],
        kind=Kind(kind),
        score=0.9,
        method="table",
        reasons=("by hand",),
        sentence=inside[-1] if inside else 0,
        entity=key,
    )


def _tag(key: str, mentions: list[Resolved]) -> Tag:
    own = [number for number, mention in enumerate(mentions) if mention.entity == key]
    first = mentions[own[0]]
    is_researcher = first.kind is Kind.RESEARCHER
    return Tag(
        entity=key,
        kind=Kind.COUNTRY if first.kind is Kind.NATIONALITY else first.kind,
        score=0.9,
        salience=min(1.0, 0.3 * len(own)),
        is_about=len(own) > 1,
        is_implied=False,
        mentions=tuple(own),
        evidence=first.sentence,
        role="researcher" if is_researcher else "",
        role_category="academic" if is_researcher else "",
        affiliation="38 North" if is_researcher else "",
        reasons=("by hand",),
    )


def _known(key: str, mentions: list[Resolved]) -> KnownEntity:
    first = next(mention for mention in mentions if mention.entity == key)
    kind = Kind.COUNTRY if first.kind is Kind.NATIONALITY else first.kind
    country = key.partition(":")[2] if kind is Kind.COUNTRY else ""
    return KnownEntity(key=key, kind=kind, name=first.surface, country=country)
