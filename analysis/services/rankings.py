"""Rankings that take long to count are kept, and workers count them again while somebody looks at them.

Counting the entities of 90 days of a desk of a million articles reads half a million counts by day. What is shown is at
most `FRESH` older than the counts; on a small desk, where counting is quick, nothing is kept.
"""

from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime, timedelta
from time import monotonic

from django.utils import timezone

from analysis.models import KeptRanking
from analysis.search.periods import Period
from analysis.search.ranking import Ranked, Ranking, rank_entities, ranked_rows, sort_out
from analysis.search.tallies import Tally

SLOW_SECONDS = 0.1  # counting that takes longer is kept (arbitrary: what people notice, Nielsen 1993)
FRESH = timedelta(minutes=1)  # how old a ranking may be although days were counted anew
OLDEST = timedelta(hours=1)  # counted again even so: names may have changed
WANTED = timedelta(days=1)  # after the last look nobody counts it again
NOTED = timedelta(minutes=10)  # looks are noted no more often than this


def ranking_of(tally: Tally, period: Period, measure: str) -> Ranking:
    """The ranking as it is kept, else counted now; raises ValueError for an unknown measure."""
    if tally != Tally():  # their own articles only
        return rank_entities(tally, period, measure)
    now = timezone.now()
    kept = KeptRanking.objects.filter(pk=key_of(period, measure)).first()
    if kept is None or (kept.is_stale and kept.made_at < now - FRESH) or kept.made_at < now - OLDEST:
        return sort_out(count_and_keep(period, measure, now))
    if kept.asked_at < now - NOTED:
        KeptRanking.objects.filter(pk=kept.pk).update(asked_at=now)
    return sort_out([Ranked(*row) for row in kept.rows])


def count_and_keep(
    period: Period, measure: str, now: datetime, clock: Callable[[], float] = monotonic
) -> list[Ranked]:
    """Count, and keep what took long."""
    begun = clock()
    rows = ranked_rows(Tally(), period, measure)
    if clock() - begun > SLOW_SECONDS:
        kept = KeptRanking(
            key=key_of(period, measure),
            period=period.key,
            since=period.since,
            last=period.last,
            measure=measure,
            rows=[astuple(row) for row in rows],
            made_at=now,
            asked_at=now,
        )
        KeptRanking.objects.bulk_create(
            [kept],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["rows", "made_at", "asked_at", "is_stale"],
        )
    return rows


def keep_rankings() -> int:
    """Count anew what is stale and looked at; how many that were."""
    now = timezone.now()
    KeptRanking.objects.filter(asked_at__lt=now - WANTED).delete()
    due = [one for one in KeptRanking.objects.filter(made_at__lt=now - FRESH) if is_due(one, now)]
    for kept in due:
        # Fresh before counting: days that are counted anew meanwhile make it stale again.
        KeptRanking.objects.filter(pk=kept.pk).update(is_stale=False, made_at=now)
        rows = ranked_rows(Tally(), Period(kept.period, kept.since, kept.last), kept.measure)
        KeptRanking.objects.filter(pk=kept.pk).update(rows=[astuple(row) for row in rows])
    return len(due)


def is_due(kept: KeptRanking, now: datetime) -> bool:
    """Whether days were counted anew, or names may have changed."""
    return kept.is_stale or kept.made_at < now - OLDEST / 2


def key_of(period: Period, measure: str) -> str:
    """What a ranking is kept under: another day is another ranking."""
    return f"{period.key}:{measure}:{period.since}:{period.last}"
