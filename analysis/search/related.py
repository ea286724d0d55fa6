"""Other articles that share rare entities: what everybody mentions explains nothing."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User

from analysis.models import Entity, Tag
from articles.models import Article

RAREST = 6  # entities looked at; arbitrary
POOL = 200  # newest candidates weighed; arbitrary, one index scan
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Related:
    """Another article and the entities it shares, rarest first."""

    article: Article
    shared: tuple[Entity, ...]


def related_articles(article: Article, tags: list[Tag], user: User | AnonymousUser) -> list[Related]:
    """Articles that share the rarest entities, weighted by 1 / number of articles with the entity."""
    rare = sorted(
        (tag.entity for tag in tags if not tag.is_implied),
        key=lambda entity: (entity.article_count, entity.pk),
    )[:RAREST]
    if not rare:
        return []
    pool = (
        Article.objects.visible_to(user)
        .ready()
        .filter(entity_ids__overlap=[entity.pk for entity in rare])
        .exclude(pk=article.pk)
        .defer("search")
        .select_related("source")[:POOL]
    )
    found = [
        Related(other, tuple(entity for entity in rare if entity.pk in other.entity_ids)) for other in pool
    ]
    found.sort(key=lambda one: -sum(1 / max(entity.article_count, 1) for entity in one.shared))
    return found[:SHOWN]
