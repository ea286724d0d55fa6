"""Dashboard, health, design and what holds for every page."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from analysis.models import Entity, Mention
from analysis.services import settle_days
from analysis.tasks import reconcile
from articles.models import Article, Profile
from tests.factories import make_ready_article

MAX_STATEMENTS = 12


@pytest.fixture
def article(analyst: User) -> Article:
    made = make_ready_article(
        title="Amazon goes to Chad", by=analyst, published_on=str(timezone.now().date())
    )
    settle_days()
    return made


@pytest.fixture
def amazon(article: Article) -> Entity:
    return Entity.objects.get(key="company:amazon")


@pytest.fixture
def mention(article: Article, amazon: Entity) -> Mention:
    found = Mention.objects.filter(version=article.version, entity=amazon, field="body").first()
    assert found is not None
    return found


def soup(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser")


def test_dashboard_counts_and_leads_to_the_articles(page: Client, article: Article) -> None:
    html = soup(page, "/")
    ready = next(one for one in html.select(".figure") if "Ready" in one.text)
    assert ready.select_one(".figure-value").text == "1"  # type: ignore[union-attr]
    assert soup(page, str(ready["href"])).select_one("h1").text.strip() == "1 article"  # type: ignore[union-attr]


def test_every_number_of_the_dashboard_leads_to_as_many_articles(page: Client, article: Article) -> None:
    html = soup(page, "/")
    for rank in html.select(".rank"):
        heading = soup(page, str(rank["href"])).select_one(".results-head h1")
        assert heading is not None
        assert heading.text.split()[0] == rank.select_one(".number").text  # type: ignore[union-attr]


def test_dashboard_says_what_is_new(page: Client, article: Article, analyst: User) -> None:
    Profile.objects.update_or_create(user=analyst, defaults={"visit_at": timezone.now() - timedelta(days=1)})
    html = soup(page, "/")
    new = html.select_one(".figure.is-new")
    assert new is not None
    assert new.select_one(".figure-value").text == "1"  # type: ignore[union-attr]
    assert soup(page, str(new["href"])).select("[data-row]")
    assert html.select(".latest-row .new-dot")


def test_empty_dashboard_says_what_to_do(page: Client) -> None:
    assert "Submit the first article" in soup(page, "/").text


def test_dashboard_says_that_it_still_counts(page: Client, analyst: User) -> None:
    make_ready_article(title="Amazon goes to Chad", by=analyst)
    assert "is being counted" in soup(page, "/").text
    settle_days()
    assert "is being counted" not in soup(page, "/").text


@pytest.mark.parametrize("days", ["7", "30", "90", "365", "all", "-1", "x"])
def test_dashboard_periods(page: Client, article: Article, days: str) -> None:
    assert soup(page, f"/?days={days}").select(".rank")


def test_chart_has_its_numbers_as_a_table(page: Client, article: Article) -> None:
    cells = [one.text for one in soup(page, "/").select("#volume-table tr:not([hidden]) td")]
    assert cells[1] == "1"


def test_dashboard_takes_few_statements(
    page: Client, article: Article, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    page.get("/")
    with django_assert_max_num_queries(MAX_STATEMENTS):
        page.get("/")


def test_dashboard_is_everybodys_own(client: Client, article: Article, stranger: User) -> None:
    assert client.get("/")["Location"].startswith("/login/")
    client.force_login(stranger)
    assert b"Amazon" not in client.get("/").content.replace(b"company:Amazon", b"")
    assert client.post("/").status_code == 405


# --- the machine


def test_health_is_public_and_wakes_the_reconciler_once(client: Client, db: None) -> None:
    cache.delete("reconcile-hinted")
    with patch.object(reconcile, "delay") as delay:
        first, second = client.get("/health/"), client.get("/health/")
    assert (first.status_code, first.json()["status"], first.json()["redis"]) == (200, "ok", True)
    assert second.status_code == 200
    assert delay.call_count == 1


def test_health_survives_a_dead_broker(client: Client, db: None) -> None:
    cache.delete("reconcile-hinted")
    with patch.object(reconcile, "delay", side_effect=reconcile.OperationalError):
        assert client.get("/health/").status_code == 200


def test_health_fails_with_the_database(client: Client, db: None) -> None:
    with patch("analysis.views.site.database_answers", side_effect=DatabaseError):
        response = client.get("/health/")
    assert (response.status_code, response.json()["status"]) == (503, "failing")
    assert client.post("/health/").status_code == 405


def test_design_shows_every_component(page: Client) -> None:
    html = soup(page, "/design/")
    assert len(html.select(".status")) >= 8
    assert len(html.select(".chip")) >= 20


def test_strict_policy_and_nothing_inline(page: Client, article: Article) -> None:
    for address in ("/", "/articles/", article.get_absolute_url(), "/articles/submit/", "/design/"):
        response = page.get(address)
        policy = response["Content-Security-Policy"]
        assert "unsafe" not in policy
        html = BeautifulSoup(response.content, "html.parser")
        assert not html.select("style, [style], script:not([src])")
        assert not [one for one in html.find_all(True) if any(name.startswith("on") for name in one.attrs)]


def test_pages_that_go_wrong_have_a_face(page: Client, client: Client, db: None) -> None:
    response = page.get("/nowhere/")
    assert response.status_code == 404
    assert b"Not here" in response.content
    client.logout()
    assert b"Sign in" in client.get("/login/").content


def test_wrong_password_is_said_plainly(client: Client, analyst: User) -> None:
    response = client.post("/login/", {"username": "analyst", "password": "wrong"})
    assert b"do not fit together" in response.content
