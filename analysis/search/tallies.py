"""Where counts by day come from: the kept tables for readers of everything, their own articles for others.

Both have the same columns, so that every statement of `overview` and `ranking` is written once.
"""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce, TruncDate

from articles.models import Article, Status

COUNTED = "count(*) AS articles, count(DISTINCT story) AS stories"
LIVE = f"""
own AS MATERIALIZED ({{own}}),
own_totals AS (SELECT day, {COUNTED} FROM own GROUP BY day),
own_sources AS (SELECT source_id, day, {COUNTED} FROM own WHERE source_id IS NOT NULL GROUP BY source_id, day),
own_days AS (
  SELECT one.entity_id, day, {COUNTED} FROM own CROSS JOIN LATERAL unnest(entity_ids) AS one(entity_id) GROUP BY 1, 2
),
own_months AS (
  SELECT entity_id, date_trunc('month', day)::date AS month, sum(articles) AS articles, sum(stories) AS stories
  FROM own_days GROUP BY 1, 2
),
"""  # noqa: S608 (constants of this module)


@dataclass(frozen=True, slots=True)
class Tally:
    """Names of tables with (…, articles, stories), and the first part of the WITH of a statement that reads them."""

    opening: str = ""
    params: tuple[Any, ...] = ()
    totals: str = "analysis_daytotal"
    sources: str = "analysis_sourceday"
    days: str = "analysis_entityday"
    months: str = "analysis_entitymonth"

    def rows(self, statement: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Run a statement that begins with the name of a WITH query and reads {totals}, {sources}, {days}, {months}."""
        named = statement.format(totals=self.totals, sources=self.sources, days=self.days, months=self.months)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {self.opening}{named}", [*self.params, *params])
            return list(cursor.fetchall())


def tally_for(user: User | AnonymousUser) -> Tally:
    """The kept counts, or for who may not see everything the same counted live."""
    if user.has_perm("articles.view_article"):
        return Tally()
    own = (
        Article.objects.visible_to(user)
        .with_status(Status.READY)
        .order_by()
        .annotate(day=TruncDate("dated_at", tzinfo=UTC), story=Coalesce("story_id", -F("id")))
        .values("day", "source_id", "entity_ids", "story")
    )
    sql, params = own.query.sql_with_params()
    return Tally(
        opening=LIVE.format(own=sql),
        params=params,
        totals="own_totals",
        sources="own_sources",
        days="own_days",
        months="own_months",
    )
