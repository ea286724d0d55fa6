"""Figures for the dashboard and the entity page: few statements, each over the articles the reader may see."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count as CountRows
from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek
from django.utils import timezone

from analysis.models import Entity
from articles.models import READY_STAGES, WORKING, Article, ArticleQuerySet

POOL = 10_000  # newest articles whose other entities are counted: 42 ms at a million articles, all would be 335 ms
TOGETHER = """
WITH newest AS MATERIALIZED ({newest})
SELECT one.id, count(*) FROM newest CROSS JOIN LATERAL unnest(newest.entity_ids) AS one(id)
WHERE one.id <> %s GROUP BY one.id ORDER BY count(*) DESC, one.id LIMIT %s
"""
STEPS = ((45, "day", TruncDay), (200, "week", TruncWeek), (10**6, "month", TruncMonth))


@dataclass(frozen=True, slots=True)
class Desk:
    """How many articles stand where."""

    ready: int
    working: int
    review: int
    failed: int
    new: int


@dataclass(frozen=True, slots=True)
class Span:
    """A day, week or month and its articles."""

    since: date
    until: date
    step: str
    number: int

    @property
    def label(self) -> str:
        """How the span is called: 2026-03, 2026-03-09, or a week's first and last day."""
        if self.step == "month":
            return f"{self.since:%Y-%m}"
        return f"{self.since}" if self.step == "day" else f"{self.since} to {self.until}"

    @property
    def short(self) -> str:
        """The label below the axis."""
        return f"{self.since:%b %Y}" if self.step == "month" else f"{self.since.day} {self.since:%b}"


def count_desk(user: User | AnonymousUser, seen_at: datetime | None) -> Desk:
    """All counts in one statement."""
    present = Article.objects.visible_to(user).present().order_by()
    fine = Q(failed_at__isnull=True, hold_reason="")
    counts = present.aggregate(
        ready=CountRows("pk", filter=fine & Q(stage__in=READY_STAGES)),
        working=CountRows("pk", filter=fine & Q(stage__in=list(WORKING))),
        review=CountRows("pk", filter=Q(failed_at__isnull=True) & ~Q(hold_reason="")),
        failed=CountRows("pk", filter=Q(failed_at__isnull=False)),
        new=CountRows("pk", filter=Q(submitted_at__gt=seen_at) if seen_at else Q()),
    )
    return Desk(**counts)


def volume(articles: QuerySet[Article], *, since: date, until: date) -> list[Span]:
    """Articles by day, week or month, whichever gives a readable number of columns; empty ones included."""
    days = (until - since).days
    step, trunc = next((name, function) for limit, name, function in STEPS if days <= limit)
    counted = (
        articles.order_by()
        .annotate(at=trunc("dated_at", tzinfo=UTC))
        .values("at")
        .annotate(n=CountRows("pk"))
    )
    numbers = {row["at"].date(): row["n"] for row in counted}
    spans = []
    start = beginning(since, step)
    while start <= until:
        following = next_start(start, step)
        spans.append(Span(start, following - timedelta(days=1), step, numbers.get(start, 0)))
        start = following
    return spans


def beginning(day: date, step: str) -> date:
    """The first day of the span that holds `day`."""
    if step == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if step == "week" else day


def next_start(day: date, step: str) -> date:
    """The first day of the next span."""
    if step == "month":
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day + timedelta(days=7 if step == "week" else 1)


def first_day(articles: ArticleQuerySet) -> date:
    """The day of the oldest article, not more than five years back; today when there is none."""
    today = timezone.now().date()
    oldest = articles.order_by("dated_at").values_list("dated_at", flat=True).first()
    return max(oldest.date(), today - timedelta(days=5 * 365)) if oldest else today


def last_day(articles: ArticleQuerySet) -> date:
    """The day of the newest article, never after today."""
    today = timezone.now().date()
    newest = articles.order_by("-dated_at").values_list("dated_at", flat=True).first()
    return min(newest.date(), today) if newest else today


def named_with(entity: Entity, articles: ArticleQuerySet, limit: int = 24) -> list[tuple[Entity, int]]:
    """Entities in the same articles, most frequent first, over the newest `POOL`."""
    newest = articles.order_by("-dated_at", "-pk").values("entity_ids")[:POOL]
    try:
        newest_sql, params = newest.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(TOGETHER.format(newest=newest_sql), [*params, entity.pk, limit])
        counts = dict(cursor.fetchall())
    rows = Entity.objects.in_bulk(list(counts))
    return [(rows[pk], number) for pk, number in counts.items() if pk in rows]


def database_answers() -> bool:
    """Whether a statement comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))
