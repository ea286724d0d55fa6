"""Who and what the articles of a period are about, and who is named more than usual."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from analysis.search.facets import ENTITY_FACETS, facet_case
from analysis.search.periods import Period
from analysis.search.tallies import Tally

SHOWN = 8  # lines of a panel
MAPPED = 260  # countries: all there are
BASE = 8  # stretches before the last one that make the base
SMOOTHING = 1.0  # added to both sides, so that one article after none is not infinitely more
LEAST = 3  # in the last stretch; below, nothing is called rising (arbitrary)
MANY = 5_000  # where so many names occur, one of a single article is not ranked; twice as many, none of two
RATIO = 1.5  # the least growth that is called rising (arbitrary)
MEASURES = {"articles": "Articles", "stories": "Stories"}

# Half of all names stand in one or two articles of a period. Where thousands are named, these are left out before
# anything is put in order, which would take most of the time.
STATEMENT = """
counted AS (
  SELECT entity_id,
    coalesce(sum(articles) FILTER (WHERE {column} >= %s), 0)::int AS articles,
    coalesce(sum(stories) FILTER (WHERE {column} >= %s), 0)::int AS stories,
    coalesce(sum({measure}) FILTER (WHERE {column} >= %s AND {column} < %s), 0)::int AS recent,
    coalesce(sum({measure}) FILTER (WHERE {column} >= %s AND {column} < %s), 0)::int AS base
  FROM {table} WHERE {column} >= %s GROUP BY entity_id
),
likely AS MATERIALIZED (
  SELECT * FROM counted
  WHERE articles > LEAST((SELECT count(*) FROM counted) / {many}, 2) OR recent >= %s
     OR entity_id IN (SELECT id FROM analysis_entity WHERE kind = 'country')
),
scored AS (
  SELECT likely.*, entity.kind, entity.name, entity.key, {facet} AS facet,
    (recent + %s) / (base / %s::float + %s) AS ratio
  FROM likely JOIN analysis_entity AS entity ON entity.id = likely.entity_id
  WHERE entity.kind = ANY(%s)
),
placed AS (
  SELECT scored.*,
    row_number() OVER (PARTITION BY facet ORDER BY {measure} DESC, articles DESC, entity_id) AS place,
    row_number() OVER (PARTITION BY facet ORDER BY (recent >= %s) DESC, ratio DESC, recent DESC, entity_id) AS rise
  FROM scored
)
SELECT entity_id, kind, name, key, facet, articles, stories, recent, base, ratio, place, rise FROM placed
WHERE (articles > 0 AND place <= CASE facet WHEN 'Countries' THEN %s ELSE %s END)
   OR (rise <= %s AND recent >= %s AND ratio >= %s)
"""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entity with its counts in the period, in the last stretch, and in the `BASE` stretches before."""

    entity_id: int
    kind: str
    name: str
    key: str
    facet: str
    articles: int
    stories: int
    recent: int
    base: int
    ratio: float
    place: int
    rise: int

    @property
    def code(self) -> str:
        """ISO code of a country, else ""."""
        return self.key.removeprefix("country:") if self.kind == "country" else ""

    @property
    def usual(self) -> float:
        """The mean of the stretches before."""
        return self.base / BASE

    @property
    def is_rising(self) -> bool:
        """Whether the last stretch stands out."""
        return self.rise <= SHOWN and self.recent >= LEAST and self.ratio >= RATIO


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first of each facet by its title, those that rise (strongest first), and every country named."""

    top: dict[str, list[Ranked]]
    rising: dict[str, list[Ranked]]
    countries: list[Ranked]


def rank_entities(tally: Tally, period: Period, measure: str) -> Ranking:
    """Top and rising entities of every facet, counted now; `measure` is a key of `MEASURES`."""
    return sort_out(ranked_rows(tally, period, measure))


def ranked_rows(tally: Tally, period: Period, measure: str) -> list[Ranked]:
    """What a ranking is made of, in one statement; raises ValueError for an unknown measure."""
    if measure not in MEASURES:
        raise ValueError(f"Cannot count {measure}.")
    column, table = ("month", "{months}") if period.is_long else ("day", "{days}")
    statement = STATEMENT.format(column=column, table=table, measure=measure, facet=facet_case(), many=MANY)
    kinds = [kind for kinds in ENTITY_FACETS.values() for kind in kinds]
    base, recent, end = period.stretches(BASE)
    params: tuple[Any, ...] = (
        *(period.since, period.since, recent, end, base, recent, min(base, period.since), LEAST),
        *(SMOOTHING, BASE, SMOOTHING, kinds, LEAST),
        *(MAPPED, SHOWN, SHOWN, LEAST, RATIO),
    )
    return [Ranked(*row) for row in tally.rows(statement, params)]


def sort_out(rows: list[Ranked]) -> Ranking:
    """Rows of all facets → panels."""
    top: dict[str, list[Ranked]] = defaultdict(list)
    rising: dict[str, list[Ranked]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.place):
        if row.articles and row.place <= SHOWN:
            top[row.facet].append(row)
    for row in sorted(rows, key=lambda row: row.rise):
        if row.is_rising:
            rising[row.facet].append(row)
    countries = sorted((row for row in rows if row.code and row.articles), key=lambda row: row.place)
    return Ranking(dict(top), dict(rising), countries)
