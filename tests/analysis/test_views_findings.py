"""Findings, statements and relations over all articles: filters, counts, rights."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.models import Entity
from analysis.pipeline.types import Claim, Field, Impact, Relationship
from articles.models import Article
from articles.services import withdraw_article
from tests.factories import TEXT, analyze_as, make_article

pytestmark = pytest.mark.django_db
START = TEXT.index("Amazon would hire")
MADE = {
    "impacts": [
        Impact("company:amazon", "Amazon", "legal", "harm", "short", "alleged", "Officials", 3, "hire"),
        Impact("", "200 people", "human", "benefit", "unstated", "predicted", "", 3, "hire"),
    ],
    "claims": [
        Claim("person:x-nick-roy", "Nick Roy", "said", Field.BODY, START, len(TEXT) - 1, is_quote=True, sentence=3)
    ],
    "relationships": [
        Relationship("company:amazon", "operates-in", "country:TD", 1, "opened an office"),
        Relationship("person:x-nick-roy", "mentioned-together", "country:TD", 3),
    ],
}  # fmt: skip
PAGES = ("finding_list", "statement_list", "relation_list")


@pytest.fixture
def article(contributor: User) -> Article:
    return analyze_as(make_article(by=contributor, title="A title", published_on="2024-03-05"), **MADE)


def get(page: Client, name: str, **params: Any) -> str:
    response = page.get(reverse(f"analysis:{name}"), params)
    assert response.status_code == 200
    return response.content.decode()


def sentence_link(article: Article) -> str:
    return f'href="{article.get_absolute_url()}#s3"'


def test_a_finding_shows_whom_how_and_its_sentence(page: Client, article: Article) -> None:
    shown = get(page, "finding_list")
    assert "2 findings" in shown
    assert sentence_link(article) in shown
    assert "Officials in Chad said Amazon would hire 200 people." in shown
    assert "Companies named as affected, by month" in shown
    assert "2024-03: 1" in shown


@pytest.mark.parametrize(
    ("params", "number"),
    [
        ({"effect": "legal"}, 1),
        ({"direction": "benefit"}, 1),
        ({"horizon": "long"}, 0),
        ({"certainty": "alleged", "effect": "legal"}, 1),
        ({"entity": "amazon"}, 1),
        ({"entity": "company:amazon"}, 1),
        ({"kind": "country"}, 0),
        ({"country": "Chad"}, 2),
        ({"since": "2024-03-05", "until": "2024-03-05"}, 2),
        ({"since": "2024-03-06"}, 0),
        ({"until": "9999-12-31"}, 2),
    ],
)
def test_filters_narrow(page: Client, article: Article, params: dict[str, str], number: int) -> None:
    assert f"{number} finding{'' if number == 1 else 's'}<" in get(page, "finding_list", **params)


@pytest.mark.parametrize("params", [{"entity": "Nobody at all"}, {"since": "never"}, {"effect": "magic"}])
def test_a_filter_that_means_nothing_shows_nothing_and_says_so(
    page: Client, article: Article, params: dict[str, str]
) -> None:
    shown = get(page, "finding_list", **params)
    assert "A filter has a mistake" in shown
    assert sentence_link(article) not in shown


def test_statements_by_speaker_and_about(page: Client, article: Article) -> None:
    assert "“Amazon would hire 200 people”" in get(page, "statement_list", entity="Nick Roy", other="Amazon")
    assert "No statement" in get(page, "statement_list", other="Chad") or "Nothing fits" in get(
        page, "statement_list", other="Chad"
    )
    assert "Nothing fits" in get(page, "statement_list", quote="0")


def test_relations_show_what_a_pattern_supports(page: Client, article: Article) -> None:
    shown = get(page, "relation_list", entity="Chad")
    assert "operates in" in shown
    assert "mentioned together" not in shown
    assert "mentioned together" in get(page, "relation_list", kind="mentioned-together")


@pytest.mark.parametrize("name", PAGES)
def test_empty_pages_say_so(page: Client, name: str) -> None:
    assert " yet</h2>" in get(page, name)


@pytest.mark.parametrize("name", PAGES)
def test_strangers_see_nothing_of_it(
    client: Client, stranger: User, contributor: User, article: Article, name: str
) -> None:
    client.force_login(stranger)
    assert article.get_absolute_url() not in get(client, name)
    client.force_login(contributor)
    assert article.get_absolute_url() in get(client, name)


@pytest.mark.parametrize("name", PAGES)
def test_anonymous_is_asked_to_sign_in_and_posts_are_refused(
    client: Client, analyst: User, name: str
) -> None:
    assert client.get(reverse(f"analysis:{name}")).status_code == 302
    client.force_login(analyst)
    assert client.post(reverse(f"analysis:{name}")).status_code == 405


@pytest.mark.parametrize("number", ["0", "x", "9999999"])
def test_pages_that_do_not_exist(page: Client, number: str) -> None:
    assert page.get(reverse("analysis:finding_list"), {"page": number}).status_code == 404


def test_withdrawn_articles_are_not_counted(page: Client, article: Article, analyst: User) -> None:
    withdraw_article(article, by=analyst)
    assert "0 findings" in get(page, "finding_list")


def test_a_page_costs_few_statements(
    page: Client, article: Article, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        analyze_as(make_article(f"{TEXT} Again {number}."), **MADE)
    assert Entity.objects.filter(key="company:amazon").exists()
    for name in PAGES:
        with django_assert_max_num_queries(12):
            page.get(reverse(f"analysis:{name}"), {"entity": "Amazon"})
