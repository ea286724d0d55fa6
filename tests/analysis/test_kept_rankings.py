"""Rankings that take long are kept: never older than they may be, never somebody else's, counted again by workers."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analysis.models import KeptRanking
from analysis.search.periods import Period, make_period
from analysis.search.ranking import Ranked, Ranking, rank_entities
from analysis.search.tallies import tally_for
from analysis.services import keep_rankings, ranking_of, recount_days, settle_days
from analysis.services.rankings import FRESH, OLDEST, WANTED, count_again
from analysis.tasks import reconcile
from tests.factories import make_article

pytestmark = pytest.mark.django_db
CHAD = (("Chad", "country", "country:TD"),)


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every counting takes long."""
    monkeypatch.setattr("analysis.services.rankings.SLOW_SECONDS", -1)


def today() -> date:
    return timezone.now().date()


def period() -> Period:
    return make_period("90", today=today(), newest=today())


def tell(analyst: User, number: int) -> None:
    make_article(f"Chad said {number}.", by=analyst, named=CHAD, published_on=str(today()))
    settle_days()


def shown(user: User) -> Ranking:
    return ranking_of(tally_for(user), period(), "articles")


def live(user: User) -> Ranking:
    return rank_entities(tally_for(user), period(), "articles")


def aged(**ago: timedelta) -> None:
    moments: dict[str, datetime] = {name: timezone.now() - long for name, long in ago.items()}
    assert KeptRanking.objects.update(**moments) == 1


def test_what_took_long_is_not_counted_again(analyst: User) -> None:
    tell(analyst, 1)
    assert shown(analyst) == live(analyst)
    with CaptureQueriesContext(connection) as asked:
        assert shown(analyst) == live(analyst)
    assert sum("counted AS" in one["sql"] for one in asked) == 1  # that of `live`


def test_what_was_quick_is_not_kept(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.services.rankings.SLOW_SECONDS", 60)
    tell(analyst, 1)
    assert shown(analyst) == live(analyst)
    assert not KeptRanking.objects.exists()


def test_it_may_be_a_minute_older_than_the_counts(analyst: User) -> None:
    tell(analyst, 1)
    before = shown(analyst)
    tell(analyst, 2)
    assert shown(analyst) == before != live(analyst)
    aged(made_at=FRESH)
    assert shown(analyst) == live(analyst)


def test_what_a_page_counted_is_counted_again_once(analyst: User) -> None:
    """Days may have been counted anew while the page counted."""
    tell(analyst, 1)
    shown(analyst)
    aged(made_at=FRESH)
    assert keep_rankings() == 1
    aged(made_at=FRESH)
    assert keep_rankings() == 0


def test_who_comes_second_leaves_it_alone(analyst: User) -> None:
    tell(analyst, 1)
    shown(analyst)
    aged(made_at=FRESH)
    kept = KeptRanking.objects.get()
    assert count_again(kept, timezone.now())
    assert not count_again(kept, timezone.now())


def test_counting_that_fails_leaves_it_stale(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(analyst, 1)
    shown(analyst)
    aged(made_at=FRESH)

    def fail(*_: object) -> list[Ranked]:
        raise OperationalError

    monkeypatch.setattr("analysis.services.rankings.ranked_rows", fail)
    with pytest.raises(OperationalError):
        keep_rankings()
    assert KeptRanking.objects.get().is_stale


def test_workers_count_again_what_is_stale(analyst: User) -> None:
    tell(analyst, 1)
    shown(analyst)
    assert keep_rankings() == 0
    tell(analyst, 2)
    assert keep_rankings() == 0  # too young
    aged(made_at=FRESH)
    reconcile()
    with CaptureQueriesContext(connection) as asked:
        now = shown(analyst)
    assert not any("counted AS" in one["sql"] for one in asked)
    assert now == live(analyst)
    assert now.top["Countries"][0].articles == 2


def test_names_may_have_changed_after_an_hour(analyst: User) -> None:
    tell(analyst, 1)
    shown(analyst)
    aged(made_at=OLDEST / 2)
    assert keep_rankings() == 1
    aged(made_at=OLDEST)
    with CaptureQueriesContext(connection) as asked:
        shown(analyst)
    assert any("counted AS" in one["sql"] for one in asked)


def test_what_nobody_looks_at_goes(analyst: User) -> None:
    tell(analyst, 1)
    shown(analyst)
    aged(made_at=FRESH, asked_at=WANTED)
    shown(analyst)  # a look keeps it
    keep_rankings()
    assert KeptRanking.objects.exists()
    aged(asked_at=WANTED)
    keep_rankings()
    assert not KeptRanking.objects.exists()


def test_counting_everything_anew_forgets_it(analyst: User) -> None:
    tell(analyst, 1)
    shown(analyst)
    recount_days()
    assert not KeptRanking.objects.exists()


def test_a_contributor_gets_none_of_it(analyst: User, contributor: User) -> None:
    tell(analyst, 1)
    shown(analyst)
    assert shown(contributor).top == {}
    assert KeptRanking.objects.count() == 1


def test_an_unknown_measure_is_refused(analyst: User) -> None:
    with pytest.raises(ValueError, match="Cannot count"):
        ranking_of(tally_for(analyst), period(), "x; DROP TABLE y")
