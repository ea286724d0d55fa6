"""Top and rising: counted from the kept days or live, with the formula that the page shows."""

import math
from datetime import timedelta

import pytest
from django.utils import timezone

from analysis.models import Entity
from analysis.search.overview import count_days
from analysis.search.periods import make_period
from analysis.search.ranking import BASE, SMOOTHING, rank_entities
from analysis.search.tallies import tally_for
from analysis.search.together import companions, network, strongest, weigh
from analysis.services import settle_days
from articles.models import Article
from tests.factories import analyze_as, make_article

pytestmark = pytest.mark.django_db
CHAD = ("Chad", "country", "country:TD")
MALI = ("Mali", "country", "country:ML")
AMAZON = ("Amazon", "company", "company:amazon")


def told(analyst, *named, ago=0, text=""):
    """A ready article of some days ago that names these."""
    words = ", ".join(name for name, _, _ in named)
    number = Article.objects.count()
    day = timezone.now() - timedelta(days=ago)
    article = make_article(f"{words} again: {text}{number}.", by=analyst, published_on=str(day.date()))
    return analyze_as(article, named)


def ranked(analyst, wish="90", measure="articles"):
    today = timezone.now().date()
    settle_days()
    return rank_entities(tally_for(analyst), make_period(wish, today=today, newest=today), measure)


def test_top_counts_the_period_only(analyst):
    for ago in (0, 1, 40):
        told(analyst, CHAD, AMAZON, ago=ago)
    told(analyst, MALI)
    top = ranked(analyst, "30").top
    assert [(one.name, one.articles) for one in top["Countries"]] == [("Chad", 2), ("Mali", 1)]
    assert [(one.name, one.articles) for one in ranked(analyst, "90").top["Companies"]] == [("Amazon", 3)]
    assert top["Countries"][0].code == "TD"


def test_among_many_names_only_countries_are_ranked_for_a_single_article(analyst, monkeypatch):
    told(analyst, CHAD, AMAZON)
    assert set(ranked(analyst).top) == {"Countries", "Companies"}
    monkeypatch.setattr("analysis.search.ranking.MANY", 2)
    assert set(ranked(analyst).top) == {"Countries"}
    told(analyst, AMAZON)
    assert [(one.name, one.articles) for one in ranked(analyst).top["Companies"]] == [("Amazon", 2)]


def test_rising_is_measured_against_its_own_base(analyst):
    for _ in range(3):
        told(analyst, CHAD)
    for ago in range(0, 60, 2):
        told(analyst, MALI, ago=ago)
    ranking = ranked(analyst)
    [chad] = ranking.rising["Countries"]
    assert (chad.name, chad.recent, chad.base, chad.usual) == ("Chad", 3, 0, 0)
    assert chad.ratio == pytest.approx((3 + SMOOTHING) / (0 / BASE + SMOOTHING))


def test_two_articles_are_not_called_rising(analyst):
    told(analyst, CHAD)
    told(analyst, CHAD)
    assert ranked(analyst).rising == {}


def test_long_periods_are_counted_by_months(analyst):
    for ago in (0, 200, 1000):
        told(analyst, CHAD, ago=ago)
    assert ranked(analyst, "365").top["Countries"][0].articles == 2
    assert ranked(analyst, "all").top["Countries"][0].articles == 3


def test_stories_count_once_a_day(analyst):
    for _ in range(3):
        Article.objects.filter(pk=told(analyst, CHAD).pk).update(story_id=9)
    told(analyst, MALI)
    told(analyst, MALI)
    assert [one.name for one in ranked(analyst, measure="stories").top["Countries"]] == ["Mali", "Chad"]
    today = timezone.now().date()
    days = count_days(tally_for(analyst), make_period("7", today=today, newest=today))
    assert (days.articles, days.stories, days.ready) == (5, 3, 5)


def test_unknown_measure_is_refused(analyst):
    with pytest.raises(ValueError, match="Cannot count"):
        ranked(analyst, measure="articles; DROP TABLE x")


@pytest.mark.parametrize("wish", ["7", "30", "90", "365", "all"])
def test_live_counts_of_a_contributor_are_those_of_the_tables(analyst, contributor, wish):
    """A contributor who submitted everything sees what an analyst sees, without any table."""
    for ago in (0, 3, 10, 70, 500):
        told(contributor, CHAD, AMAZON, ago=ago)
        told(contributor, MALI, ago=ago)
    assert ranked(contributor, wish) == ranked(analyst, wish)
    today = timezone.now().date()
    period = make_period(wish, today=today, newest=today)
    assert count_days(tally_for(contributor), period) == count_days(tally_for(analyst), period)


def test_a_stranger_counts_nothing(analyst, stranger):
    told(analyst, CHAD)
    assert ranked(stranger).top == {}


# --- who is named together


def test_weight_is_pointwise_mutual_information_times_articles() -> None:
    assert weigh(4, 4, 4, 100) == pytest.approx(4 * math.log(25))
    assert weigh(4, 100, 4, 100) == 0  # a hub named everywhere
    assert weigh(1, 10, 50, 100) == 0  # less than chance
    assert weigh(0, 0, 1, 10) == 0


def test_hubs_are_damped(analyst):
    for _ in range(4):
        told(analyst, CHAD, MALI)
    for _ in range(3):
        told(analyst, CHAD, AMAZON, MALI)
    for number in range(9):
        told(analyst, CHAD, text=f"only {number} ")
    amazon = Entity.objects.get(key="company:amazon")
    found = companions(amazon, Article.objects.filter(entity_ids__contains=[amazon.pk]), 16, {})
    assert [(one.name, one.number) for one in found] == [("Mali", 3), ("Chad", 3)]
    assert found[0].weight > found[1].weight


def test_network_holds_pairs_that_stand_together(analyst):
    for _ in range(3):
        told(analyst, MALI, AMAZON)
    for number in range(4):
        told(analyst, CHAD, text=f"only {number} ")
    [pair] = network(Article.objects.ready(), timezone.now().date() - timedelta(days=5))
    assert ({pair.one.name, pair.other.name}, pair.number) == ({"Mali", "Amazon"}, 3)
    assert network(Article.objects.ready(), timezone.now().date() + timedelta(days=5)) == []


def test_the_strongest_pairs_need_few_entities() -> None:
    pairs = [(number, number + 1, 1.0) for number in range(100)]
    assert len({pk for pair in strongest(pairs) for pk in pair}) == 40
