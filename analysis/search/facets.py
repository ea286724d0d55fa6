"""How many of the found articles have what, and which stand on the page: all in one statement."""

import json
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import groupby
from time import monotonic
from typing import Any, TypeAlias

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection

from analysis.search.fence import ask_newest
from analysis.search.filters import Key, Place
from articles.models import Article, ArticleQuerySet

Answer: TypeAlias = list[tuple[Any, ...]]  # what the facet counts, kind, value, name, number
CAP = 5_000  # hits that are counted, the newest; more are "5,000+"
PER_FACET = 12
MANY = 1_000  # among so many hits a name of one article is not listed, among twice as many none of two
TIMEOUT_MS = 4_000  # of the statement; arbitrary, longer than people wait
# title of the facet: the kinds of entity it lists
ENTITY_FACETS = {
    "Countries": ("country",),
    "Companies": ("company",),
    "Researchers": ("researcher",),
    "People": ("person",),
    "Organizations": ("organization", "government", "igo", "media"),
    "Threats": ("threat", "malware"),
}
SLOW_SECONDS, KEPT_SECONDS = 0.08, 60  # counts that took longer are kept for a minute


@dataclass(frozen=True, slots=True)
class Count:
    """One line of a facet: the value that goes into the address, its name, and how many."""

    value: str
    label: str
    number: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Facets:
    """All counts over one result list."""

    total: int
    is_capped: bool
    groups: dict[str, tuple[Count, ...]]
    stories: int = 0

    @property
    def total_label(self) -> str:
        """ "1,234", or "5,000+" when counting stopped there."""
        return f"{self.total:,}" + "+" * self.is_capped

    @property
    def stories_label(self) -> str:
        """The same for stories; an article without one counts as its own."""
        return f"{self.stories:,}" + "+" * self.is_capped


@dataclass(frozen=True, slots=True)
class Survey:
    """The counts, and the ids on the page in the order of the list."""

    facets: Facets
    ids: tuple[int, ...]


LIMITS = "SET LOCAL statement_timeout = {timeout}; "
HITS = "WITH hits AS MATERIALIZED ({hits})"
# A copy does not stand beside its original.
PAGE = """
SELECT 'row', '', id::text, '', row_number() OVER ({order}) FROM (
  SELECT id, dated_at FROM hits WHERE (duplicate_of_id IS NULL OR duplicate_of_id NOT IN (SELECT id FROM hits)) {where}
  {order} LIMIT {limit}) AS page
"""
# Half of the names stand in a single article each: among thousands of hits these are not looked up (typing finds them).
COUNTS = """
, named AS (
  SELECT id, count(*) AS n FROM (SELECT unnest(entity_ids) AS id FROM hits) AS one GROUP BY id
  HAVING count(*) > LEAST((SELECT count(*) FROM hits) / {many}, 2)
),
tagged AS (
  SELECT entity.id, entity.kind, entity.name, named.n,
         row_number() OVER (PARTITION BY {facet} ORDER BY named.n DESC, entity.id) AS place
  FROM named JOIN analysis_entity AS entity ON entity.id = named.id
  WHERE entity.kind = ANY(%s)
),
published AS (SELECT source_id, count(*) AS n FROM hits GROUP BY source_id)
SELECT 'tag', kind, id::text, name, n FROM tagged WHERE place <= %s
UNION ALL
(SELECT 'source', source.kind, source.id::text, source.name, published.n FROM published
  JOIN articles_source AS source ON source.id = published.source_id ORDER BY published.n DESC LIMIT 30)
UNION ALL
SELECT 'kind', '', source.kind, source.kind, sum(published.n) FROM published
  JOIN articles_source AS source ON source.id = published.source_id GROUP BY source.kind
UNION ALL
SELECT 'language', '', language, language, count(*) FROM hits WHERE language <> '' GROUP BY language
UNION ALL
SELECT 'month', '', to_char(month, 'YYYY-MM'), '', n FROM (
  SELECT date_trunc('month', dated_at AT TIME ZONE 'UTC') AS month, count(*) AS n FROM hits GROUP BY 1) AS months
UNION ALL
SELECT 'status', '', CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN failed_at IS NOT NULL THEN 'failed'
    WHEN hold_reason <> '' THEN 'review' WHEN stage IN ('analyzed', 'grouped') THEN 'ready' ELSE 'working' END,
  '', count(*) FROM hits GROUP BY 3
UNION ALL
SELECT 'stories', '', '', '', count(DISTINCT COALESCE(story_id, -id)) FROM hits
UNION ALL
"""
TOTAL = "SELECT 'total', '', '', '', count(*) FROM hits"
NARROWED = """
, named AS (SELECT id, count(*) AS n FROM (SELECT unnest(entity_ids) AS id FROM hits) AS one GROUP BY id)
(SELECT 'tag', entity.kind, entity.id::text, entity.name, named.n FROM named
JOIN analysis_entity AS entity ON entity.id = named.id
WHERE entity.kind = ANY(%s) AND strpos(upper(unaccent(entity.name)), upper(unaccent(%s))) > 0
ORDER BY named.n DESC, entity.name LIMIT %s) UNION ALL
"""
NARROWED_SOURCES = """
(SELECT 'source', source.kind, source.id::text, source.name, count(*) FROM hits
JOIN articles_source AS source ON source.id = hits.source_id
WHERE strpos(upper(unaccent(source.name || ' ' || source.host)), upper(unaccent(%s))) > 0
GROUP BY source.id ORDER BY count(*) DESC, source.name LIMIT %s) UNION ALL
"""
COLUMNS = (
    "id",
    "source_id",
    "entity_ids",
    "language",
    "dated_at",
    "withdrawn_at",
    "failed_at",
    "hold_reason",
    "stage",
    "story_id",
    "duplicate_of_id",
)
NOTHING = Survey(Facets(total=0, is_capped=False, groups={}), ())


def survey(found: ArticleQuerySet, place: Place, rows: int) -> Survey:
    """Counts over the newest hits, and the first `rows` ids from `place` on, in one statement."""
    begun = monotonic()
    try:
        key = key_for(found)
        kept = cache.get(key)
        ask_for = partial(asked, page=page_of(place, rows), with_counts=kept is None)
        answer = ask_newest(found, CAP + 1, ask_for, total_of)
    except EmptyResultSet:  # a name nobody has: Django knows without asking
        return NOTHING
    if kept is not None:
        return Survey(Facets(**unpacked(kept)), ids_of(answer, place))
    facets = read_facets(answer)
    if monotonic() - begun > SLOW_SECONDS:
        cache.set(key, packed(facets), KEPT_SECONDS)
    return Survey(facets, ids_of(answer, place))


def key_for(found: ArticleQuerySet) -> str:
    """Under what the counts are kept; raises EmptyResultSet."""
    return "facets:" + sha256(repr(hits_of(found)).encode()).hexdigest()


def asked(found: ArticleQuerySet, page: tuple[str, list[Any]], *, with_counts: bool) -> Answer:
    """The page's part of the statement and how many hits there are, with the counts of the facets or without."""
    hits, params = hits_of(found)
    if with_counts:
        hits += COUNTS.format(facet=facet_case(), many=MANY)
        params += [entity_kinds(), PER_FACET]
    return ask(f"{hits} {TOTAL} UNION ALL {page[0]}", [*params, *page[1]])


def count_facets(found: ArticleQuerySet) -> Facets:
    """The counts alone."""
    return survey(found, Place(), 0).facets


def narrowed(found: ArticleQuerySet, facet: str, words: str, limit: int = PER_FACET) -> tuple[Count, ...]:
    """The lines of one facet whose names contain the words; raises KeyError for a facet that cannot be narrowed."""
    lines, params = NARROWED_SOURCES, [words, limit]
    if facet != "Source":
        lines, params = NARROWED, [list(ENTITY_FACETS[facet]), *params]

    def ask_for(articles: ArticleQuerySet) -> Answer:
        hits, given = hits_of(articles)
        return ask(f"{hits}{lines}{TOTAL}", [*given, *params])

    try:
        answer = ask_newest(found, CAP + 1, ask_for, total_of)
    except EmptyResultSet:
        return ()
    return tuple(
        Count(value, label, min(n, CAP), kind) for name, kind, value, label, n in answer if name != "total"
    )


def hits_of(found: ArticleQuerySet) -> tuple[str, list[Any]]:
    """The beginning of a statement over the newest hits; raises EmptyResultSet."""
    newest = found.order_by("-dated_at", "-id").values(*COLUMNS)[: CAP + 1]
    hits, params = newest.query.sql_with_params()
    return HITS.format(hits=hits), list(params)


def page_of(place: Place, rows: int) -> tuple[str, list[Any]]:
    """The part of the statement that names the articles of the page."""
    order = "ORDER BY dated_at DESC, id DESC"
    where, params = "", []
    if key := place.before or place.after:
        where, params = f"AND (dated_at, id) {'<' if place.before else '>'} (%s, %s)", [key.dated_at, key.pk]
        order = order if place.before else "ORDER BY dated_at, id"
    return PAGE.format(order=order, where=where, limit=rows), params


def ask(statement: str, params: list[Any]) -> Answer:
    """Run it with a time limit of its own; raises OperationalError when that is reached."""
    with connection.cursor() as cursor:
        cursor.execute(LIMITS.format(timeout=TIMEOUT_MS) + statement, params)
        rows: Answer = cursor.fetchall()
        return rows


def ids_of(answer: Answer, place: Place) -> tuple[int, ...]:
    """The ids on the page in the list's order."""
    rows = sorted((row[4], int(row[2])) for row in answer if row[0] == "row")
    return tuple(pk for _, pk in (reversed(rows) if place.after and not place.before else rows))


def read_facets(answer: Answer) -> Facets:
    """The rows of the statement as counts."""
    total, stories = total_of(answer), number(answer, "stories")
    return Facets(min(total, CAP), total > CAP, grouped(answer), min(stories, total, CAP))


def number(answer: Answer, name: str) -> int:
    """One of the counts that have a row of their own."""
    return next(int(row[4]) for row in answer if row[0] == name)


def total_of(answer: Answer) -> int:
    """How many hits there are, as far as they are counted."""
    return number(answer, "total")


def entity_kinds() -> list[str]:
    """Every kind of entity that some facet lists."""
    return [kind for kinds in ENTITY_FACETS.values() for kind in kinds]


def facet_case() -> str:
    """SQL that names the facet of an entity kind (constants of this module only)."""
    whens = " ".join(
        f"WHEN entity.kind IN ({', '.join(repr(kind) for kind in kinds)}) THEN '{title}'"
        for title, kinds in ENTITY_FACETS.items()
    )
    return f"CASE {whens} END"


def grouped(rows: Answer) -> dict[str, tuple[Count, ...]]:
    """Rows to facets: entities by kind, the rest by their own name, largest first (months newest first)."""
    titles = {kind: title for title, kinds in ENTITY_FACETS.items() for kind in kinds}
    named = [
        (titles[kind] if facet == "tag" else facet, Count(value, label or value, min(int(number), CAP), kind))
        for facet, kind, value, label, number in rows
        if facet not in ("total", "stories", "row")
    ]
    named.sort(key=lambda pair: (pair[0], -pair[1].number, pair[1].label))
    groups = {
        title: tuple(count for _, count in pairs) for title, pairs in groupby(named, key=lambda pair: pair[0])
    }
    months = sorted(groups.get("month", ()), key=lambda count: count.value, reverse=True)
    return {**groups, "month": tuple(months)}


def packed(facets: Facets) -> str:
    """As kept in the cache."""
    groups = {
        title: [[one.value, one.label, one.number, one.kind] for one in counts]
        for title, counts in facets.groups.items()
    }
    return json.dumps([facets.total, facets.is_capped, groups, facets.stories])


def unpacked(kept: str) -> dict[str, Any]:
    """What `packed` made."""
    total, is_capped, groups, stories = json.loads(kept)
    counts = {title: tuple(Count(*one) for one in lines) for title, lines in groups.items()}
    return {"total": total, "is_capped": is_capped, "groups": counts, "stories": stories}


def key_of(article: Article) -> Key:
    """Its place in the list of the newest."""
    return Key(article.dated_at, article.pk)
