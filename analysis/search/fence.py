"""Words first: the text index answers inside of a subquery the planner cannot take apart.

The planner counts the check of one text vector as cheap, although most lie outside of their row. Beside a date, a
source or an order it therefore likes to walk another index and check every text.
`OFFSET 0` keeps it from doing so.

Inside of it also stand entities, states, languages and sources that are asked for, and the first and the last day:
those of the query, or, where hits are so frequent that the newest days have enough, the first of these. One index knows
all of them (`article_search`), so of other articles not even the rows are read. Without words only the newest days of
entities are asked so; what these do not settle is left to the planner.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Lookup
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.db.models.sql.datastructures import BaseTable

from analysis.search.expected import expected_hits
from analysis.search.text import Once, TextQuery
from articles.models import Article, ArticleQuerySet, Day, TitleWords

Answer = TypeVar("Answer")
MARGIN = 1.3  # days are asked with so many more hits expected than wanted: it is a guess, and days differ
WORTH = 0.6  # of all articles: a stretch longer than this saves less than asking twice costs
TRIES = 2
STRETCH = """
SELECT day FROM (
  SELECT day, sum(articles) OVER (ORDER BY day DESC) AS newer, sum(articles) OVER () AS whole FROM analysis_daytotal
) AS counted WHERE newer >= whole * %(share)s ORDER BY day DESC LIMIT 1
"""


@SearchVectorField.register_lookup
class Holds(Lookup):  # type: ignore[type-arg]  # generic for the type checker only
    """`search__holds=Once(text)`: the vector has the words. Django's own lookup wants the text query bare."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """`search @@ (SELECT …)`."""
        vector, params = self.process_lhs(compiler, connection)
        text, more = self.process_rhs(compiler, connection)
        return f"{vector} @@ {text}", [*params, *more]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the indexes of words are asked for; the days are the first and the last, None where all may be.

    Of each group of `entities` an article names one; of each group of `others`, (column, values), it has one.
    """

    text: TextQuery | None
    title: TextQuery | None = None
    since: date | None = None
    until: date | None = None
    entities: tuple[tuple[int, ...], ...] = field(default=(), kw_only=True)
    others: tuple[tuple[str, tuple[Any, ...]], ...] = field(default=(), kw_only=True)
    is_cut: bool = field(default=False, kw_only=True)  # `since` is the first of the newest days, and late

    @property
    def is_settled(self) -> bool:
        """Whether an index answers it at once: it has words, or is about the newest days of entities."""
        return self.text is not None or self.title is not None or self.is_cut

    @property
    def can_be_cut(self) -> bool:
        """Whether the newest days may do."""
        knows_days = self.text is not None or (bool(self.entities) and self.title is None)
        return knows_days and self.until is None

    def found(self) -> ArticleQuerySet:
        """The articles that have all of it. Words of titles have an index of their own, without days."""
        found = Article.objects.order_by()
        if self.title is not None:
            found = found.filter(Holds(TitleWords("title"), Once(self.title)))
        if self.text is not None:
            found = found.filter(search__holds=Once(self.text))
        elif self.title is not None:
            return found
        if self.since:
            found = found.filter(GreaterThanOrEqual(Day("dated_at"), self.since))
        if self.until:
            found = found.filter(LessThanOrEqual(Day("dated_at"), self.until))
        return self.narrowed(found)

    def narrowed(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Those with the entities and the others."""
        for group in self.entities:
            articles = articles.filter(entity_ids__overlap=list(group))
        for column, values in self.others:
            articles = articles.filter(**{f"{column}__in": values})
        return articles

    def expected(self) -> float:
        """How many there may be on all days, as the planner guesses."""
        others = self.narrowed(Article.objects.order_by())
        return expected_hits(self.text, others if others.query.where else None)


class Fence(BaseTable):
    """The articles with certain words, in the place of the table of all articles."""

    def __init__(self, table_name: str, alias: str, wanted: Wanted) -> None:
        super().__init__(table_name, alias)
        self.wanted = wanted

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """`(SELECT … WHERE search @@ … OFFSET 0) alias`, or the table while nothing is settled."""
        if not self.wanted.is_settled:
            table, given = super().as_sql(compiler, connection)
            return table, list(given)
        sql, params = self.wanted.found().query.get_compiler(connection=connection).as_sql()
        alias = compiler.quote_name_unless_alias(self.table_alias)
        return f"({sql} OFFSET 0) {alias}", list(params)

    def relabeled_clone(self, change_map: Any) -> "Fence":
        """The same under another name, for subqueries."""
        alias = str(self.table_alias)
        return Fence(self.table_name, change_map.get(alias, alias), self.wanted)


def fenced(articles: ArticleQuerySet, wanted: Wanted) -> ArticleQuerySet:
    """The articles among these with the words; all of them when neither words nor entities are asked for."""
    if not wanted.is_settled and not wanted.can_be_cut:
        return articles
    limited = articles.all()
    query = limited.query
    alias = query.get_initial_alias()
    query.alias_map[alias] = Fence(query.alias_map[alias].table_name, alias, wanted)
    return limited


def ask_newest(
    articles: ArticleQuerySet,
    needed: int,
    ask: Callable[[ArticleQuerySet], Answer],
    hits_in: Callable[[Answer], int],
) -> Answer:
    """The answer for the newest days when it has `needed` hits, else for all."""
    table = articles.query.alias_map[articles.query.get_initial_alias()]
    if isinstance(table, Fence) and (wanted := table.wanted).can_be_cut:
        share = MARGIN * needed / max(wanted.expected(), 1)
        for _ in range(TRIES):
            since = first_day(share) if share <= WORTH else None
            if since is None or (wanted.since and since <= wanted.since):
                break
            answer = ask(fenced(articles, replace(wanted, since=since, is_cut=True)))
            if (hits := hits_in(answer)) >= needed:
                return answer
            share *= MARGIN * needed / max(hits, 1)
    return ask(articles)


def first_day(share: float) -> date | None:
    """The day from which on this share of all articles lies, by the counts by day; None where there are none."""
    with connection.cursor() as cursor:
        cursor.execute(STRETCH, {"share": share})
        found: tuple[date] | None = cursor.fetchone()
    return found[0] if found else None
