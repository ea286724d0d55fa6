"""The dashboard's figures as files and fragments: works, anonymous, stranger, wrong method."""

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from analysis.services import settle_days
from articles.models import Article, Profile
from articles.services.work import set_work_state
from tests.factories import make_ready_article, make_source

NAMES = ("volume", "sources", "rising", "countries", "companies", "researchers", "organizations", "threats")


@pytest.fixture
def article(analyst: User) -> Article:
    cache.clear()
    made = make_ready_article(
        title="Amazon goes to Chad", by=analyst, published_on=str(timezone.now().date())
    )
    Article.objects.filter(pk=made.pk).update(source=make_source("=SUM(1)", reliability="B"))
    settle_days()
    return made


def table(client: Client, address: str) -> list[list[str]]:
    response = client.get(address)
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(response.content.decode())))


def test_every_chart_has_its_file(page: Client, article: Article) -> None:
    found = {name: table(page, f"/dashboard/{name}.csv?days=7") for name in NAMES}
    assert found["volume"] == [["day", "articles", "stories"], [str(timezone.now().date()), "1", "1"]]
    assert found["countries"][1][:4] == ["Chad", "country:TD", "1", "1"]
    assert found["companies"][1][0] == "Amazon"
    assert found["sources"][1] == ["'=SUM(1)", "B", "1", "1"]  # no spreadsheet runs it
    assert page.get("/dashboard/nothing.csv").status_code == 404


def test_network_as_fragment_page_and_file(page: Client, article: Article, analyst: User) -> None:
    for number in range(3):
        make_ready_article(f"Amazon in Chad {number}. Nick Roy too.", by=analyst)
    fragment = page.get("/dashboard/network/?days=all", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "<html" in page.get("/dashboard/network/?days=x").content.decode()
    assert table(page, "/dashboard/network.csv?days=all")[0] == ["one", "other", "articles", "weight"]


@pytest.mark.parametrize("address", ["/dashboard/network/", "/dashboard/volume.csv", "/dashboard/changes/"])
def test_figures_are_everybodys_own(client: Client, article: Article, stranger: User, address: str) -> None:
    assert client.get(address)["Location"].startswith("/login/")
    client.force_login(stranger)
    assert b"Chad" not in client.get(address).content
    assert len(table(client, "/dashboard/volume.csv?days=all")) == 1
    assert client.post(address).status_code == 405


def test_changes_by_colleagues_since_the_last_visit(
    page: Client, article: Article, analyst: User, colleague: User
) -> None:
    Profile.objects.update_or_create(user=analyst, defaults={"visit_at": timezone.now() - timedelta(days=1)})
    set_work_state(article, "important", by=colleague)
    set_work_state(article, "done", by=analyst)
    html = BeautifulSoup(page.get("/").content, "html.parser")
    figure = next(one for one in html.select(".figure") if "colleagues" in one.text)
    assert figure.select_one(".figure-value").text == "1"  # type: ignore[union-attr]
    rows = BeautifulSoup(page.get(str(figure["href"])).content, "html.parser").select(".latest-row")
    assert len(rows) == 1
    assert "new → important" in rows[0].text


def test_grades_of_sources_and_states_of_work(page: Client, article: Article) -> None:
    html = BeautifulSoup(page.get("/").content, "html.parser")
    assert html.select_one(".grade-B") is not None
    assert "Amazon goes to Chad" in page.get("/?state=new").content.decode()
    assert "No article is in this state" in page.get("/?state=done").content.decode()


def test_counting_stories_orders_by_stories(page: Client, article: Article) -> None:
    html = BeautifulSoup(page.get("/?count=stories&days=7").content, "html.parser")
    assert html.select_one(".rank .number").text == "1"  # type: ignore[union-attr]
    assert html.select_one('[data-chart="volume"]')["data-measure"] == "stories"  # type: ignore[index]
