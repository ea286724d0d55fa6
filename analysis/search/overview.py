"""Figures for the dashboard: few statements, each over the articles the reader may see."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from analysis.search.periods import Period
from analysis.search.tallies import Tally
from articles.models import WORKING, Article, Audit, Status

CAP = 10_000  # where counting stops: a first visit would count a million new articles
SOURCES_COUNTED = 400
STATE_VERBS = ("set state", "assign")

DAYS = """
period AS (SELECT %s::date AS since)
SELECT 'day', day::text, '', '', articles, stories FROM {totals}, period WHERE day >= period.since
UNION ALL
SELECT 'ready', '', '', '', coalesce(sum(articles), 0)::int, 0 FROM {totals}
UNION ALL
(SELECT 'source', source.id::text, source.name, source.reliability || source.credibility,
   sum(counted.articles)::int AS n, sum(counted.stories)::int
 FROM {sources} AS counted JOIN articles_source AS source ON source.id = counted.source_id, period
 WHERE counted.day >= period.since GROUP BY source.id ORDER BY n DESC, source.name LIMIT %s)
"""
ENTITY = """
wanted AS (SELECT %s::bigint AS id)
SELECT day, articles, stories FROM {days} AS counted JOIN wanted ON wanted.id = counted.entity_id
UNION ALL
SELECT NULL, coalesce(sum(articles), 0)::int, 0 FROM {totals}
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """What came in, what stands still, and which days there are."""

    new: int
    working: int
    review: int
    failed: int
    failed_new: int
    changed: int
    newest: date | None


@dataclass(frozen=True, slots=True)
class SourceCount:
    """One source of the period with its Admiralty grade, "" while nobody has graded it."""

    source_id: int
    name: str
    grade: str
    articles: int
    stories: int


@dataclass(frozen=True, slots=True)
class Days:
    """A period day by day, and where its articles come from."""

    by_day: dict[date, tuple[int, int]]
    sources: list[SourceCount]
    ready: int  # of all times

    @property
    def articles(self) -> int:
        """In the period."""
        return sum(articles for articles, _ in self.by_day.values())

    @property
    def stories(self) -> int:
        """In the period, each counted on every day it is told."""
        return sum(stories for _, stories in self.by_day.values())

    @property
    def grades(self) -> list[tuple[str, int]]:
        """Articles by the reliability letter of their source, best first, the ungraded last."""
        letters = Counter[str]()
        for source in self.sources:
            letters[source.grade[:1]] += source.articles
        return sorted(letters.items(), key=lambda pair: pair[0] or "Z")


def count_desk(user: User, seen_at: datetime | None) -> Desk:
    """All counts in one statement; each stops at `CAP`."""
    present = Article.objects.visible_to(user).present().order_by()
    working = present.filter(failed_at__isnull=True, hold_reason="", stage__in=list(WORKING))
    failed = present.filter(failed_at__isnull=False)
    news = present.filter(submitted_at__gt=seen_at) if seen_at else present
    counted = count_each(
        {
            "new": news,
            "working": working,
            "review": present.with_status(Status.REVIEW),
            "failed": failed,
            "failed_new": failed.filter(failed_at__gt=seen_at) if seen_at else failed,
            "changed": state_changes(user, seen_at),
        },
        newest=present.filter(stage__in=["analyzed", "grouped"]).order_by("-dated_at").values("dated_at"),
    )
    newest = counted.pop("newest")
    return Desk(**counted, newest=newest.date() if newest else None)


def state_changes(user: User, seen_at: datetime | None) -> QuerySet[Audit]:
    """What colleagues did to articles since the last visit: states and assignments, the newest first."""
    audits = (
        Audit.objects.filter(verb__in=STATE_VERBS, model="articles.article")
        .exclude(by=user.pk)
        .order_by("-at")
    )
    if seen_at is None:
        return audits.none()
    audits = audits.filter(at__gt=seen_at)
    if not user.has_perm("articles.view_article"):
        audits = audits.filter(row_id__in=Article.objects.visible_to(user).values("pk"))
    return audits


def count_each(wanted: dict[str, QuerySet[Any]], *, newest: QuerySet[Any]) -> dict[str, Any]:
    """How many rows each queryset has, up to `CAP`, and the first value of `newest`; one statement."""
    columns: list[str] = []
    params: list[Any] = []
    for rows in wanted.values():
        try:
            sql, given = rows.order_by().values("pk")[:CAP].query.sql_with_params()
        except EmptyResultSet:
            sql, given = "SELECT 1 WHERE false", ()
        columns.append(f"(SELECT count(*) FROM ({sql}) AS one)")  # noqa: S608 (Django's SQL)
        params += given
    sql, given = newest[:1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}, ({sql})", [*params, *given])
        row = cursor.fetchone()
    return dict(zip([*wanted, "newest"], row, strict=True))


def count_days(tally: Tally, period: Period) -> Days:
    """The period's articles and stories by day and by source."""
    by_day: dict[date, tuple[int, int]] = {}
    sources, ready = [], 0
    for what, key, name, grade, articles, stories in tally.rows(DAYS, (period.since, SOURCES_COUNTED)):
        if what == "day":
            by_day[date.fromisoformat(key)] = (articles, stories)
        elif what == "source":
            sources.append(SourceCount(int(key), name, grade, articles, stories))
        else:
            ready = articles
    return Days(by_day, sources, ready)


def count_entity(tally: Tally, entity_id: int) -> tuple[dict[date, tuple[int, int]], int]:
    """An entity's articles and stories by day, and how many ready articles there are at all."""
    by_day, total = {}, 0
    for day, articles, stories in tally.rows(ENTITY, (entity_id,)):
        if day is None:
            total = articles
        else:
            by_day[day] = (articles, stories)
    return by_day, total


def database_answers() -> bool:
    """Whether a statement comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))
