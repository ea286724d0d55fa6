"""The list, the article page and its evidence: works, anonymous, stranger, wrong method."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.models import Judgment
from articles.models import Article, Stage
from articles.services import replace_text, withdraw_article
from tests.factories import make_article, make_ready_article, make_snapshot, make_url_article

MAX_STATEMENTS = 12


@pytest.fixture
def article(analyst: User) -> Article:
    return make_ready_article(title="Amazon goes to Chad", by=analyst)


def soup(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_list_shows_the_article_with_its_tags(page: Client, article: Article) -> None:
    html = soup(page, reverse("articles:article_list"))
    row = html.select_one("[data-row]")
    assert row is not None
    assert row.select_one(".result-title").text.strip() == "Amazon goes to Chad"  # type: ignore[union-attr]
    assert {chip.text for chip in row.select(".chip")} >= {"Amazon", "Chad", "Nick Roy"}


def test_facet_leads_to_its_articles_and_back(page: Client, article: Article) -> None:
    html = soup(page, "/articles/")
    link = next(one for one in html.select(".facet-in") if "Chad" in one.text)
    filtered = soup(page, "/articles/" + str(link["href"]))
    assert filtered.select_one(".results-head h1").text.strip() == "1 article"  # type: ignore[union-attr]
    chip = filtered.select_one(".filter a")
    assert chip is not None
    assert str(chip["href"]) == "?"


def test_left_out_entity_hides_its_articles(page: Client, article: Article) -> None:
    link = next(one for one in soup(page, "/articles/").select(".facet-out") if "Chad" in str(one["title"]))
    html = soup(page, "/articles/" + str(link["href"]))
    assert not html.select("[data-row]")
    assert "Nothing fits" in html.text


def test_mistake_in_the_query_is_marked_and_a_correction_offered(page: Client, article: Article) -> None:
    html = soup(page, "/articles/?q=contry:TD")
    assert html.select_one(".caret").text == "contry:TD"  # type: ignore[union-attr]
    assert html.select_one(".note a")["href"] == "?q=country%3ATD"  # type: ignore[index]


def test_unknown_name_offers_a_near_one(page: Client, article: Article) -> None:
    html = soup(page, "/articles/?q=company:Amazzon")
    assert html.select_one(".note a")["href"] == "?q=company%3AAmazon"  # type: ignore[index]


def test_search_escapes_what_was_typed(page: Client, article: Article) -> None:
    response = page.get("/articles/", {"q": '"><script>alert(1)</script>'})
    assert b"<script>alert" not in response.content


def test_list_takes_few_statements(page: Client, article: Article, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(5):
        make_ready_article(f"Amazon and Chad, text number {number}.", by=User.objects.first())
    with django_assert_max_num_queries(MAX_STATEMENTS):
        page.get("/articles/?q=amazon+country:TD&sort=relevance")


def test_empty_desk_says_what_to_do(page: Client) -> None:
    assert "Submit an article" in soup(page, "/articles/").text


def test_article_shows_brief_then_marked_text(page: Client, article: Article) -> None:
    html = soup(page, article.get_absolute_url())
    assert html.select_one("h1").text == "Amazon goes to Chad"  # type: ignore[union-attr]
    assert [link.text for link in html.select(".text a.m")][:3] == ["Amazon", "Chad", "Nick Roy"]
    assert "Amazon opened an office in Chad." in html.select_one(".brief").text  # type: ignore[union-attr]
    order = [
        str(html).index(mark)
        for mark in (
            "sheet-title",
            "byline",
            'class="brief"',
            ">Summary<",
            'id="analysis"',
            'data-text="body"',
        )
    ]
    assert order == sorted(order)


def test_tag_points_at_its_evidence(page: Client, article: Article) -> None:
    html = soup(page, article.get_absolute_url())
    tag = next(one for one in html.select(".tag") if "Nick Roy" in one.text)
    target = str(tag.select_one(".evidence")["href"])  # type: ignore[index]
    assert "Nick Roy" in html.select_one(target).text  # type: ignore[union-attr]


def test_article_takes_few_statements(page: Client, article: Article, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    make_ready_article("Amazon in Chad again.", by=User.objects.first())
    with django_assert_max_num_queries(MAX_STATEMENTS):
        page.get(article.get_absolute_url())


def test_text_of_an_article_is_escaped(page: Client, analyst: User) -> None:
    evil = make_article(
        "<img src=x onerror=alert(1)> Amazon <b>", title="<script>1</script>", by=analyst, named=()
    )
    content = page.get(evil.get_absolute_url()).content
    assert b"<img src=x" not in content
    assert b"<script>1" not in content


def test_article_in_work_shows_where_it_is_and_asks_again(page: Client, analyst: User) -> None:
    article = make_url_article(by=analyst)
    html = soup(page, article.get_absolute_url())
    assert html.select_one("#progress")["hx-get"] == f"/articles/{article.pk}/status/"  # type: ignore[index]
    assert html.select_one(".is-now").text.strip() == "Fetch the page"  # type: ignore[union-attr]


def test_status_tells_the_page_to_load_again_when_done(page: Client, article: Article, analyst: User) -> None:
    assert page.get(f"/articles/{article.pk}/status/")["HX-Refresh"] == "true"
    waiting = make_url_article(by=analyst)
    assert "HX-Refresh" not in page.get(f"/articles/{waiting.pk}/status/")


def test_failure_shows_its_reason_and_a_retry(page: Client, analyst: User) -> None:
    article = make_url_article(by=analyst)
    Article.objects.filter(pk=article.pk).update(
        failed_at="2026-01-01T00:00Z", failure_reason="The site says 404."
    )
    html = soup(page, article.get_absolute_url())
    assert "The site says 404." in html.text
    assert html.select_one(f'form[action="/articles/{article.pk}/retry/"]')


def test_withdrawn_article_can_be_read_and_restored(page: Client, article: Article, analyst: User) -> None:
    withdraw_article(article, by=analyst)
    html = soup(page, article.get_absolute_url())
    assert "Withdrawn" in html.text
    assert html.select_one(f'form[action="/articles/{article.pk}/restore/"]')


def test_contributor_reads_without_controls(client: Client, contributor: User) -> None:
    article = make_ready_article(by=contributor)
    client.force_login(contributor)
    html = soup(client, article.get_absolute_url())
    assert not html.select(".tag-actions, #add-tag")
    assert html.select(".text a.m")


def test_judgment_on_the_article_can_be_undone(page: Client, article: Article, analyst: User) -> None:
    judgment = Judgment.objects.create(decision="reject", article=article, surface="Chad", by=analyst)
    html = soup(page, article.get_absolute_url())
    assert html.select_one(f'form[action="/judgments/{judgment.pk}/undo/"]')


def test_evidence_shows_hash_headers_and_versions(page: Client, article: Article) -> None:
    snapshot = make_snapshot(article, headers=(("Server", "<b>nginx"),))
    html = soup(page, reverse("articles:article_evidence", args=[article.pk]))
    assert snapshot.sha256 in html.text
    assert "Server: <b>nginx" in html.text
    assert article.version is not None
    assert article.version.text_hash in html.text


def test_older_version_says_so(page: Client, article: Article, analyst: User) -> None:
    replace_text(article, "Another text about Amazon.", by=analyst)
    assert "This is version 1" in soup(page, f"{article.get_absolute_url()}?version=1").text
    assert page.get(f"{article.get_absolute_url()}?version=9").status_code == 404
    assert page.get(f"{article.get_absolute_url()}?version=x").status_code == 404


PAGES = ("article_detail", "article_status", "article_evidence")


@pytest.mark.parametrize("name", PAGES)
def test_anonymous_is_sent_to_login(client: Client, article: Article, name: str) -> None:
    address = reverse(f"articles:{name}", args=[article.pk])
    assert client.get(address)["Location"] == f"/login/?next={address}"


@pytest.mark.parametrize("name", PAGES)
def test_stranger_sees_nothing(client: Client, article: Article, stranger: User, name: str) -> None:
    client.force_login(stranger)
    assert client.get(reverse(f"articles:{name}", args=[article.pk])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_reading_is_not_posted(page: Client, article: Article, name: str) -> None:
    assert page.post(reverse(f"articles:{name}", args=[article.pk])).status_code == 405


def test_list_is_private_and_read_only(client: Client, article: Article, stranger: User) -> None:
    assert client.get("/articles/")["Location"].startswith("/login/")
    client.force_login(stranger)
    assert b"Amazon goes" not in client.get("/articles/").content
    assert client.post("/articles/").status_code == 405


def test_grouped_and_analyzed_articles_are_both_read(page: Client, article: Article) -> None:
    for stage in (Stage.ANALYZED, Stage.GROUPED):
        Article.objects.filter(pk=article.pk).update(stage=stage)
        assert soup(page, article.get_absolute_url()).select(".text a.m")
