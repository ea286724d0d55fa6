"""Keep the counts by day: recount the days that changed, or everything. Running twice changes nothing.

Triggers on the articles' table append a `DirtyDay` for the old and new day of every change that counts (stage,
withdrawal, failure, date, source, entities, story), so whoever writes an article needs to know nothing of rollups.
A day is recounted as a whole: a few thousand rows, and no drift as with counters that go up and down.
"""

from datetime import date
from typing import Any

from django.db import connection, transaction

from analysis.models import DayTotal, KeptRanking

# Any fixed number will do; it names the right to recount.
ROLLUP_LOCK = 7_201_003
CHUNK = 60  # days in one transaction; arbitrary, keeps it short

READY = """
SELECT id, {day} AS day, source_id, entity_ids, coalesce(story_id, -id) AS story FROM {tables}
WHERE stage IN ('analyzed', 'grouped') AND withdrawn_at IS NULL AND failed_at IS NULL AND hold_reason = ''
"""
EVERYTHING = READY.format(day="(dated_at AT TIME ZONE 'UTC')::date", tables="articles_article")
# One index scan a day.
ON_DAYS = READY.format(
    day="wanted.day",
    tables="""unnest(%(days)s::date[]) AS wanted(day) JOIN articles_article
  ON dated_at >= wanted.day::timestamp AT TIME ZONE 'UTC'
  AND dated_at < (wanted.day + 1)::timestamp AT TIME ZONE 'UTC'""",
)
TOTALS = """
INSERT INTO analysis_daytotal (day, articles, stories)
SELECT day, count(*), count(DISTINCT story) FROM ({ready}) AS ready GROUP BY day
"""
SOURCES = """
INSERT INTO analysis_sourceday (source_id, day, articles, stories)
SELECT source_id, day, count(*), count(DISTINCT story) FROM ({ready}) AS ready
WHERE source_id IS NOT NULL GROUP BY source_id, day
"""
# By entity, day and story first: two hash aggregates instead of one sort of every mention for count(DISTINCT).
ENTITIES = """
INSERT INTO analysis_entityday (entity_id, day, articles, stories)
SELECT entity_id, day, sum(n), count(*) FROM (
  SELECT one.entity_id, day, story, count(*) AS n
  FROM ({ready}) AS ready CROSS JOIN LATERAL unnest(entity_ids) AS one(entity_id) GROUP BY 1, 2, 3
) AS named GROUP BY entity_id, day
"""
MONTHS = """
INSERT INTO analysis_entitymonth (entity_id, month, articles, stories)
SELECT entity_id, date_trunc('month', day)::date, sum(articles), sum(stories) {days}
GROUP BY 1, 2
"""
OF_MONTHS = """FROM unnest(%(months)s::date[]) AS wanted(month) JOIN analysis_entityday
  ON day >= wanted.month AND day < wanted.month + interval '1 month'"""
BY_DAY = ("analysis_daytotal", "analysis_sourceday", "analysis_entityday")


def settle_days() -> int:
    """Recount the days that changed since the last time, the longest waiting first; how many days."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ROLLUP_LOCK])
        if not cursor.fetchone()[0]:  # another worker is at it
            return 0
        days = _take_days(cursor)
        if days:
            _recount(cursor, days)
            KeptRanking.objects.filter(is_stale=False).update(is_stale=True)
        return len(days)


def recount_days() -> int:
    """Count everything anew, for after a restore or in doubt; how many days there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROLLUP_LOCK])
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("DELETE FROM analysis_dirtyday")
        for table in (*BY_DAY, "analysis_entitymonth"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (constants of this module)
        for statement in (TOTALS, SOURCES, ENTITIES):
            cursor.execute(statement.format(ready=EVERYTHING))
        cursor.execute(MONTHS.format(days="FROM analysis_entityday"))
        KeptRanking.objects.all().delete()
    return DayTotal.objects.count()


def _take_days(cursor: Any) -> list[date]:
    """Take up to `CHUNK` stale days out of the queue. What commits later leaves a row of its own behind."""
    cursor.execute(
        "WITH wanted AS (SELECT day FROM analysis_dirtyday GROUP BY day ORDER BY min(id) LIMIT %s) "
        "DELETE FROM analysis_dirtyday WHERE day IN (SELECT day FROM wanted) RETURNING day",
        [CHUNK],
    )
    return sorted({row[0] for row in cursor.fetchall()})


def _recount(cursor: Any, days: list[date]) -> None:
    """Put fresh counts in the place of those of some days and of their months."""
    months = sorted({day.replace(day=1) for day in days})
    wanted = {"days": days, "months": months}
    for table in BY_DAY:
        cursor.execute(f"DELETE FROM {table} WHERE day = ANY(%(days)s)", wanted)  # noqa: S608 (constants)
    for statement in (TOTALS, SOURCES, ENTITIES):
        cursor.execute(statement.format(ready=ON_DAYS), wanted)
    cursor.execute("DELETE FROM analysis_entitymonth WHERE month = ANY(%(months)s)", wanted)
    cursor.execute(MONTHS.format(days=OF_MONTHS), wanted)
