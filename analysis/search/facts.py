"""Background on an article's entities from the desk's own archive and tables: three statements at most.

Everything is read with the reader's own rights: what he may not see counts as not there.
"""

from collections.abc import Sequence
from functools import cache

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from analysis.models import PEOPLE, Tag
from analysis.pipeline.atlas import load_atlas
from analysis.pipeline.background import Archive, Country, Fact, Known, Other, Role, choose_facts
from analysis.pipeline.knowledge import load_ownerships, read_table
from articles.models import Article, ArticleQuerySet

LOOKED_AT = 8  # most salient entities; arbitrary
COMMON = 500  # an entity in more articles than this is no news to the desk; keeps the pool small
POOL = 4000  # LOOKED_AT * COMMON at most; one index scan
ROLES = 50


def read_facts(article: Article, tags: Sequence[Tag], user: User | AnonymousUser) -> tuple[Fact, ...]:
    """The most telling facts about the entities of an article (tags with entity and parent, by salience)."""
    entities = [known(tag) for tag in tags if not tag.is_implied][:LOOKED_AT]
    if not entities:
        return ()
    visible = Article.objects.visible_to(user).ready().exclude(pk=article.pk)
    archive = Archive(
        others=others(visible, entities),
        roles=roles(visible, entities),
        countries=countries(),
        now=timezone.now(),
        is_whole=user.has_perm("articles.view_article"),
    )
    return choose_facts(entities, archive)


def known(tag: Tag) -> Known:
    """A tag's entity as a value."""
    entity = tag.entity
    return Known(
        id=entity.pk,
        name=entity.name,
        kind=tag.kind,
        country=entity.country,
        ticker=entity.ticker,
        parent=entity.parent_id or 0,
        parent_name=entity.parent.name if entity.parent else "",
        parent_since=owned_since().get((entity.key, entity.parent.key if entity.parent else ""), ""),
        is_common=entity.article_count > COMMON,
        affiliation=tag.affiliation,
    )


def others(visible: ArticleQuerySet, entities: Sequence[Known]) -> list[Other]:
    """Every other article that names one of the less common entities."""
    ids = [one.id for one in entities if not one.is_common]
    if not ids:
        return []
    rows = visible.filter(entity_ids__overlap=ids).order_by("-dated_at", "-pk")
    wanted = frozenset(ids)
    return [
        Other(pk, dated_at, wanted.intersection(named), title)
        for pk, dated_at, named, title in rows.values_list("pk", "dated_at", "entity_ids", "title")[:POOL]
    ]


def roles(visible: ArticleQuerySet, entities: Sequence[Known]) -> list[Role]:
    """The affiliations that other articles print for people of whom this one prints one."""
    people = [one.id for one in entities if one.kind in PEOPLE and one.affiliation]
    if not people:
        return []
    rows = (
        Tag.objects.filter(entity__in=people, article__in=visible.order_by().values("pk"))
        .exclude(affiliation="")
        .order_by("-article__dated_at", "-pk")
        .values_list("entity", "affiliation", "article", "article__dated_at")
    )
    return [Role(*row) for row in rows[:ROLES]]


@cache
def countries() -> dict[str, Country]:
    """The table of countries by code."""
    places = load_atlas().places
    return {
        row["code"]: Country(
            row["name"],
            row["official_name"],
            row["capital"],
            places[row["code"]].region if row["code"] in places else "",
        )
        for row in read_table("countries")
    }


@cache
def owned_since() -> dict[tuple[str, str], str]:
    """When today's owners began to own, by company and owner."""
    return {(row.key, row.parent): row.since for row in load_ownerships() if row.since and not row.until}
