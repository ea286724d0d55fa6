"""Stretches of time: what a period shows, what it is compared with, and how its days become columns."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.search.periods import EVER, NAMES, make_period, months_after, spans

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("wish", "newest", "key", "since"),
    [
        ("7", TODAY, "7", date(2026, 11, 22)),
        ("30", TODAY, "30", date(2026, 10, 30)),
        ("365", TODAY, "365", date(2025, 12, 1)),
        ("all", TODAY, "all", EVER),
        ("", TODAY, "90", date(2026, 8, 31)),
        ("", date(2025, 2, 26), "all", EVER),
        ("rubbish", None, "90", date(2026, 8, 31)),
    ],
)
def test_period_asked_for(wish, newest, key, since):
    period = make_period(wish, today=TODAY, newest=newest)
    assert (period.key, period.since) == (key, since)


def test_a_week_is_compared_with_eight_before() -> None:
    period = make_period("30", today=TODAY, newest=TODAY)
    base, recent, end = period.stretches(8)
    assert (end - recent, recent - base) == (timedelta(days=7), timedelta(days=56))
    assert end == TODAY + timedelta(days=1)


def test_everything_is_compared_by_quarters_up_to_the_newest_article() -> None:
    period = make_period("all", today=TODAY, newest=date(2025, 2, 26))
    assert period.stretches(8) == (date(2022, 12, 1), date(2024, 12, 1), date(2025, 3, 1))


def test_a_date_in_the_future_is_not_looked_back_from() -> None:
    assert make_period("90", today=TODAY, newest=date(2099, 1, 1)).last == TODAY


@pytest.mark.parametrize(("months", "found"), [(0, "2026-11-01"), (2, "2027-01-01"), (-11, "2025-12-01")])
def test_months_after(months, found):
    assert months_after(TODAY, months).isoformat() == found


@given(st.dates(date(2022, 1, 1), TODAY), st.sampled_from(sorted(NAMES)))
def test_no_day_is_lost_and_no_column_missing(day, wish):
    """Every day of a period falls into exactly one of its columns, which follow each other without a gap."""
    period = make_period(wish, today=TODAY, newest=TODAY)
    since = max(day, period.since)
    found = spans({since: (3, 2), TODAY: (1, 1)}, since=since, until=TODAY)
    assert sum(span.articles for span in found) == (4 if since != TODAY else 1)
    assert all(one.until + timedelta(days=1) == other.since for one, other in pairwise(found))
    assert found[0].since <= since <= TODAY <= found[-1].until
    assert len(found) <= 62


def test_columns_are_named_by_their_step() -> None:
    month = spans({}, since=TODAY - timedelta(days=400), until=TODAY)[0]
    week = spans({}, since=TODAY - timedelta(days=80), until=TODAY)[0]
    day = spans({}, since=TODAY, until=TODAY)[0]
    assert (month.label, day.label, week.label) == ("2025-10", "2026-11-28", "2026-09-07 to 2026-09-13")
    assert (month.short, day.short) == ("Oct 2025", "28 Nov")
