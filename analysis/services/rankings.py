"""Rankings that take long to count are kept, and workers count them again while somebody looks at them.

Counting the entities of 90 days of a desk of a million articles reads half a million counts by day. What is shown is at
most `FRESH` older than the counts; on a small desk, where counting is quick, nothing is kept.
"""

from dataclasses import astuple
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.utils import timezone

from analysis.models import KeptRanking
from analysis.search.periods import Period
from analysis.search.ranking import Ranked, Ranking, rank_entities, ranked_rows, sort_out
from analysis.search.tallies import Tally

SLOW_SECONDS = 0.1  # counting that takes longer is kept (arbitrary: what people notice, Nielsen 1993)
FRESH = timedelta(minutes=1)  # how old a ranking may be although days were counted anew
OLDEST = timedelta(hours=1)  # counted again even so: names may have changed
WANTED = timedelta(hours=2)  # after the last look nobody counts it again
NOTED = timedelta(minutes=10)  # looks are noted no more often than this
VERSION = 1  # of what the rows hold; with another one nothing kept before is read


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


def count_and_keep(period: Period, measure: str, now: datetime) -> list[Ranked]:
    """Count, and keep what took long: as stale, for days may have been counted anew since this began."""
    begun = monotonic()
    rows = ranked_rows(Tally(), period, measure)
    if monotonic() - begun > SLOW_SECONDS:
        kept = KeptRanking(
            key=key_of(period, measure),
            period=period.key,
            since=period.since,
            last=period.last,
            measure=measure,
            rows=[astuple(row) for row in rows],
            made_at=now,
            asked_at=now,
            is_stale=True,
        )
        KeptRanking.objects.bulk_create(
            [kept],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["rows", "made_at", "asked_at", "is_stale"],
        )
    return rows


def keep_rankings() -> int:
    """Count anew what is stale and looked at; how many that were.

    It is called fresh before it is counted, in one transaction: who counts days anew meanwhile waits, then makes it
    stale.
    """
    now = timezone.now()
    KeptRanking.objects.filter(asked_at__lt=now - WANTED).delete()
    due = [one for one in KeptRanking.objects.filter(made_at__lt=now - FRESH) if is_due(one, now)]
    return sum(count_again(kept, now) for kept in due)


def count_again(kept: KeptRanking, now: datetime) -> bool:
    """Whether it was counted: not when somebody else just did."""
    with transaction.atomic():
        claimed = KeptRanking.objects.filter(pk=kept.pk, made_at=kept.made_at)
        if not claimed.update(is_stale=False, made_at=now):
            return False
        rows = ranked_rows(Tally(), Period(kept.period, kept.since, kept.last), kept.measure)
        KeptRanking.objects.filter(pk=kept.pk).update(rows=[astuple(row) for row in rows])
    return True


def is_due(kept: KeptRanking, now: datetime) -> bool:
    """Whether days were counted anew, or names may have changed."""
    return kept.is_stale or kept.made_at < now - OLDEST / 2


def key_of(period: Period, measure: str) -> str:
    """What a ranking is kept under: another day is another ranking."""
    return f"{VERSION}:{period.key}:{measure}:{period.since}:{period.last}"
