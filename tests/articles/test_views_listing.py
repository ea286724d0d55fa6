"""The list of articles as a page: chips, corrections, facets, pages, completion, and its number of statements."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.forms import with_values
from analysis.models import Entity, Tag
from analysis.search import PAGE_SIZE, Filters, Found, Place, find_articles
from articles.models import Article
from tests.factories import make_article, make_ready_article, make_source, make_url_article

LIST = reverse("articles:article_list")
PAGES = ("articles:article_list", "articles:query_help", "articles:query_complete")


@pytest.fixture
def leak(analyst: User) -> Article:
    return make_ready_article("The server leaked drawings from Chad to Amazon.", title="Leak", by=analyst)


@pytest.mark.parametrize("value", ["7", "٧", "a b&c=d", "", "Zürich"])
@pytest.mark.parametrize("start", ["?", "?q=x"])
def test_values_at_the_end_of_an_address_are_read_back(start: str, value: str) -> None:
    assert QueryDict(with_values(start, tag=value, no=value)[1:]).dict() == {
        **QueryDict(start[1:]).dict(),
        "tag": value,
        "no": value,
    }


def test_tags_of_equal_weight_keep_their_order(analyst: User, leak: Article) -> None:
    Tag.objects.filter(article=leak).update(is_about=False, salience=0.5, mention_count=1)
    first = Tag.objects.filter(article=leak).earliest("pk")
    Tag.objects.filter(pk=first.pk).update(score=0.5)  # Postgres now has it behind the others
    [row] = find_articles(Filters(), analyst).look(Place()).rows
    ordered = Tag.objects.filter(article=leak).order_by("pk").values_list("entity_id", flat=True)
    assert [tag.entity_id for tag in row.tags] == list(ordered)


def text_of(client: Client, **params: str | list[str]) -> str:
    answer = client.get(f"{LIST}?{urlencode(params, doseq=True)}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_people_who_are_signed_in(name: str, client: Client) -> None:
    assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize("name", [*PAGES, "articles:article_facet"])
def test_pages_are_only_read(name: str, page: Client) -> None:
    assert page.post(reverse(name)).status_code == 405


def test_chips_say_what_was_understood_and_go_one_by_one(page: Client, leak: Article) -> None:
    html = text_of(page, q="drawings country:TD -bank")
    assert "country: TD (Chad)" in html
    assert "?q=drawings+-bank" in html
    assert "not bank" in html


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("contry:KP leak", "?q=country%3AKP+leak"),
        ("state:imporant", "?q=state%3Aimportant"),
        ("(leak", "?q=%28leak%29"),
    ],
)
def test_a_mistake_is_corrected_by_one_click(text: str, href: str, page: Client) -> None:
    assert f'href="{href}"' in text_of(page, q=text)


def test_another_spelling_is_one_click_away(page: Client, leak: Article) -> None:
    assert 'href="?q=amazon"' in text_of(page, q="amazom")


def test_an_unknown_name_offers_the_near_ones(page: Client, leak: Article) -> None:
    assert "q=company%3AAmazon+drawings" in text_of(page, q="company:Amazzon drawings")


def test_facets_include_and_leave_out(page: Client, leak: Article) -> None:
    chad = Entity.objects.get(key="country:TD")
    html = text_of(page, q="drawings")
    assert f"tag={chad.pk}" in html
    assert f"no_tag={chad.pk}" in html
    assert "Nothing fits" in text_of(page, no_tag=[str(chad.pk)])


def test_a_facet_answers_what_is_typed_into_it(page: Client, leak: Article) -> None:
    address = reverse("articles:article_facet")
    assert "Chad" in page.get(address, {"facet": "Countries", "starts": "cha"}).content.decode()
    assert "Chad" not in page.get(address, {"facet": "Countries", "starts": "jap"}).content.decode()
    assert (
        "Nothing found here"
        in page.get(address, {"facet": "Source", "starts": "\x00x", "q": "("}).content.decode()
    )
    assert page.get(address, {"facet": "Nonsense"}).status_code == 404


def test_a_facet_shows_strangers_nothing(client: Client, stranger: User, leak: Article) -> None:
    client.force_login(stranger)
    address = reverse("articles:article_facet")
    assert "Chad" not in client.get(address, {"facet": "Countries", "starts": "cha"}).content.decode()


def test_pages_are_reached_by_key(page: Client, analyst: User) -> None:
    for number in range(PAGE_SIZE + 2):
        make_url_article(f"https://example.org/{number}", by=analyst)
    first = page.get(LIST)
    second = page.get(LIST + first.context["older"])
    shown = [row.article.pk for answer in (first, second) for row in answer.context["rows"]]
    assert len(set(shown)) == PAGE_SIZE + 2
    assert "before=" in first.context["older"]
    assert page.get(LIST + second.context["newer"]).context["rows"][0].article.pk == shown[0]


def test_orders_are_offered_where_they_make_sense(page: Client, leak: Article) -> None:
    assert ">Salience<" not in text_of(page, q="drawings")
    assert ">Salience<" in text_of(page, q="country:TD")
    assert ">Relevance<" not in text_of(page, q="country:TD")
    assert "Leak" in text_of(page, q="country:TD", sort="salience")


def test_completion_names_the_stretch_it_replaces(page: Client, leak: Article) -> None:
    found = page.get(reverse("articles:query_complete"), {"q": "x country:cha y", "at": "13"}).json()
    assert (found["start"], found["end"]) == (2, 13)
    assert found["offers"][0]["text"] == "country:Chad "
    assert page.get(reverse("articles:query_complete"), {"q": "x" * 5000, "at": "-"}).json()["offers"] == []


def test_a_search_over_its_time_says_so(page: Client, leak: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_slow(*_: object) -> None:
        error = OperationalError("canceling statement due to statement timeout")
        error.__cause__ = type("Canceled", (Exception,), {"pgcode": "57014"})()
        raise error

    monkeypatch.setattr(Found, "_newest", too_slow)
    assert "took too long" in text_of(page, q="drawings")


@pytest.mark.django_db(transaction=True)
def test_the_time_of_a_search_is_limited_in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis.search.facets import ask

    monkeypatch.setattr("analysis.search.facets.TIMEOUT_MS", 50)
    with pytest.raises(OperationalError) as caught:
        ask("SELECT pg_sleep(5)", [])
    assert caught.value.__cause__.pgcode == "57014"  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() != ("50ms",)


def test_a_page_asks_the_database_at_most_twelve_times(page: Client, leak: Article, analyst: User) -> None:
    source = make_source(kind="news")
    Article.objects.filter(pk=leak.pk).update(source=source)
    other = make_article(
        "Another leak in Chad.", title="Other", by=analyst, named=(("Chad", "country", "country:TD"),)
    )
    Article.objects.filter(pk=other.pk).update(duplicate_of=leak)
    chad = Entity.objects.get(key="country:TD")
    busy = {
        "q": "leak country:TD company:Amazzon",
        "no_source": [str(source.pk + 1)],
        "no_tag": [str(chad.pk + 999)],
    }
    for params in (
        {},
        {"q": "leaked drawings"},
        {"q": "country:TD", "sort": "salience"},
        busy,
        {"q": "lead"},
    ):
        with CaptureQueriesContext(connection) as captured:
            text_of(page, **params)
        assert len(captured) <= 12, [query["sql"][:90] for query in captured]
