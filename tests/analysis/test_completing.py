"""Beside the search: completion, other spellings, counts of the desk, related articles."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from analysis.query import parse_query
from analysis.search.completing import offers
from analysis.search.overview import count_desk
from analysis.search.related import related_articles
from analysis.search.spelling import corrected
from articles.models import Article
from tests.factories import make_ready_article, make_url_article

LEAK = "The server leaked drawings from Chad. Officials said Amazon had sent café menus."


@pytest.fixture
def leak(analyst: User) -> Article:
    return make_ready_article(LEAK, title="Server leaks drawings", by=analyst, published_on="2026-03-05")


def test_another_spelling_is_offered(leak: Article, analyst: User) -> None:
    assert corrected(parse_query("amazom drawings")) == "amazon drawings"
    assert corrected(parse_query("amazon")) == ""
    assert corrected(parse_query("country:KP")) == ""


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("cou", "country:"),
        ("country:cha", "Chad"),
        ("company:ama", "Amazon"),
        ("amaz", "Amazon"),
        ("exposure:ama", "Amazon"),
        ("exposure:Amazon>cha", "Chad"),
        ("state:imp", "important"),
        ("published:-", "-1d"),
        ("lang:ger", "de"),
        ("assignee:m", "me"),
        ("assignee:ana", "analyst"),
    ],
)
def test_completes(text: str, label: str, leak: Article, analyst: User) -> None:
    assert label in [one["label"] for one in offers(text, len(text), analyst)["offers"]]


def test_completion_shows_strangers_no_names_of_others(leak: Article, stranger: User) -> None:
    assert "Nick Roy" not in [one["label"] for one in offers("researcher:nick", 15, stranger)["offers"]]
    assert offers("assignee:ana", 12, stranger)["offers"] == []


def test_desk_counts_new_and_open(leak: Article, analyst: User) -> None:
    make_url_article(by=analyst)
    desk = count_desk(analyst, timezone.now() - timedelta(hours=1))
    assert (desk.working, desk.review, desk.failed, desk.new) == (1, 0, 0, 2)
    assert count_desk(analyst, timezone.now() + timedelta(hours=1)).new == 0


def test_related_share_an_entity(leak: Article, analyst: User, stranger: User) -> None:
    other = make_ready_article("Amazon went to Chad again, much later.", title="Again", by=analyst)
    tags = list(leak.tags.select_related("entity"))
    assert [one.article.pk for one in related_articles(leak, tags, analyst)] == [other.pk]
    assert related_articles(leak, tags, stranger) == []
    assert related_articles(leak, [], analyst) == []
