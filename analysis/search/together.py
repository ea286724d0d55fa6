"""Who is named together with whom, more than their frequency explains.

Weight of a pair: n · log(n·N / (a·b)), with n articles that name both, a and b that name each, of N: the articles a
pair has in common times its pointwise mutual information (Church and Hanks 1990). What everybody names (a hub such as
a large country) gains nothing from being everywhere, and a pair seen once gains little from being rare.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from analysis.models import Entity
from analysis.search.compiling import midnight
from analysis.search.fence import Wanted, fenced
from articles.models import Article, ArticleQuerySet

POOL = 5_000  # newest articles that are looked at (all of a million would take a third of a second)
CANDIDATES = 200  # most frequent others that are weighed
LINKED = (
    "country",
    "company",
    "researcher",
    "person",
    "organization",
    "government",
    "igo",
    "threat",
    "malware",
)
NODES = 40
PAIRS = 90

OTHERS = """
WITH newest AS MATERIALIZED ({newest})
SELECT entity.id, entity.kind, entity.name, entity.key, entity.article_count, counted.n FROM (
  SELECT one.id, count(*)::int AS n FROM (SELECT unnest(entity_ids) AS id FROM newest) AS one
  WHERE one.id <> %s GROUP BY one.id ORDER BY n DESC, one.id LIMIT %s
) AS counted JOIN analysis_entity AS entity ON entity.id = counted.id
"""
NETWORK = """
WITH newest AS MATERIALIZED ({newest}),
named AS (
  SELECT id AS article, unnest(entity_ids) AS id FROM newest
),
frequent AS MATERIALIZED (
  SELECT named.id, count(*)::int AS n FROM named JOIN analysis_entity AS entity ON entity.id = named.id
  WHERE entity.kind = ANY(%s) GROUP BY named.id HAVING count(*) > 1 ORDER BY n DESC, named.id LIMIT %s
),
kept AS MATERIALIZED (SELECT named.* FROM named JOIN frequent USING (id))
SELECT one.id, other.id, count(*)::int,
  (SELECT n FROM frequent WHERE frequent.id = one.id), (SELECT n FROM frequent WHERE frequent.id = other.id),
  (SELECT count(*) FROM newest)::int
FROM kept AS one JOIN kept AS other ON other.article = one.article AND other.id > one.id
GROUP BY 1, 2 HAVING count(*) > 1
"""


@dataclass(frozen=True, slots=True)
class Companion:
    """Another entity in the same articles: how many, and how much more than chance."""

    entity_id: int
    kind: str
    name: str
    key: str
    number: int
    weight: float

    @property
    def code(self) -> str:
        """ISO code of a country, else ""."""
        return self.key.removeprefix("country:") if self.kind == "country" else ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entities that are named together."""

    one: Entity
    other: Entity
    number: int
    weight: float


def weigh(number: int, one: int, other: int, total: int) -> float:
    """n · log(n·N / (a·b)); 0 where the pair is not more frequent than chance, or a count is not positive."""
    if min(number, one, other, total) <= 0:
        return 0.0
    return max(0.0, number * math.log(number * total / (one * other)))


def companions(
    entity: Entity, articles: ArticleQuerySet, total: int, by_day: Mapping[date, tuple[int, int]]
) -> list[Companion]:
    """Entities named with one, over its newest `POOL` articles, by weight.

    `total`: all ready articles there are; `by_day`: how many articles (and stories) of each day name the entity.
    """
    first = first_of_pool(by_day)
    wanted = Wanted(None, since=first, entities=((entity.pk,),), is_cut=first is not None)
    newest = fenced(articles, wanted).order_by("-dated_at", "-pk").values("entity_ids")[:POOL]
    rows = _run(OTHERS, newest, [entity.pk, CANDIDATES])
    seen = min(entity.article_count or POOL, POOL)
    found = [
        Companion(pk, kind, name, key, number, weigh(number, seen, max(count, number), max(total, seen)))
        for pk, kind, name, key, count, number in rows
    ]
    return sorted(found, key=lambda one: (-one.weight, -one.number, one.name))


def first_of_pool(by_day: Mapping[date, tuple[int, int]]) -> date | None:
    """The day from which on there are `POOL` articles; None where there are not that many."""
    found = 0
    for day in sorted(by_day, reverse=True):
        found += by_day[day][0]
        if found >= POOL:
            return day
    return None


def network(articles: ArticleQuerySet, since: date) -> list[Pair]:
    """The strongest pairs among the `NODES` entities that hang together most, of the newest `POOL` articles."""
    newest = (
        articles.filter(dated_at__gte=midnight(since)).order_by("-dated_at", "-pk").values("id", "entity_ids")
    )
    rows = _run(NETWORK, newest[:POOL], [list(LINKED), CANDIDATES])
    weighed = sorted(
        ((weigh(n, a, b, total), n, one, other) for one, other, n, a, b, total in rows), reverse=True
    )
    chosen = strongest((one, other, weight) for weight, _, one, other in weighed if weight > 0)
    entities = Entity.objects.in_bulk([pk for pair in chosen for pk in pair])
    numbers = {(one, other): (n, weight) for weight, n, one, other in weighed}
    return [
        Pair(entities[one], entities[other], *numbers[one, other])
        for one, other in chosen
        if one in entities and other in entities
    ]


def strongest(pairs: Iterable[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """The first `PAIRS` pairs, strongest first, that need no more than `NODES` entities."""
    nodes: set[int] = set()
    kept: list[tuple[int, int]] = []
    for one, other, _ in pairs:
        if len(kept) < PAIRS and len(nodes | {one, other}) <= NODES:
            nodes |= {one, other}
            kept.append((one, other))
    return kept


def _run(statement: str, newest: QuerySet[Article, Any], params: list[Any]) -> list[tuple[Any, ...]]:
    try:
        sql, given = newest.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement.format(newest=sql), [*given, *params])
        return list(cursor.fetchall())
