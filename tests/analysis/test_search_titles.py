"""Searching in titles: by an index of their own where it knows the words, by the text's elsewhere."""

import pytest
from django.contrib.auth.models import User
from django.db import connection

from analysis.query import parse_query
from analysis.search import Filters, find_articles
from analysis.search.fence import Wanted, fenced
from analysis.search.text import title_query
from articles.models import Article
from tests.factories import make_article, make_ready_article

LEAK, BANK = "Server leaks drawings", "Bank robbed"


@pytest.fixture(autouse=True)
def desk(analyst: User) -> None:
    make_ready_article("The server leaked drawings.", title=LEAK, by=analyst, published_on="2026-03-05")
    named = (("Japan", "country", "country:JP"),)
    make_article(
        "A bank in Japan was robbed by thieves.",
        title=BANK,
        by=analyst,
        named=named,
        published_on="2026-01-20",
    )


def found(text: str, user: User) -> list[str]:
    result = find_articles(Filters(query=parse_query(text)), user)
    return [row.article.title for row in result.page(1)[0]]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("title:LEAKS", [LEAK]),
        ("title:draw", [LEAK]),
        ('title:"leaks draw"', [LEAK]),
        ('title:"server drawings"', []),
        ("title:bank japan", [BANK]),
        ("title:bank drawings", []),
        ("title:bank -robbed", []),
        ("title:server -robbed", [LEAK]),
        ("title:server title:drawings", [LEAK]),
        ("-title:server", [BANK]),
        ("title:server OR japan", [LEAK, BANK]),
        ("title:bank published:2026-01", [BANK]),
        ("title:bank published:2026-02..", []),
        ("title:F-35", []),
    ],
)
def test_finds(text: str, titles: list[str], analyst: User) -> None:
    assert found(text, analyst) == titles


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Opening of the Café Süß", "cafe"),
        ("Opening of the Café Süß", '"café suss"'),
        ("The F-35 lands", "F-35"),
        ("The F-35 lands", '"f-35 lands"'),
        ("朝鮮のサーバー", "朝鮮"),
        ("Warner Bros. buys", '"Warner Bros."'),
        ("Qurʼan found", "qurʼan"),
        ("ʻOkina is a letter", "ʻokina"),
    ],
)
def test_titles_are_found_by_their_words(title: str, text: str, analyst: User) -> None:
    make_ready_article(f"Something happened. {title}.", title=title, by=analyst)
    assert found(f"title:{text}", analyst) == [title]


def test_titles_have_an_index_of_their_own(analyst: User) -> None:
    def asked(text: str) -> str:
        return str(find_articles(Filters(query=parse_query(text)), analyst).unranked.query)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = fenced(Article.objects.all(), Wanted(None, title_query("bank robbed"))).explain()
    assert "article_title" in plan and "Index Cond" in plan
    assert "newsintel_folded" in asked("title:bank") and " @@ " in asked("title:bank")
    assert asked("title:bank").count(" @@ ") == 1  # the text is not asked
    assert "newsintel_folded" not in asked("title:F-35") and "OFFSET 0" in asked("title:F-35")
    assert "newsintel_folded" not in asked("title:朝鮮") and "OFFSET 0" in asked("title:朝鮮")
