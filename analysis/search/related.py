"""Other articles on the same matter, each with the reason: rare entities in common and likeness of meaning.

What everybody mentions explains nothing: an entity weighs by how rare it is in the archive (inverse document
frequency), so that hubs like a large country hardly count. Copies and articles of the same story are left out; the
story's page shows those.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import F, Q

from analysis.models import Entity, StoryProfile, Tag
from articles.models import Article

RAREST = 8  # entities looked at; arbitrary
POOL = 200  # newest candidates weighed; arbitrary, one index scan
SHOWN = 5
NAMED = 3  # entities given as the reason
MEANING = 0.5  # share of the meaning in the score; the rest is entities. Arbitrary.
LEAST = 0.15  # below that an article is not shown


@dataclass(frozen=True, slots=True)
class Related:
    """Another article, the entities it shares, rarest first, and how alike the two are in meaning, 0 to 1."""

    article: Article
    shared: tuple[Entity, ...]
    similarity: float

    @property
    def reason(self) -> str:
        """One line for the reader."""
        names = ", ".join(entity.name for entity in self.shared[:NAMED])
        return f"Both name {names}"


def related_articles(article: Article, tags: Sequence[Tag], user: User | AnonymousUser) -> list[Related]:
    """At most five articles that share rare entities, the most alike first; two statements."""
    rare = sorted(
        (tag.entity for tag in tags if not tag.is_implied),
        key=lambda entity: (entity.article_count, entity.pk),
    )[:RAREST]
    if not rare:
        return []
    vectors = _vectors(article)
    pool = _pool(article, rare, user)
    found = [_relate(article, other, rare, vectors) for other in pool]
    ranked = sorted(found, key=lambda one: (-one[0], -one[1].article.pk))
    return [related for score, related in ranked if score >= LEAST][:SHOWN]


def _pool(article: Article, rare: Sequence[Entity], user: User | AnonymousUser) -> list[Article]:
    """The newest articles that share one of the entities, without copies and the article's own story."""
    others = Q(story_id__isnull=True) | ~Q(story_id=article.story_id) if article.story_id else Q()
    return list(
        Article.objects.visible_to(user)
        .ready()
        .filter(others, entity_ids__overlap=[entity.pk for entity in rare], duplicate_of__isnull=True)
        .exclude(pk__in=[pk for pk in (article.pk, article.duplicate_of_id) if pk])
        .annotate(vector=F("story_profile__vector"))
        .defer("search")
        .select_related("source")[:POOL]
    )


def _vectors(article: Article) -> bytes:
    row = StoryProfile.objects.filter(article=article.duplicate_of_id or article.pk).values_list(
        "vector", flat=True
    )
    return bytes(row.first() or b"")


def _relate(article: Article, other: Article, rare: Sequence[Entity], own: bytes) -> tuple[float, Related]:
    """The score of one candidate: half entities by rarity, half meaning."""
    shared = tuple(entity for entity in rare if entity.pk in other.entity_ids)
    theirs = bytes(getattr(other, "vector", None) or b"")
    alike = 0.0
    if own and theirs:
        alike = max(0.0, float(np.frombuffer(own, np.float32) @ np.frombuffer(theirs, np.float32)))
    whole = sum(_weight(entity) for entity in rare)
    score = (1 - MEANING) * sum(_weight(entity) for entity in shared) / whole + MEANING * alike
    return score, Related(other, shared, round(alike, 4))


def _weight(entity: Entity) -> float:
    """1 for what one article names, a tenth for what a million do."""
    return 1 / (1 + math.log2(1 + entity.article_count) / 2)
