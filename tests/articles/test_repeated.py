"""Parts repeated by the dozen: they escape what they are given, and say nothing where nothing is known."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.utils.safestring import mark_safe
from jinja2 import UndefinedError

from analysis.search import Row, RowTag
from articles.models import Article
from articles.templatetags.repeated import (
    ARTICLES,
    alias_rows,
    article_rows,
    companion_rows,
    country_rows,
    facet_lines,
    rank_rows,
    rendered,
    rising_rows,
    row_hands,
)
from tests.factories import make_ready_article

HOSTILE = '<script>alert("x")</script>&'


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


@pytest.fixture
def article(analyst: User) -> Article:
    made = make_ready_article("Amazon opened an office in Chad.", title=HOSTILE, by=analyst)
    made.labels = [HOSTILE]
    made.byline = HOSTILE
    return made


@pytest.mark.django_db
def test_a_row_without_a_source_shows_where_the_text_came_from(article: Article) -> None:
    article.source = None
    html = soup(article_rows([Row(article, "", ())]))
    title = html.select_one("a.result-title")
    assert title is not None and title.text == HOSTILE
    assert not html.select("script, input, .new-dot, .chips, .copies")
    meta = html.select_one(".result-meta span")
    assert meta is not None and meta.text == article.get_origin_display()


@pytest.mark.django_db
def test_a_row_shows_tags_copies_and_what_is_new(article: Article) -> None:
    row = Row(article, mark_safe("<mark>office</mark>"), (RowTag(7, "company", HOSTILE),), (article,))
    html = soup(article_rows([row], can_pick=True, seen_at=article.submitted_at.replace(year=2000)))
    assert len(html.select("input[name=ids]")) == len(html.select(".new-dot")) == 1
    assert [link.text for link in html.select("a.chip")] == [HOSTILE]
    assert html.select_one(".result-text mark") is not None
    assert "1 copy" in html.text and not html.select("script")


@pytest.mark.django_db
def test_text_that_nobody_made_safe_is_escaped_in_a_row(article: Article) -> None:
    html = soup(article_rows([Row(article, HOSTILE, ())]))
    text = html.select_one(".result-text")
    assert text is not None and text.text == HOSTILE


@pytest.mark.django_db
def test_hands_take_the_place_of_those_on_the_page(article: Article) -> None:
    hands = soup(row_hands(article, swap=True)).select_one("span.row-hands")
    assert hands is not None and hands["hx-swap-oob"] == "true" and hands["id"] == f"hands-{article.pk}"
    assert [label.text for label in hands.select("[data-part=label]")] == [HOSTILE]
    assert "hx-swap-oob" not in row_hands(article)


def test_chips_escape_names_and_cut_them() -> None:
    tags = [RowTag(7, "company", "<b>&Co"), RowTag(8, "country", "Chad " * 9)]
    first, second = soup(rendered(ARTICLES, "chips", tags, 20)).select("a.chip")
    assert (first.text, first["href"], first["class"]) == ("<b>&Co", "/entities/7/", ["chip", "kind-company"])
    assert second.text == "Chad Chad Chad Chad…"


def test_lines_of_a_facet_say_when_there_are_none() -> None:
    count = SimpleNamespace(kind="company", number=1234)
    line = SimpleNamespace(count=count, label=HOSTILE, is_on=True, href="?a=1&b=2", out="")
    html = soup(facet_lines([line]))
    link = html.select_one("a.facet-in")
    assert link is not None and link["href"] == "?a=1&b=2" and link["aria-current"] == "true"
    assert "1,234" in link.text and not html.select("a.facet-out, script")
    assert "Nothing found here" in facet_lines([])


@pytest.mark.parametrize(
    ("measure", "widths"), [("articles", ["100.0", "50.0"]), ("stories", ["100.0", "25.0"])]
)
def test_bars_of_ranks_are_shares_of_the_first(measure: str, widths: list[str]) -> None:
    ranks = [
        SimpleNamespace(kind="country", entity_id=1, name=HOSTILE, articles=10, stories=8, code="TD"),
        SimpleNamespace(kind="country", entity_id=2, name="Chad", articles=5, stories=2, code="TD"),
    ]
    html = soup(rank_rows(iter(ranks), "/articles/?a=1&", measure))
    assert [bar["width"] for bar in html.select("rect.bar")] == widths
    assert html.select("a")[1]["href"] == "/articles/?a=1&tag=2" and not html.select("script")
    table = soup(country_rows(ranks, "/articles/?", measure))
    assert [row["data-value"] for row in table.select("tr")] == (
        ["10", "5"] if measure == "articles" else ["8", "2"]
    )
    assert not rank_rows([], "", measure).strip()


def test_rising_companions_and_names() -> None:
    one = SimpleNamespace(
        kind="company", entity_id=3, name=HOSTILE, ratio=2.25, recent=1200, usual=5.5, weight=4.0, number=7
    )
    rising = soup(rising_rows([one], "/articles/?"))
    assert "×2.2" in rising.text and "1,200" in rising.text and not rising.select("script")
    assert soup(companion_rows(iter([one]), "?tag=1&")).select("a")[0]["href"] == "?tag=1&tag=3"
    aliases = [
        {"pk": 1, "surface": HOSTILE, "relation": "brand"},
        {"pk": 2, "surface": "Acme", "relation": "name"},
    ]
    names = soup(alias_rows(aliases, "Acme", "token"))
    assert [form["action"] for form in names.select("form")] == ["/aliases/1/split/"] and not names.select(
        "script"
    )
    assert not soup(alias_rows(aliases, "Acme")).select("form")


def test_a_name_that_nothing_has_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        facet_lines([SimpleNamespace()])
